//! Clients that arrive together with many others.

use boxoffice_protocol::reply::Body;
use boxoffice_testing::process::Process;
use boxoffice_testing::{Raw, hello, until};
use rustix::process::Signal;

/// Connections that arrive behind the newcomer's, more than there may be.
const SILENT: usize = 100;

#[tokio::test]
async fn row_43_a_client_is_heard_before_it_gives_way() {
    let process = Process::start(&["--max-connections", "16"]);
    process.signal(Signal::STOP);
    until("every thread has stopped", || process.is_stopped()).await;
    let mut newcomer = Raw::silent(process.address).await;
    newcomer.send(&hello()).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(Raw::silent(process.address).await);
    }
    process.signal(Signal::CONT);
    let said = newcomer.receive().await.map(|frame| frame.reply.body);
    assert!(matches!(said, Some(Body::Welcome(_))), "{said:?}");
}
