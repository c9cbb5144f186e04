//! Servers that append to the same event share it: after a win under contention a server lets one round pass.

use super::bench::{Bench, ENGINES};
use boxoffice_protocol::reply::Body;
use boxoffice_testing::{concert, create, new_id, reserve, standing, test_name};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const SERVERS: usize = 3;

/// Clients of each server, each with one request at a time.
const CLIENTS: usize = 4;

/// Reservations of all clients together.
const ALL: u64 = 900;

#[tokio::test]
async fn no_servers_clients_get_less_than_half_their_share_of_a_hot_event() {
    for engine in ENGINES {
        // What stands in for it takes so long for each append that requests give up beside other tests.
        #[cfg(feature = "mongodb")]
        if matches!(engine, super::bench::Engine::Mongo) {
            continue;
        }
        let Some(bench) = Bench::start(*engine, SERVERS, test_name!()).await else { continue };
        bench.client(0).await.ask(&create("gig", concert(100_000))).await;
        let (asked, clock) = (Arc::new(AtomicU64::new(0)), bench.servers[0].clock().clone());
        let mut clients = Vec::new();
        for number in 0..SERVERS * CLIENTS {
            let (mut client, asked) = (bench.client(number).await, Arc::clone(&asked));
            let clock = clock.clone();
            clients.push(tokio::spawn(async move {
                let mut got = 0;
                while asked.fetch_add(1, Ordering::Relaxed) < ALL {
                    let request = reserve(new_id(clock.now()), "gig", "ann", standing(1));
                    let sold = client.ask(&request).await;
                    assert!(matches!(sold.body, Body::Reservation { .. }), "{sold:?}");
                    got += 1;
                }
                got
            }));
        }
        let mut got = [0; SERVERS];
        for (number, client) in clients.into_iter().enumerate() {
            got[number % SERVERS] += client.await.expect("answers");
        }
        println!("{engine:?}: {got:?}");
        let half = ALL / SERVERS as u64 / 2;
        assert!(got.iter().all(|count| *count >= half), "{engine:?}: {got:?} of {ALL}");
    }
}
