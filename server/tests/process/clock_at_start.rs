//! Time over restarts (law 4): downtime counts against holds, time never goes back, and a wall
//! clock that is far ahead of the last recorded time is refused, unless it is accepted.

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::wall_clock::{DAY, WallClock};
use boxoffice_testing::{Raw, concert, create, hold, new_id, reserve, standing};
use rustix::process::Signal;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

const MINUTE: i64 = 60;

/// A data folder whose one place is held for ten minutes, and a wall clock.
struct Held {
    clock: WallClock,
    folder: TempDir,
    /// The server's time when it was held.
    at: Timestamp,
}

impl Held {
    async fn new() -> Self {
        let (clock, folder) = (WallClock::new(), tempfile::tempdir().expect("a temporary folder"));
        let mut held = Self { clock, folder, at: Timestamp::default() };
        let process = Process::spawn(held.clock.of(&mut held.command()));
        let (mut client, now) = Raw::welcomed(process.address).await;
        client.ask(&create("concert", concert(1))).await;
        let reply = client.ask(&hold(new_id(now), "concert", "ann", standing(1))).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
        held.at = now;
        held.end(process);
        held
    }

    fn command(&self) -> Command {
        let mut command = durable(&self.data());
        command.args(["--hold-default", "10m"]);
        command
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts a server so many seconds later, by the wall clock.
    async fn later(&self, seconds: i64, arguments: &[&str]) -> (Process, Raw, Timestamp) {
        self.clock.set(seconds);
        let process = Process::spawn(self.clock.of(self.command().args(arguments)));
        let (client, now) = Raw::welcomed(process.address).await;
        (process, client, now)
    }

    /// The same with a server that does not start.
    fn refused_later(&self, seconds: i64) -> Output {
        self.clock.set(seconds);
        self.clock.of(&mut self.command()).output().expect("the program is built")
    }

    fn end(&self, process: Process) {
        process.signal(Signal::KILL);
        process.wait();
    }
}

/// Bob's wish for the place that Ann has held.
async fn bob(client: &mut Raw, now: Timestamp) -> Body {
    client.ask(&reserve(new_id(now), "concert", "bob", standing(1))).await.body
}

#[tokio::test]
async fn downtime_counts_against_holds_to_the_minute() {
    let held = Held::new().await;
    let (process, mut client, now) = held.later(9 * MINUTE, &[]).await;
    let body = bob(&mut client, now).await;
    assert!(matches!(body, Body::Refused(Refusal::SoldOut { free: 0 })), "{body:?}");
    held.end(process);
    let (_process, mut client, now) = held.later(11 * MINUTE, &[]).await;
    let body = bob(&mut client, now).await;
    assert!(matches!(body, Body::Reservation { .. }), "{body:?}");
}

#[tokio::test]
async fn a_wall_clock_that_was_set_back_takes_no_time_back() {
    let held = Held::new().await;
    let (_process, mut client, now) = held.later(-10 * DAY, &[]).await;
    assert!(now >= held.at, "time goes back to {now:?}");
    assert_eq!(now.since(held.at).as_secs() / 60, 0, "it goes on from what was recorded");
    let body = bob(&mut client, now).await;
    assert!(matches!(body, Body::Refused(Refusal::SoldOut { free: 0 })), "{body:?}");
}

#[tokio::test]
async fn a_wall_clock_far_ahead_is_refused_and_the_refusal_names_the_flag_that_accepts_it() {
    let held = Held::new().await;
    let refused = held.refused_later(31 * DAY);
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("31 days after") && stderr.contains("--accept-clock"), "{stderr}");
    assert_eq!(refused.stdout, b"", "it does not listen");

    // Nothing was recorded by it: a clock that goes right finds the hold as it was.
    let (process, mut client, now) = held.later(0, &[]).await;
    let body = bob(&mut client, now).await;
    assert!(matches!(body, Body::Refused(Refusal::SoldOut { free: 0 })), "{body:?}");
    held.end(process);

    let (process, mut client, now) = held.later(31 * DAY, &["--accept-clock"]).await;
    assert!(matches!(bob(&mut client, now).await, Body::Reservation { .. }));
    held.end(process);
    // It is no longer ahead of the last recorded time.
    let (_process, mut client, _) = held.later(60 * DAY, &[]).await;
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
}
