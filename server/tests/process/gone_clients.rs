//! Clients that send much ahead and are gone before it is executed.

use boxoffice_protocol::request::{Freshness, Request};
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::{Raw, best, create, event, film, hold, new_id, until, until_some};
use rustix::process::Signal;

const CONNECTIONS: usize = 4;

/// Requests that one of them sends; what it sends fits into the buffers of its connection.
const SENT: usize = 800;

/// Requests in flight that a connection may have by default.
const IN_FLIGHT: usize = 128;

/// A connection executes no more than its share in flight before its first replies leave, and finds
/// out with the next ones that its client is gone.
#[tokio::test]
async fn row_41_what_gone_clients_sent_ahead_is_dropped() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let process = Process::spawn(&mut durable(&folder.path().join("data")));
    let mut observer = Raw::connect(process.address).await;
    observer.ask(&create("night", film(100, 100))).await;
    let mut all = Vec::new();
    for _ in 0..CONNECTIONS {
        all.push(Raw::welcomed(process.address).await);
    }
    // All of it has arrived before the server looks at any.
    process.signal(Signal::STOP);
    until("every thread has stopped", || process.is_stopped()).await;
    for (mut client, now) in all {
        for _ in 0..SENT {
            client.send(&hold(new_id(now), "night", "ann", best(1))).await;
        }
    }
    process.signal(Signal::CONT);
    until_some("their ends", async || (observer.connections().await == 1).then_some(())).await;
    let freshness = Freshness::Fresh;
    let held = observer.ask(&Request::GetEvent { event: event("night"), freshness }).await.version;
    let most = (CONNECTIONS * 2 * IN_FLIGHT) as u64;
    println!("{held} of {} requests had an effect", CONNECTIONS * SENT);
    assert!(held <= most, "{held} of {} requests had an effect", CONNECTIONS * SENT);
}
