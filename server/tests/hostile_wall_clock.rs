//! The wall clock is set while the server runs: to an hour, to ten days before and after, to 1970,
//! to 2100. Holds neither vanish nor live for ever, and the time in replies never goes back.

mod common;

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use common::process::{Process, command};
use common::{Raw, concert, create, hello, hold, new_id, reserve, standing};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DAY: i64 = 24 * 60 * 60;

/// Builds the library that has the wall clock of this test.
fn shim(folder: &Path) -> PathBuf {
    let library = folder.join("libwallclock.so");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut build = Command::new(rustc);
    build.args(["--edition", "2024", "-O", "--crate-type", "cdylib", "-o"]).arg(&library);
    build.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/wall_clock/shim.rs"));
    let built = build.output().expect("the toolchain is here");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    library
}

async fn server_time(client: &mut Raw) -> Timestamp {
    match client.ask(&Request::Ping).await.body {
        Body::Pong { server_time } => server_time,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_33_the_wall_clock_jumps_and_nothing_happens() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let offset = folder.path().join("offset");
    let set_wall_clock = |seconds: i64| {
        let next = folder.path().join("next");
        std::fs::write(&next, seconds.to_string()).expect("written");
        std::fs::rename(&next, &offset).expect("in one step");
    };
    set_wall_clock(400 * DAY);
    let mut command = command();
    command.env("LD_PRELOAD", shim(folder.path())).env("WALL_CLOCK_OFFSET", &offset);
    let process = Process::spawn(command.args(["--hold-default", "2s"]));
    let mut client = Raw::silent(process.address).await;
    client.ask(&hello()).await;
    let start = server_time(&mut client).await;
    assert!(in_days(start) > in_days(common::START) + 300, "the shim is not in use");

    client.ask(&create("concert", concert(1))).await;
    client.ask(&hold(new_id(start), "concert", "ann", standing(1))).await;
    let now = in_days(start) * DAY;
    let mut last = start;
    for wall_clock in [3_600, -3_600, 10 * DAY, -10 * DAY, -now, 75 * 365 * DAY] {
        set_wall_clock(400 * DAY + wall_clock);
        let time = server_time(&mut client).await;
        assert!(time >= last, "time goes back");
        assert!(time.since(start) < Duration::from_secs(60), "time jumps to {time:?}");
        last = time;
        if last.since(start) < Duration::from_secs(2) {
            let other = reserve(new_id(start), "concert", "bob", standing(1));
            assert_eq!(client.refused(&other).await, Refusal::SoldOut { free: 0 });
        }
    }
    while server_time(&mut client).await.since(start) <= Duration::from_millis(2_100) {
        tokio::task::yield_now().await;
    }
    let reply = client.ask(&reserve(new_id(start), "concert", "bob", standing(1))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "a hold lives for ever: {reply:?}");
}

fn in_days(time: Timestamp) -> i64 {
    i64::try_from(time.as_ms()).expect("this millennium") / 1_000 / DAY
}
