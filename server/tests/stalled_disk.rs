//! A disk that stalls while commits and connections take turns on one thread: nobody loses a
//! connection over it who did in time what had to be done.

mod common;

use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use common::process::{Process, durable};
use common::shoppers::{EVENT, connect};
use common::skip::{Need, skip};
use common::strace::{self, Fault, Injected};
use common::{Raw, concert, create, hello, new_id, reserve, standing};
use rustix::process::Signal;
use std::time::Duration;

/// Every deadline of a connection.
const DEADLINES: [&str; 8] = [
    "--handshake-timeout",
    "1s",
    "--frame-timeout",
    "1s",
    "--idle-timeout",
    "1s",
    "--write-timeout",
    "1s",
];
/// How long each barrier of the journal takes.
const STALL: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_stalled_disk_costs_nobody_a_connection() {
    let name = "a_stalled_disk_costs_nobody_a_connection";
    if let Some(why) = strace::missing() {
        return skip(name, Need::Strace, &why);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let fault = Fault {
        call: "fdatasync",
        paths: vec![data.join("journal/00000001.log")],
        injected: Injected::Delay(STALL),
        when: "1+".to_owned(),
    };
    let process = Process::spawn(&mut fault.of(durable(&data).args(DEADLINES)));
    let (mut asking, now) = connect(&process).await;
    asking.ask(&create(EVENT, concert(10))).await;
    let mut half = connect(&process).await.0;
    let (mut idle, mut silent) = (connect(&process).await.0, Raw::silent(process.address).await);
    let (_, ping) = half.encode(&Request::Ping);
    let (begin, rest) = ping.split_at(ping.len() / 2);
    half.send_bytes(begin).await;
    let wish = reserve(new_id(now), EVENT, "ann", standing(1));
    let asked = asking.send(&wish).await;
    // Everybody does what has to be done within the deadline, while nobody looks.
    tokio::time::sleep(Duration::from_millis(500)).await;
    half.send_bytes(rest).await;
    idle.send(&Request::Ping).await;
    silent.send(&hello()).await;
    let late = Raw::silent(process.address);
    let mut late = late.await;
    late.send(&hello()).await;
    let reply = asking.receive().await.expect("an answer");
    assert_eq!(reply.correlation, asked);
    assert!(matches!(reply.reply.body, Body::Reservation { .. }), "{reply:?}");
    for client in [&mut half, &mut idle] {
        let reply = client.receive().await.expect("a connection that stays").reply;
        assert!(matches!(reply.body, Body::Pong { .. }), "{reply:?}");
    }
    for client in [&mut silent, &mut late] {
        let reply = client.receive().await.expect("a connection that stays").reply;
        assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    }
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
}
