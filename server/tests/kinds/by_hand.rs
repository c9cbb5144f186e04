//! A server whose changes become durable when the test says so.

use crate::common::start_with;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::request::Request;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_server::ledger::Ledger;
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::{Raw, START, create, nothing_of, until};
use std::fmt::Debug;
use std::pin::pin;
use std::sync::Arc;

/// Turns of another client, in which the server could have answered the one that is watched.
const TURNS: usize = 100;

/// A server with a ledger that only the test settles.
pub(crate) async fn by_hand(config: Config) -> (Server, Arc<Ledger>) {
    let ledger = Arc::new(Ledger::by_hand());
    let clock = Some(Clock::manual(START));
    let given =
        Dependencies { clock, ledger: Some(Arc::clone(&ledger)), ..Dependencies::default() };
    (start_with(given, config).await, ledger)
}

/// The same with an event `film` that is durable already, and the connection that made it.
pub(crate) async fn by_hand_with(config: Config, film: EventSpec) -> (Server, Arc<Ledger>, Raw) {
    let (server, ledger) = by_hand(config).await;
    let mut client = Raw::connect(server.address()).await;
    client.send(&create("film", film)).await;
    recorded(&ledger, 1).await;
    ledger.settle(ledger.recorded());
    client.receive().await.expect("it is durable now");
    (server, ledger, client)
}

/// Waits until so many changes are recorded.
pub(crate) async fn recorded(ledger: &Ledger, changes: u64) {
    until("it is recorded", || ledger.recorded().as_u64() == changes).await;
}

/// Checks that nothing comes while another client has turn after turn, and for a moment longer.
pub(crate) async fn stays_silent<T: Debug>(server: &Server, coming: impl Future<Output = T>) {
    let mut coming = pin!(coming);
    let turns = async {
        let mut other = Raw::connect(server.address()).await;
        for _ in 0..TURNS {
            other.ask(&Request::Ping).await;
        }
    };
    tokio::select! {
        biased;
        early = &mut coming => panic!("{early:?} came before it was durable"),
        () = turns => {}
    }
    let early = nothing_of(coming).await;
    assert!(early.is_none(), "{early:?} came before it was durable");
}
