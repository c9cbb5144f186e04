//! Exchanges for other places.

use super::harness::*;
use crate::{Command, Exchange, HoldRules, VisibleChange};
use boxoffice_protocol::change::{Change, PlacesChanged, SeatsNow};
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, PlaceState, Sales};
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{
    Keep, Places, RequestedTypes, Selection, Status, TicketCount, TicketCounts,
};
use core::time::Duration;
use std::num::NonZeroU32;

impl Harness {
    /// The places of a reservation and what they cost, like `A1 A2: 2000`.
    #[track_caller]
    fn check_places(&self, number: u64, expected: &str) {
        let shown = self.shown(number).expect("it is there");
        let places = match &shown.places {
            Places::Seats(labels) => {
                labels.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            Places::Standing { section, places } => format!("{places} in {section}"),
        };
        let tickets = shown.tickets.iter().map(|of| format!(" {} {}", of.places, of.ticket_type));
        assert_eq!(format!("{places}: {}{}", shown.total, tickets.collect::<String>()), expected);
    }

    fn price(&mut self, section: &str, price: u64) {
        self.update(&resized(section, Some(price), None)).expect("a price");
    }
}

fn typed(selection: Selection, types: &str) -> Selection {
    let types = types.split_whitespace().map(ticket_type).collect();
    selection.typed(RequestedTypes::Each(types))
}

fn taken(text: &str) -> Answer {
    Err(Refusal::SeatsTaken { seats: labels(text).into() })
}

#[test]
fn a_reservation_has_other_places_in_one_step() {
    let mut desk = Harness::open(event("stalls=2x5 floor=9"));
    desk.hold(1, "ann", &seats("A1 A2 A3")).expect("free");
    let before = desk.shown(1).expect("it is there");
    desk.wait(1_000);
    desk.exchange(1, "ann", 0, &seats("A3 B1")).expect("free");
    desk.check_places(1, "A3 B1: 2000");
    assert_eq!((desk.counts(0), desk.counts(1)), ([8, 2, 0, 0], [9, 0, 0, 0]));
    let after = desk.shown(1).expect("it is there");
    assert_eq!((after.revision, after.expires_at), (1, before.expires_at), "a hold keeps its time");
    desk.hold(2, "bob", &seats("A1 A2")).expect("what it gave back is free");
    desk.exchange(1, "ann", 1, &standing(3)).expect("free");
    desk.check_places(1, "3 in floor: 6000");
    desk.confirm(1, "ann", None).expect("held");
    desk.exchange(1, "ann", 2, &standing(7)).expect("free");
    assert_eq!((desk.counts(0), desk.counts(1)), ([8, 2, 0, 0], [2, 0, 7, 0]));
    desk.exchange(1, "ann", 3, &seats("B5")).expect("free");
    desk.check_places(1, "B5: 1000");
    desk.cancel(1, "ann", None).expect("confirmed");
    assert_eq!((desk.counts(0), desk.counts(1)), ([8, 2, 0, 0], [9, 0, 0, 0]));
}

#[test]
fn a_late_duplicate_moves_nobody_back() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    desk.exchange(1, "ann", 0, &seats("A2")).expect("free");
    assert_eq!(desk.exchange(1, "ann", 0, &seats("A2")), Ok(None), "it is so already");
    assert_eq!(desk.exchange(1, "ann", 7, &seats("A2")), Ok(None), "whatever its revision");
    desk.exchange(1, "ann", 1, &seats("A1")).expect("free");
    let late = desk.exchange(1, "ann", 0, &seats("A2"));
    assert_eq!(late, Err(Refusal::RevisionConflict { current: 2 }));
    desk.transfer(1, "ann", 2, "bob").expect("confirmed");
    let late = desk.exchange(1, "bob", 2, &seats("A2"));
    assert_eq!(late, Err(Refusal::RevisionConflict { current: 3 }), "a transfer counts, too");
}

#[test]
fn all_or_nothing_and_its_own_places_are_free_for_it() {
    let mut desk = Harness::open(event("stalls=2x5 floor=9"));
    desk.hold(1, "ann", &seats("A1 A2")).expect("free");
    desk.reserve(2, "bob", &seats("A3")).expect("free");
    let block = EventUpdate { block: labels("A4"), ..EventUpdate::default() };
    desk.update(&block).expect("free");
    assert_eq!(desk.exchange(1, "ann", 0, &seats("A2 A3 A4 A5")), taken("A3 A4"));
    desk.check_places(1, "A1 A2: 2000");
    desk.reserve(3, "cid", &standing(6)).expect("free");
    let five = standing(5);
    assert_eq!(desk.exchange(1, "ann", 0, &five), Err(Refusal::SoldOut { free: 3 }));
    assert_eq!(
        desk.exchange(3, "cid", 0, &standing_in(Some("floor"), 10)),
        Err(Refusal::SoldOut { free: 9 }),
        "its own count"
    );
    desk.exchange(3, "cid", 0, &standing(9)).expect("all of it");
    desk.wait(120_000);
    desk.exchange(2, "bob", 0, &seats("A1")).expect("what is due is free");
    assert_eq!(desk.status(1), Some(Status::Expired));
}

#[test]
fn places_that_stay_keep_their_price() {
    let mut desk = Harness::open(event("stalls=2x5 balcony=1x5 floor=9"));
    desk.reserve(1, "ann", &seats("stalls:A1 stalls:A2")).expect("free");
    desk.hold(2, "bob", &standing(3)).expect("free");
    desk.price("stalls", 1_700);
    desk.price("floor", 100);
    desk.exchange(1, "ann", 0, &seats("stalls:A2 stalls:A3 balcony:A1")).expect("free");
    desk.check_places(1, "stalls:A2 stalls:A3 balcony:A1: 4700");
    desk.price("stalls", 9_000);
    desk.cancel(1, "ann", Some(&keep("stalls:A3 balcony:A1"))).expect("confirmed");
    desk.check_places(1, "stalls:A3 balcony:A1: 3700");
    desk.exchange(1, "ann", 1, &seats("balcony:A1")).expect("its own");
    desk.check_places(1, "balcony:A1: 2000");
    desk.exchange(2, "bob", 0, &standing(5)).expect("free");
    desk.check_places(2, "5 in floor: 9200");
    desk.confirm(2, "bob", Some(&Keep::Standing(count(3)))).expect("held");
    desk.check_places(2, "3 in floor: 3200");
    desk.exchange(2, "bob", 1, &standing(1)).expect("its own");
    desk.check_places(2, "1 in floor: 100");
}

#[test]
fn tickets_keep_their_types_unless_some_are_said() {
    let prices = "stalls/child=400 floor/child=- floor/senior=300";
    let mut desk =
        Harness::open(ticketed(event("stalls=2x5 floor=9"), "adult child senior", prices));
    desk.reserve(1, "ann", &typed(seats("A1 A2"), "child adult")).expect("free");
    let several = desk.exchange(1, "ann", 0, &seats("A1 B1"));
    assert_eq!(wrong_field(several), "types", "which type has B1?");
    desk.exchange(1, "ann", 0, &typed(seats("B1 A1"), "senior child")).expect("free");
    desk.check_places(1, "A1 B1: 1400 1 child 1 senior");
    let update =
        EventUpdate { prices: vec![ticket_price("stalls/child=900")], ..Default::default() };
    desk.update(&update).expect("a price");
    assert_eq!(desk.exchange(1, "ann", 1, &seats("A1 B1")), Ok(None), "as it is");
    desk.exchange(1, "ann", 1, &typed(seats("A1 B1"), "child child")).expect("its own");
    desk.check_places(1, "A1 B1: 1300 2 child");
    desk.exchange(1, "ann", 2, &seats("B1 B2 B3")).expect("free");
    desk.check_places(1, "B1 B2 B3: 2700 3 child");
    let refused = desk.exchange(1, "ann", 3, &standing(1));
    let not_sold = Refusal::NotForSale { category: "floor".into(), ticket_type: "child".into() };
    assert_eq!(refused, Err(not_sold), "all its tickets are a child's");
    let counts = |adults, seniors| {
        let count = |name, places| TicketCount { ticket_type: ticket_type(name), places };
        let counts = vec![count("adult", adults), count("senior", seniors)];
        standing(adults + seniors)
            .typed(RequestedTypes::Counts(TicketCounts::new(counts).expect("two")))
    };
    desk.exchange(1, "ann", 3, &counts(1, 2)).expect("free");
    desk.check_places(1, "3 in floor: 2600 1 adult 2 senior");
    assert_eq!(desk.exchange(1, "ann", 4, &standing(3)), Ok(None), "as many");
    assert_eq!(wrong_field(desk.exchange(1, "ann", 4, &standing(2))), "types");
    desk.exchange(1, "ann", 4, &counts(1, 1)).expect("its own");
    desk.check_places(1, "2 in floor: 2300 1 adult 1 senior");
}

#[test]
fn limits_count_net_and_at_most_counts_all() {
    let mut desk = Harness::open(limited("stalls=2x5", 4));
    desk.hold(1, "ann", &seats("A1 A2 A3")).expect("free");
    let four = seats("B1 B2 B3 B4");
    desk.exchange(1, "ann", 0, &four).expect("four");
    let limit = Err(Refusal::LimitExceeded { limit: 4, have: 4 });
    assert_eq!(desk.exchange(1, "ann", 1, &seats("A1..A5")), limit);
    let max_per_customer = NonZeroU32::new(2).map(CustomerLimit::Places);
    desk.update(&EventUpdate { max_per_customer, ..EventUpdate::default() }).expect("a limit");
    desk.exchange(1, "ann", 1, &seats("A1 A2 A3")).expect("less than it has");
    desk.price("stalls", 5_000);
    let dear = seats("A2 A3 A4").at_most(6_999);
    assert_eq!(desk.exchange(1, "ann", 2, &dear), Err(Refusal::PriceChanged { total: 7_000 }));
    desk.exchange(1, "ann", 2, &seats("A2 A3 A4").at_most(7_000)).expect("as much as that");
    desk.check_places(1, "A2 A3 A4: 7000");
}

#[test]
fn sales_bind_it_as_they_bind_holds() {
    let mut spec = event("stalls=1x9");
    spec.sales_until = Some(BEGIN.plus(Duration::from_secs(60)).into());
    let mut desk = Harness::open(spec);
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    desk.wait(60_000);
    let ask = |desk: &mut Harness, window| {
        let (to, ann) = (seats("A2"), customer("ann"));
        let (customer, id) = (ann.borrowed(), id(1));
        let command = Command::Exchange(Exchange { id, customer, if_revision: 0, to: &to });
        desk.ask_by(&command, &HoldRules { window, ..RULES })
    };
    assert!(matches!(ask(&mut desk, true), Err(Refusal::SalesClosed { .. })));
    let closed = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    desk.update(&closed).expect("open");
    assert_eq!(ask(&mut desk, false), Err(Refusal::CLOSED), "closed for all");
    let open = EventUpdate { sales: Some(Sales::Open), ..EventUpdate::default() };
    desk.update(&open).expect("closed");
    ask(&mut desk, false).expect("the window does not bind agents");
}

#[test]
fn watchers_see_what_is_freed_and_taken_at_once() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    desk.reserve(1, "ann", &seats("A1 A2 A3")).expect("free");
    let seen = |desk: &Harness| match desk.inventory.seen(&desk.log.last().expect("one").change) {
        VisibleChange::Places(PlacesChanged { seats, counts }) => {
            let seats: Vec<_> = seats
                .iter()
                .map(|SeatsNow { state, seats }| {
                    (*state, seats.iter().map(|seat| seat.number()).collect::<Vec<_>>())
                })
                .collect();
            (seats, counts.iter().map(|(section, _)| *section).collect::<Vec<_>>())
        }
        other => panic!("{other:?}"),
    };
    desk.exchange(1, "ann", 0, &seats("A3 A5")).expect("free");
    let (free, sold) = (PlaceState::Free, PlaceState::Sold);
    assert_eq!(seen(&desk), (vec![(free, vec![0, 1]), (sold, vec![4])], vec![0]));
    desk.exchange(1, "ann", 1, &standing(2)).expect("free");
    let (seats, sections) = seen(&desk);
    assert_eq!((seats.first(), sections), (Some(&(free, vec![2, 4])), vec![0, 1]));
    desk.exchange(1, "ann", 2, &standing(3)).expect("free");
    assert_eq!(seen(&desk), (vec![], vec![1]));
}

#[test]
fn prices_are_kept_by_the_log_by_rows_and_by_a_revert() {
    let mut desk = Harness::open(event("stalls=2x5 floor=9"));
    desk.reserve(1, "ann", &seats("A1 A2")).expect("free");
    desk.hold(2, "bob", &standing(3)).expect("free");
    desk.price("stalls", 1_700);
    desk.price("floor", 100);
    let before = desk.inventory.clone();
    desk.exchange(1, "ann", 0, &seats("A2 A3")).expect("free");
    desk.exchange(2, "bob", 0, &standing(4)).expect("free");
    let added = resized("pit", Some(7), Some("4"));
    desk.update(&added).expect("a section");
    desk.exchange(1, "ann", 1, &standing_in(Some("pit"), 2)).expect("free");
    desk.exchange(1, "ann", 2, &seats("A3 A4")).expect("free");
    desk.cancel(1, "ann", Some(&keep("A4"))).expect("confirmed");
    desk.release(2, "bob", Some(&Keep::Standing(count(2)))).expect("held");
    desk.check_places(2, "2 in floor: 2100");
    desk.check_kept(&before);
    desk.check_places(1, "A1 A2: 2000");
}

#[test]
fn which_refusal_comes_first() {
    let mut desk = Harness::open(limited("stalls=2x5", 2));
    let nowhere = seats("Z9");
    assert_eq!(desk.exchange(1, "ann", 0, &nowhere), Err(Refusal::ReservationNotFound));
    desk.hold(1, "ann", &seats("A1")).expect("free");
    desk.reserve(2, "bob", &seats("A2")).expect("free");
    assert_eq!(desk.exchange(1, "bob", 7, &nowhere), Err(Refusal::NotYours));
    let conflict = Err(Refusal::RevisionConflict { current: 0 });
    assert_eq!(desk.exchange(1, "ann", 7, &nowhere), conflict);
    let there_is_none = desk.exchange(1, "ann", 0, &nowhere);
    assert!(matches!(there_is_none, Err(Refusal::NoSuchSeat { .. })));
    assert_eq!(wrong_field(desk.exchange(1, "ann", 0, &best(1))), "seats");
    let limit = Err(Refusal::LimitExceeded { limit: 2, have: 1 });
    assert_eq!(desk.exchange(1, "ann", 0, &seats("A2 A3 A4")), limit);
    assert_eq!(desk.exchange(1, "ann", 0, &seats("A2").at_most(0)), taken("A2"));
    desk.wait(120_000);
    assert_eq!(desk.exchange(1, "ann", 7, &seats("A1")), Err(Refusal::HoldExpired));
    desk.cancel(2, "bob", None).expect("confirmed");
    let status = Status::Cancelled;
    assert_eq!(desk.exchange(2, "bob", 7, &seats("A2")), Err(Refusal::WrongStatus { status }));
}

#[test]
fn one_that_was_not_exchanged_pays_nothing_for_it() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.reserve(1, "ann", &seats("A1")).expect("free");
    desk.reserve(2, "bob", &seats("A2")).expect("free");
    desk.exchange(1, "ann", 0, &seats("A3")).expect("free");
    let besides = desk.inventory.book.particulars.iter().collect::<Vec<_>>();
    assert_eq!(besides.len(), 1, "only the exchanged one has something besides");
    assert!(besides[0].1.prices.is_empty(), "and no prices while the list has them");
    let seat = |number| Seat::new(0, 0, number);
    let Some(Change::Exchanged { from, to, .. }) = desk.log.last().map(|last| &last.change) else {
        panic!("no exchange");
    };
    let seats = [from, to].map(|places| places.seats().map(|seats| seats.to_vec()));
    assert_eq!(seats, [Some(vec![seat(0)]), Some(vec![seat(2)])]);
}
