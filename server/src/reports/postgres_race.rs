//! Several servers that write the same rows at once, without the lock that saves them the work.

use super::postgres_rows::PostgresRows;
use crate::ledger::rows::{StagedRows, Step};
use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::id::{EventId, Seat};
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{BatchId, End, PostgresAddress, PostgresSession};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{DatabaseServer, START, film, new_id, test_name};
use serde_json::Value;
use std::thread;
use tokio::runtime::Handle;

const KEY: u64 = 7;

/// Batches of changes, each with where it goes on from.
fn history() -> Vec<(Step, Vec<Recorded>)> {
    let mut changes = vec![Change::Created(Box::new(film(9, 10)))];
    for number in 0..60u16 {
        let id = new_id(START);
        let seat = Seat::new(0, number / 10, number % 10);
        let (customer, expires_at) = ("ann".parse().expect("a name"), START);
        let places = TakenPlaces::Seats([seat].into_iter().collect());
        let new = NewReservation { id, fingerprint: 1, customer, places, expires_at, order: None };
        changes.push(Change::Held(new));
        changes.push(match number % 3 {
            0 => Change::Confirmed { id, let_go: None },
            1 => Change::Released { id, let_go: None },
            _ => Change::Extended { id, from: START, to: START },
        });
    }
    let recorded = (1..).zip(changes).map(|(version, change)| Recorded {
        version,
        at: Timestamp::from_ms(START.as_ms() + version),
        principal: None,
        change,
    });
    let recorded: Vec<_> = recorded.collect();
    let mut from = None;
    let batch = |changes: &[Recorded]| {
        let version = changes.last().expect("a change").version;
        let to = End { version, batch: BatchId(u128::from(version).to_be_bytes()) };
        let step = (from, Some(to));
        from = Some(to);
        (step, changes.to_vec())
    };
    recorded.chunks(3).map(batch).collect()
}

/// Has the rows follow to the end, however often others are quicker. Returns how often they were.
fn follow(rows: &mut PostgresRows, event: &EventId, history: &[(Step, Vec<Recorded>)]) -> u32 {
    let mut beaten = 0;
    loop {
        let mark = rows.mark(event);
        let Some((step, changes)) = history.iter().find(|((from, _), _)| *from == mark) else {
            return beaten;
        };
        match rows.follow(event, *step, changes) {
            Ok(()) => {}
            Err(error) if error.is_passing() => {
                beaten += 1;
                rows.take_with_others().expect("the database is up");
            }
            Err(error) => panic!("{error}"),
        }
    }
}

fn sorted(mut rows: Vec<Value>) -> Vec<Value> {
    rows.sort_by_key(|row| (row["number"].as_i64(), row["seat"].as_i64()));
    rows
}

#[test]
fn of_servers_that_write_the_same_rows_at_once_one_wins_and_the_others_go_on_from_it() {
    let database = match DatabaseServer::start("") {
        Ok(database) => database,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let open = |handle: &Handle| {
        let address = PostgresAddress::parse(&database.address()).expect("an address");
        let mut rows = PostgresRows::open(address, handle.clone(), KEY).expect("it is up");
        rows.take_with_others().expect("it is up");
        rows
    };
    let (event, history) = (EventId::parse("dune").expect("a slug"), history());
    let mut all: Vec<_> = (0..3).map(|_| open(runtime.handle())).collect();
    let beaten: u32 = thread::scope(|scope| {
        let each = |rows| scope.spawn(|| follow(rows, &event, &history));
        let threads: Vec<_> = all.iter_mut().map(each).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    // Whichever writer is quick: each batch is written once, and is what it comes to alone.
    println!("beaten {beaten} times");
    let mut alone = StagedRows::new(KEY).expect("it is in memory");
    alone.stage_event(&event, None, &Value::Null).expect("there is nothing");
    for (step, changes) in &history {
        alone.follow(&event, *step, changes).expect("they follow");
    }
    let address = PostgresAddress::parse(&database.address()).expect("an address");
    let session = runtime.block_on(PostgresSession::open(&address)).expect("it is up");
    for (table, query) in [
        ("reservations", "SELECT json_agg(t)::text FROM boxoffice.reservations t"),
        ("live_seats", "SELECT json_agg(t)::text FROM boxoffice.live_seats t"),
    ] {
        let found = runtime.block_on(session.ask(query, Vec::new())).expect("it is up");
        let found: Vec<Value> = serde_json::from_str(&found[0]).expect("an array");
        let expected = sorted(alone.touched_rows(table).expect("rows"));
        assert!(expected.len() >= 20, "{expected:?}");
        assert_eq!(sorted(found), expected, "{table}");
    }
    let query = "SELECT json_agg(t)::text FROM boxoffice.standings t";
    let found = runtime.block_on(session.ask(query, Vec::new())).expect("it is up");
    let found: Vec<Value> = serde_json::from_str(&found[0]).expect("an array");
    assert_eq!(found, alone.event_rows(&event, "standings").expect("rows"));
}
