//! An engine that does not answer: what was sent has an unknown outcome, other events go on, and it
//! heals by itself.

use super::bench::{Bench, Engine};
use crate::common::config;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_server::config::Config;
use boxoffice_store::LogId;
use boxoffice_testing::{create, film, reserve, seats, test_name, until};
use std::time::Duration;

fn log(slug: &str) -> LogId {
    LogId::parse(&format!("event/{slug}")).expect("a short slug")
}

#[tokio::test]
async fn a_slow_event_holds_up_no_other_on_the_same_connection() {
    let Some(bench) = Bench::start(Engine::Memory, 1, test_name!()).await else { return };
    let engine = bench.engine.as_ref().expect("it is in memory");
    let mut client = bench.client(0).await;
    for slug in ["slow", "quick"] {
        client.ask(&create(slug, film(1, 5))).await;
    }
    engine.memory.stall(&log("slow"));
    let slow = client.send(&reserve(bench.id(), "slow", "ann", seats(&["A1"]))).await;
    let quick = client.send(&reserve(bench.id(), "quick", "ann", seats(&["A1"]))).await;
    let first = client.receive().await.expect("an answer");
    assert_eq!(first.correlation, quick);
    engine.memory.resume(&log("slow"));
    let second = client.receive().await.expect("an answer");
    assert_eq!(second.correlation, slow);
    assert!(matches!(second.reply.body, Body::Reservation { .. }), "{second:?}");
}

#[tokio::test]
async fn what_was_sent_and_has_no_answer_has_an_unknown_outcome() {
    let config = Config { store_timeout: Duration::from_secs(3), ..config() };
    let Some(bench) = Bench::with(Engine::Memory, 2, test_name!(), &config).await else { return };
    let engine = bench.engine.as_ref().expect("it is in memory");
    let (mut client, mut other) = (bench.client(0).await, bench.client(1).await);
    client.ask(&create("dune", film(1, 5))).await;
    engine.memory.stall(&log("dune"));
    let request = reserve(bench.id(), "dune", "ann", seats(&["A1"]));
    client.send(&request).await;
    // A request behind it may be a repeat of it.
    client.send(&request).await;
    let sent = || engine.memory.stalled(&log("dune")) == 1;
    until("the append is on its way", sent).await;
    // The deadline is in the engine's time, which the test moves.
    let unknown = async {
        for _ in 0..2 {
            let frame = client.receive().await.expect("an answer");
            assert_eq!(frame.reply.body, Body::Refused(Refusal::OutcomeUnknown));
        }
    };
    let passing = async {
        loop {
            bench.advance(Duration::from_millis(500));
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = unknown => {}
        () = passing => {}
    }
    engine.memory.resume(&log("dune"));
    let settled = client.ask(&request).await;
    let Body::Reservation { effect, .. } = settled.body else { panic!("{settled:?}") };
    assert_eq!(effect, Effect::Unchanged, "it was applied when the engine answered");
    let taken = other.refused(&reserve(bench.id(), "dune", "bob", seats(&["A1"]))).await;
    assert!(matches!(taken, Refusal::SeatsTaken { .. }), "{taken:?}");
}

#[cfg(feature = "postgres")]
mod of_postgres {
    use super::super::bench::{Bench, Engine, address};
    use boxoffice_protocol::refusal::Refusal;
    use boxoffice_protocol::reply::{Body, Effect};
    use boxoffice_protocol::request::Request;
    use boxoffice_testing::process::Process;
    use boxoffice_testing::{Raw, concert, create, key, new_id, reserve, standing, test_name};
    use rustix::process::Signal;
    use std::process::Command;

    /// Reserves one place after the other until it is told otherwise. Returns what was acknowledged.
    async fn buy(
        client: &mut Raw,
        slug: &str,
        time: impl Fn() -> boxoffice_protocol::time::Timestamp,
        wanted: usize,
    ) -> Vec<boxoffice_protocol::id::ReservationId> {
        let mut sold = Vec::new();
        for _ in 0..wanted {
            let id = new_id(time());
            let request = reserve(id, slug, "ann", standing(1));
            loop {
                let Some(reply) = client.try_ask(&request).await else { return sold };
                match reply.body {
                    Body::Reservation { .. } => break sold.push(id),
                    // Nothing was applied, or it may have been: the same again tells.
                    Body::Refused(Refusal::OutcomeUnknown | Refusal::Unavailable { .. }) => {}
                    other => panic!("{other:?}"),
                }
            }
        }
        sold
    }

    async fn all_are_there(
        client: &mut Raw,
        slug: &str,
        sold: &[boxoffice_protocol::id::ReservationId],
    ) {
        for id in sold {
            let reservation = key(*id, slug, "ann");
            let found = client.ask(&Request::GetReservation { reservation }).await;
            assert!(matches!(found.body, Body::Reservation { .. }), "{id} is lost: {found:?}");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_database_that_crashes_loses_nothing_that_was_acknowledged() {
        let Some(bench) = Bench::start(Engine::Postgres, 3, test_name!()).await else { return };
        let database = bench.database.as_ref().expect("it is PostgreSQL");
        bench.client(0).await.ask(&create("gig", concert(10_000))).await;
        let mut buyers = Vec::new();
        for server in 0..3 {
            let (mut client, clock) =
                (bench.client(server).await, bench.servers[server].clock().clone());
            buyers.push(tokio::spawn(
                async move { buy(&mut client, "gig", || clock.now(), 150).await },
            ));
        }
        tokio::task::block_in_place(|| {
            database.crash();
            database.resume();
        });
        let mut sold = Vec::new();
        for buyer in buyers {
            sold.extend(buyer.await.expect("it goes on"));
        }
        assert_eq!(sold.len(), 450, "it heals by itself");
        all_are_there(&mut bench.client(1).await, "gig", &sold).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_server_that_is_killed_loses_nothing_that_was_acknowledged() {
        let Some(bench) = Bench::start(Engine::Postgres, 1, test_name!()).await else { return };
        let database = bench.database.as_ref().expect("it is PostgreSQL");
        let clock = bench.servers[0].clock().clone();
        let mut survivor = bench.client(0).await;
        let created = survivor.ask(&create("gig", concert(10_000))).await;
        assert_eq!(created.body, Body::EventSaved { effect: Effect::Applied });
        // The program with the same engines as these tests.
        let mut command = Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
        command.args(["--listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0", "--log", "warn"]);
        command.env("BOXOFFICE_STORE", address(database.host()));
        let doomed = Process::spawn(&mut command);
        let mut buyers = Vec::new();
        for _ in 0..4 {
            let (mut client, clock) = (Raw::connect(doomed.address).await, clock.clone());
            buyers.push(tokio::spawn(async move {
                buy(&mut client, "gig", || clock.now(), usize::MAX).await
            }));
        }
        let sold = buy(&mut survivor, "gig", || clock.now(), 100).await;
        doomed.signal(Signal::KILL);
        let mut acknowledged = sold.len();
        all_are_there(&mut survivor, "gig", &sold).await;
        for buyer in buyers {
            let sold = buyer.await.expect("its connection ended");
            acknowledged += sold.len();
            all_are_there(&mut survivor, "gig", &sold).await;
        }
        println!("{acknowledged} were acknowledged");
    }
}
