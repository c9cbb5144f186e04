//! Law 9: connections share by the party that they belong to, whatever its number of them.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::event::{Layout, SectionSpec};
use boxoffice_protocol::id::{LetteredSeat, SeatLabel, SectionName, Token};
use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{SeatLabels, Selection};
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{Raw, START, best, create, hold, key, new_id, reserve, spec};
use bytes::BytesMut;

/// Requests that a connection is served in a turn.
const SHARE: usize = 64;

/// Turns of the polite client that are looked at: so few that the others have something to ask for as
/// long, even where each of their connections has a share.
const TURNS: usize = 7;

const GREEDY_CONNECTIONS: usize = 100;

/// Pings that each of them sends ahead.
const PINGS: usize = 2_000;

fn pings(client: &mut Raw, count: usize) -> BytesMut {
    (0..count).fold(BytesMut::new(), |mut bytes, _| {
        bytes.unsplit(client.encode(&Request::Ping).1);
        bytes
    })
}

/// Requests of all clients that are usually served between two turns of a client that has always
/// something to ask: the middle of what was seen, as a client whose bytes the machine brings late has
/// nothing to ask for once. Its statistics say what had been asked until then. The others ask for
/// `ahead` on as many connections as that has entries.
async fn served_between_turns(
    server: &Server,
    polite: &Token,
    greedy: &Token,
    turns: usize,
    ahead: impl IntoIterator<Item = impl FnOnce(&mut Raw) -> BytesMut>,
) -> u64 {
    let mut others = Vec::new();
    for ahead in ahead {
        let mut client = enter(server.address(), greedy).await;
        let bytes = ahead(&mut client);
        others.push((client, bytes));
    }
    let mut client = enter(server.address(), polite).await;
    let mut bytes = BytesMut::new();
    for _ in 0..turns {
        bytes.unsplit(client.encode(&Request::Stats).1);
        bytes.unsplit(pings(&mut client, SHARE - 1));
    }
    for (other, bytes) in &mut others {
        other.send_bytes(bytes).await;
    }
    client.send_bytes(&bytes).await;
    let mut seen = Vec::new();
    for _ in 0..turns * SHARE {
        let reply = client.receive().await.expect("the connection stays open").reply;
        if let Body::Stats(stats) = reply.body {
            let stat = stats.iter().find(|stat| &*stat.name == "requests").expect("it is told");
            let StatValue::Count(requests) = stat.value else { panic!("{stat:?}") };
            seen.push(requests);
        }
    }
    let mut between: Vec<u64> = seen.windows(2).map(|pair| pair[1] - pair[0]).collect();
    println!("{between:?} requests between turns");
    between.sort_unstable();
    between[between.len() / 2]
}

async fn check(threads: usize) {
    let mut config = Config { threads, ..config() };
    let polite = admit(&mut config, "polite", Role::Admin, None);
    // Of the same class: classes have shares, too.
    let greedy = admit(&mut config, "greedy", Role::Admin, None);
    let server = start(config).await;
    let ahead = vec![|client: &mut Raw| pings(client, PINGS); GREEDY_CONNECTIONS];
    let between = served_between_turns(&server, &polite, &greedy, TURNS, ahead).await;
    let a_turn_each = (GREEDY_CONNECTIONS * SHARE) as u64;
    assert!(between < a_turn_each / 8, "{between} of {a_turn_each}");
    assert!(server.metrics().turns_waited.value() > 0);
}

#[tokio::test]
async fn law_9_row_42_a_hundred_connections_of_one_token_share_as_one() {
    check(1).await;
}

#[tokio::test]
async fn law_9_row_42_so_they_do_on_several_threads() {
    check(3).await;
}

/// Sections of the hall, rows of each, and seats of a row, of which every other one is taken.
const BROKEN: (u16, u16, u16) = (4, 400, 10);

/// Connections that hold and release a hundred seats of the hall all the time.
const HOLDING: usize = 64;

/// Turns of the polite client beside them: each of theirs takes long.
const TURNS_BESIDE: usize = 8;

/// Creates a hall without two free seats beside each other.
async fn break_up(client: &mut Raw) {
    let (sections, rows, seats) = BROKEN;
    let name = |section: u16| format!("s{section}").parse::<SectionName>().expect("a word");
    let layout = Layout::grid(rows, seats);
    let section = |section| SectionSpec { name: name(section), price: 1, layout: layout.clone() };
    let created = client.ask(&create("hall", spec((0..sections).map(section).collect()))).await;
    assert!(matches!(created.body, Body::EventSaved { .. }), "{created:?}");
    let places = (0..sections).flat_map(|section| (0..rows).map(move |row| (section, row)));
    let labels: Vec<SeatLabel> = places
        .flat_map(|(section, row)| {
            let label = move |number| {
                SeatLabel::from(LetteredSeat::new(row, number).of(name(section).as_str()))
            };
            (0..seats).filter(|number| number % 2 == 1).map(label)
        })
        .collect();
    for some in labels.chunks(100) {
        let seats = SeatLabels::new(some.iter().cloned()).expect("different seats");
        let id = new_id(START);
        let reply = client.ask(&reserve(id, "hall", "ann", Selection::Seats(seats))).await;
        assert!(matches!(reply.body, Body::Reservation { .. }), "{reply:?}");
    }
}

#[tokio::test]
async fn law_9_row_40_others_have_their_turn_beside_the_dearest_decisions() {
    let mut config = Config { threads: 1, ..config() };
    let polite = admit(&mut config, "polite", Role::Admin, None);
    let greedy = admit(&mut config, "greedy", Role::Admin, None);
    let server = start(config).await;
    let mut owner = enter(server.address(), &polite).await;
    break_up(&mut owner).await;
    let ahead = |client: &mut Raw| {
        (0..TURNS_BESIDE * SHARE / 2).fold(BytesMut::new(), |mut bytes, _| {
            let id = new_id(START);
            bytes.unsplit(client.encode(&hold(id, "hall", "bob", best(100))).1);
            let reservation = key(id, "hall", "bob");
            bytes.unsplit(client.encode(&Request::Release { reservation, keep: None }).1);
            bytes
        })
    };
    let ahead = vec![ahead; HOLDING];
    let between = served_between_turns(&server, &polite, &greedy, TURNS_BESIDE, ahead).await;
    // A turn of the others is over after a few decisions. By number alone, each would have its share.
    assert!(between < (HOLDING * SHARE / 8) as u64, "{between}");
}
