//! A disk that stalls while commits and connections take turns on one thread: a client that did in
//! time what it has to do keeps its connection.

use super::shoppers::EVENT;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::strace::{Fault, Injected};
use boxoffice_testing::{
    Raw, concert, create, hello, new_id, nothing_of, reserve, standing, strace, test_name,
    until_some,
};
use rustix::process::Signal;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;

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
/// The same as a time.
const DEADLINE: Duration = Duration::from_secs(1);

/// How long each barrier of the journal takes.
const STALL: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_stalled_disk_costs_nobody_a_connection() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    until_some("clients that keep their deadlines", stalled_disk).await;
}

/// None if this machine was so slow that a client missed a deadline itself.
async fn stalled_disk() -> Option<()> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let fault = Fault {
        call: "fdatasync",
        paths: vec![data.join("journal/00000001.log")],
        injected: Injected::Delay(STALL),
        when: "1+".to_owned(),
    };
    let process = Process::spawn(&mut fault.of(durable(&data).args(DEADLINES)));
    let (mut asking, now) = Raw::welcomed(process.address).await;
    asking.try_ask(&create(EVENT, concert(10))).await?;
    let begun = Instant::now();
    let [mut half, mut idle, mut probe] = [
        Raw::connect_in_time(process.address).await,
        Raw::connect_in_time(process.address).await,
        Raw::connect_in_time(process.address).await,
    ];
    let mut silent = Raw::silent(process.address).await;
    let (_, ping) = half.encode(&Request::Ping);
    let (begin, rest) = ping.split_at(ping.len() / 2);
    half.stream.write_all(begin).await.ok()?;
    let wish = reserve(new_id(now), EVENT, "ann", standing(1));
    let (asked, wish) = asking.encode(&wish);
    asking.stream.write_all(&wish).await.ok()?;
    // Until the server waits for its disk, and answers no ping.
    loop {
        let (_, ping) = probe.encode(&Request::Ping);
        probe.stream.write_all(&ping).await.ok()?;
        if nothing_of(probe.receive()).await.is_none() {
            break;
        }
    }
    // Each client acts within its deadline, while the server does not look.
    half.stream.write_all(rest).await.ok()?;
    let mut late = Raw::silent(process.address).await;
    for (client, request) in
        [(&mut idle, Request::Ping), (&mut silent, hello()), (&mut late, hello())]
    {
        let (_, bytes) = client.encode(&request);
        client.stream.write_all(&bytes).await.ok()?;
    }
    if begun.elapsed() >= DEADLINE {
        return None;
    }
    let reply = asking.receive().await.expect("an answer");
    assert_eq!(reply.correlation, asked);
    assert!(matches!(reply.reply.body, Body::Reservation { .. }), "{reply:?}");
    for client in [&mut half, &mut idle, &mut probe] {
        let reply = client.receive().await.expect("a connection that stays").reply;
        assert!(matches!(reply.body, Body::Pong { .. }), "{reply:?}");
    }
    for client in [&mut silent, &mut late] {
        let reply = client.receive().await.expect("a connection that stays").reply;
        assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    }
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    Some(())
}
