//! Exchanges: who may, what watchers see of one, and what duplicates come to.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::event::{EventSpec, EventUpdate, PlaceState, SalesState, SectionUpdate};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{Places, Reservation, SeatLabels, Selection};
use boxoffice_server::auth::Role;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, START, create, customer, event, exchange, film, hold, key, new_id, reserve, transfer,
};
use std::time::Duration;

fn seats(labels: &[&str]) -> Selection {
    let labels = labels.iter().map(|label| label.parse().expect("a label"));
    Selection::Seats(SeatLabels::new(labels).expect("labels"))
}

fn booked(reply: &Reply) -> (&Reservation, Effect) {
    match &reply.body {
        Body::Reservation { reservation, effect } => (reservation, *effect),
        other => panic!("{other:?} is no reservation"),
    }
}

fn labels(reservation: &Reservation) -> String {
    match &reservation.places {
        Places::Seats(labels) => {
            labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        }
        places @ Places::Standing { .. } => format!("{places:?}"),
    }
}

#[tokio::test]
async fn a_reservation_has_other_seats_and_a_late_duplicate_does_nothing() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let bob = admit(&mut config, "bob", Role::Customer(customer("bob")), None);
    let server = start(config).await;
    let mut admin = enter(server.address(), &admin).await;
    admin.ask(&create("film", film(2, 5))).await;
    let mut ann = enter(server.address(), &ann).await;
    let mut bob = enter(server.address(), &bob).await;

    let id = new_id(START);
    let wish = hold(id, "film", "ann", seats(&["A1", "A2"]));
    let made = ann.ask(&wish).await;
    let (deadline, before) = (booked(&made).0.expires_at, booked(&made).0.total);
    let update = EventUpdate {
        sections: vec![SectionUpdate {
            name: film(2, 5).sections.as_slice()[0].name.clone(),
            price: Some(before * 5),
            layout: None,
        }],
        ..EventUpdate::default()
    };
    let update =
        Request::UpdateEvent { event: event("film"), if_version: None, update: Box::new(update) };
    admin.ask(&update).await;
    let own = || key(id, "film", "ann");
    let first = exchange(own(), 0, seats(&["A2", "B1"]));
    let moved = ann.ask(&first).await;
    let (reservation, effect) = booked(&moved);
    assert_eq!((labels(reservation).as_str(), effect), ("A2 B1", Effect::Applied));
    assert_eq!((reservation.revision, reservation.expires_at), (1, deadline));
    assert_eq!(reservation.total, before / 2 + before * 5, "A2 costs what it did");
    let again = ann.ask(&first).await;
    assert_eq!((booked(&again).1, again.version), (Effect::Unchanged, moved.version));
    let repeated = ann.ask(&wish).await;
    assert_eq!(labels(booked(&repeated).0), "A2 B1", "the hold's repeat tells what is now");

    let taken = reserve(new_id(START), "film", "bob", seats(&["A1"]));
    assert_eq!(booked(&bob.ask(&taken).await).1, Effect::Applied, "A1 is free");
    let refused = ann.refused(&exchange(own(), 1, seats(&["A1", "A2"]))).await;
    assert_eq!(refused, Refusal::SeatsTaken { seats: vec!["A1".parse().expect("a label")].into() });
    ann.ask(&exchange(own(), 1, seats(&["A2", "A3"]))).await;
    assert_eq!(ann.refused(&first).await, Refusal::RevisionConflict { current: 2 });
    let of_ann = bob.refused(&exchange(key(id, "film", "bob"), 2, seats(&["B5"]))).await;
    assert_eq!(of_ann, Refusal::ReservationNotFound, "bob is told nothing of ann's");
    admin.ask(&transfer(own(), 2, "bob")).await;
    assert_eq!(
        ann.refused(&exchange(own(), 2, seats(&["B5"]))).await,
        Refusal::ReservationNotFound
    );
    let theirs = bob.ask(&exchange(key(id, "film", "bob"), 3, seats(&["B5"]))).await;
    assert_eq!((labels(booked(&theirs).0).as_str(), booked(&theirs).0.revision), ("B5", 4));
}

#[tokio::test]
async fn the_sales_window_binds_exchanges_of_customers_and_not_of_agents() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let agent = admit(&mut config, "agent", Role::Agent, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let server = start(config).await;
    let clock = server.clock().clone();
    let hour = Duration::from_secs(3_600);
    let spec = EventSpec { sales_until: Some(START.plus(hour).into()), ..film(2, 5) };
    enter(server.address(), &admin).await.ask(&create("film", spec)).await;
    let mut agent = enter(server.address(), &agent).await;
    let mut ann = enter(server.address(), &ann).await;
    let id = new_id(START);
    ann.ask(&reserve(id, "film", "ann", seats(&["A1"]))).await;
    clock.advance(hour);
    let wish = exchange(key(id, "film", "ann"), 0, seats(&["A2"]));
    let Refusal::SalesClosed { sales, .. } = ann.refused(&wish).await else {
        panic!("the window does not bind ann")
    };
    assert_eq!(sales, SalesState::Ended);
    assert_eq!(booked(&agent.ask(&wish).await).1, Effect::Applied);
    assert_eq!(booked(&ann.ask(&wish).await).1, Effect::Unchanged, "it is so already");
}

#[tokio::test]
async fn watchers_see_freed_and_taken_seats_in_one_version() {
    let server = start(config()).await;
    let mut watcher = Raw::connect(server.address()).await;
    watcher.ask(&create("film", film(2, 5))).await;
    let id = new_id(START);
    watcher.ask(&reserve(id, "film", "ann", seats(&["A1", "A2"]))).await;
    let watch = Request::Watch { event: event("film"), from_version: None };
    let snapshot = watcher.ask(&watch).await;
    assert!(matches!(snapshot.body, Body::Snapshot(_)), "{snapshot:?}");
    let mut shop = Raw::connect(server.address()).await;
    let moved = shop.ask(&exchange(key(id, "film", "ann"), 0, seats(&["A2", "B3"]))).await;
    let seen = watcher.receive().await.expect("what it watches").reply;
    assert_eq!(seen.version, moved.version);
    let Body::PlacesChanged(changed) = seen.body else { panic!("{seen:?}") };
    let states: Vec<_> = changed
        .seats
        .iter()
        .map(|now| (now.state, now.seats.iter().map(|seat| (seat.row(), seat.number())).collect()))
        .collect();
    let expected: Vec<(PlaceState, Vec<(u16, u16)>)> =
        vec![(PlaceState::Free, vec![(0, 0)]), (PlaceState::Sold, vec![(1, 2)])];
    assert_eq!(states, expected);
    let counts = changed.counts.first().expect("counts").1;
    assert_eq!((counts.free, counts.sold), (8, 2));
}
