//! Signals that end, stop and continue the server; and a process without descriptors.

use super::service::Manager;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_testing::process::{Process, command};
use boxoffice_testing::{
    Raw, concert, create, film, hold, new_id, reserve, seat_map, standing, until, until_some,
};
use rustix::process::Signal;
use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

#[tokio::test]
async fn sigterm_and_sigint_end_it_with_0() {
    for signal in [Signal::TERM, Signal::INT] {
        let process = Process::start(&[]);
        let mut client = Raw::connect(process.address).await;
        client.ask(&create("concert", concert(10))).await;
        process.signal(signal);
        client.closed().await;
        let (status, rest) = process.wait();
        assert!(status.success(), "{status}");
        assert_eq!(rest, "");
    }
}

#[tokio::test]
async fn a_client_that_stays_is_cut_when_the_drain_time_is_over() {
    let process = Process::start(&["--drain-timeout", "200ms", "--output-kb", "1024"]);
    let mut client = Raw::connect(process.address).await;
    tell_more_than_it_reads(&mut client, process.address).await;
    process.signal(Signal::TERM);
    let (status, _) = process.wait();
    assert!(status.success(), "{status}");
}

/// Asks for more than the client reads, so that its connection cannot be drained: until the server
/// has read nothing more from it while it served another client. Maps are large, so that what the server
/// still has to write is more than the kernel can find room for.
async fn tell_more_than_it_reads(client: &mut Raw, server: SocketAddr) {
    client.ask(&create("arena", film(100, 100))).await;
    let (_, list) = client.encode(&seat_map("arena"));
    let mut other = Raw::connect(server).await;
    let (mut unwritten, mut served) = (&list[..], 0);
    while served < 50 {
        match client.stream.try_write(unwritten) {
            Ok(written) => {
                (unwritten, served) = (&unwritten[written..], 0);
                if unwritten.is_empty() {
                    unwritten = &list;
                }
            }
            Err(_) => {
                other.ask(&Request::Ping).await;
                served += 1;
            }
        }
    }
}

/// A server with a client that is told more than it reads, so that its connection cannot be
/// drained.
async fn with_a_client_that_stays(manager: &Manager, drain: &str) -> (Process, Raw) {
    let process = manager.starts(command().args(["--drain-timeout", drain, "--output-kb", "1024"]));
    let mut client = Raw::connect(process.address).await;
    tell_more_than_it_reads(&mut client, process.address).await;
    (process, client)
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    for (second, code) in [(Signal::TERM, 143), (Signal::INT, 130)] {
        let manager = Manager::new();
        let (process, _client) = with_a_client_that_stays(&manager, "1h").await;
        process.signal(Signal::TERM);
        while !manager.told().contains("STOPPING=1") {}
        // Those that come together with the first are one with it.
        until("a later signal has ended it", || {
            process.signal(second);
            process.has_ended()
        })
        .await;
        let (status, _) = process.wait();
        assert_eq!(status.code(), Some(code));
    }
}

#[tokio::test]
async fn two_signals_within_a_moment_are_one() {
    let manager = Manager::new();
    let (process, _client) = with_a_client_that_stays(&manager, "1s").await;
    // Both wait for a process that is stopped, so that they arrive together.
    process.signal(Signal::STOP);
    until("every thread has stopped", || process.is_stopped()).await;
    process.signal(Signal::TERM);
    process.signal(Signal::INT);
    process.signal(Signal::CONT);
    let (status, _) = process.wait();
    assert!(status.success(), "it has drained until its deadline: {status}");
}

#[tokio::test]
async fn row_34_a_process_that_was_stopped_goes_on_with_the_clients_that_are_there() {
    until_some("a stop within the deadline", stopped_for_a_while).await;
}

/// None if this machine was so slow that the connection was idle for too long before the stop.
async fn stopped_for_a_while() -> Option<()> {
    let process = Process::start(&["--idle-timeout", "1s", "--hold-default", "1s"]);
    let (mut client, now) = Raw::welcomed(process.address).await;
    client.try_ask(&create("concert", concert(1))).await?;
    client.try_ask(&hold(new_id(now), "concert", "ann", standing(1))).await?;
    client.try_ask(&Request::Ping).await?;
    process.signal(Signal::STOP);
    until("every thread has stopped", || process.is_stopped()).await;
    // Sent while the server is stopped, which it stays long past the deadline and the hold's end.
    let wish = reserve(new_id(now), "concert", "bob", standing(1));
    let (correlation, wish) = client.encode(&wish);
    client.stream.write_all(&wish).await.ok()?;
    let early = tokio::time::timeout(Duration::from_millis(1_500), client.receive()).await;
    if matches!(early, Ok(None)) {
        return None;
    }
    assert!(early.is_err(), "a stopped process answered {early:?}");
    process.signal(Signal::CONT);
    let frame = client.receive().await.expect("the connection is still there");
    assert_eq!(frame.correlation, correlation);
    assert!(matches!(frame.reply.body, Body::Reservation { .. }), "the hold is over: {frame:?}");
    Some(())
}

#[tokio::test]
async fn row_29_without_descriptors_it_waits_and_recovers() {
    let server = command();
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -n 40 && exec \"$@\"", "sh"]).arg(server.get_program());
    let limited = limited.args(server.get_args()).args(["--max-unknown-connections", "100"]);
    let process = Process::spawn(limited);
    let mut admitted = Vec::new();
    // More than there are descriptors; those that are not accepted wait in the kernel's queue.
    for _ in 0..60 {
        admitted.push(Raw::silent(process.address).await);
    }
    until("it is out of descriptors", || process.descriptors() >= 38).await;
    let before = process.cpu_ticks();
    let last: &mut Raw = admitted.last_mut().expect("sixty");
    let told = tokio::time::timeout(Duration::from_millis(500), last.receive()).await;
    let spent = process.cpu_ticks() - before;
    assert!(told.is_err(), "it is not accepted: {told:?}");
    assert!(spent < 25, "it spins: {spent} ticks of 50");
    drop(admitted);
    // Until the server has noticed that they are gone, it may be too busy.
    let mut client = Raw::connect_in_time(process.address).await;
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
}
