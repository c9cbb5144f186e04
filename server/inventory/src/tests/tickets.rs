//! Types of tickets: which place has which, what they cost, and what is not sold.

use super::harness::*;
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{
    Keep, RequestedTypes, Selection, TicketCount, TicketCounts, Together,
};

fn each(selection: Selection, types: &str) -> Selection {
    let types = types.split_whitespace().map(ticket_type).collect();
    selection.typed(RequestedTypes::Each(types))
}

fn counted(selection: Selection, counts: &str) -> Selection {
    selection.typed(RequestedTypes::Counts(ticket_counts(counts)))
}

/// Counts like `2 adult 1 child`.
fn ticket_counts(text: &str) -> TicketCounts {
    let words: Vec<&str> = text.split_whitespace().collect();
    let counts = words.chunks(2).map(|pair| TicketCount {
        ticket_type: ticket_type(pair[1]),
        places: pair[0].parse().expect("a number"),
    });
    TicketCounts::new(counts.collect()).expect("within the bounds")
}

/// A hall with seats for adults (1000) and children (400), and a floor without children (2000).
fn family() -> Harness {
    let prices = "stalls/child=400 floor/child=-";
    Harness::open(ticketed(event("stalls=2x9 floor=9"), "adult child senior", prices))
}

fn not_for_sale(category: &str, name: &str) -> Answer {
    Err(Refusal::NotForSale { category: category.into(), ticket_type: name.into() })
}

impl Harness {
    /// The total of a reservation and its tickets, like `1400: 1 adult, 1 child`.
    #[track_caller]
    fn check(&self, number: u64, expected: &str) {
        let shown = self.shown(number).expect("it is there");
        let tickets = shown.tickets.iter().map(|of| format!("{} {}", of.places, of.ticket_type));
        let tickets = tickets.collect::<Vec<_>>().join(", ");
        assert_eq!(format!("{}: {tickets}", shown.total), expected);
    }
}

#[test]
fn seats_have_the_types_that_are_said_in_their_order() {
    let mut desk = family();
    desk.hold(1, "ann", &each(seats("A3 A1 A2"), "child adult adult")).expect("free");
    desk.check(1, "2400: 2 adult, 1 child");
    desk.hold(2, "ann", &each(seats("A7..A8 A6"), "child adult senior")).expect("free");
    desk.check(2, "2400: 1 senior, 1 child, 1 adult");
    desk.hold(3, "ann", &counted(seats("B3 B2 B1"), "1 child 2 adult")).expect("free");
    desk.check(3, "2400: 2 adult, 1 child");
    desk.hold(4, "ann", &each(best(2), "child child")).expect("free");
    desk.check(4, "800: 2 child");
    desk.hold(5, "ann", &seats("B9")).expect("free");
    desk.check(5, "1000: ");
    desk.hold(6, "ann", &each(seats("B8"), "adult")).expect("free");
    desk.check(6, "1000: ");
    assert_eq!(desk.inventory.book.particulars.iter().count(), 4, "only what is not plain");
}

#[test]
fn every_place_has_a_ticket_that_there_is() {
    let mut desk = family();
    for (selection, field) in [
        (each(seats("A1 A2"), "adult"), "types"),
        (each(seats("A1..A3"), "adult child"), "types"),
        (each(seats("A1"), "dog"), "types"),
        (counted(best(2), "1 adult 2 child"), "types"),
        (counted(standing(2), "1 adult"), "types"),
        (each(seats("A1 a1"), "adult child"), "seats"),
    ] {
        assert_eq!(wrong_field(desk.hold(1, "ann", &selection)), field, "{selection:?}");
    }
    let mut plain = Harness::open(event("stalls=1x9"));
    assert_eq!(wrong_field(plain.hold(1, "ann", &each(seats("A1"), "adult"))), "types");
}

#[test]
fn what_is_not_sold_is_refused() {
    let mut desk = family();
    let answer = desk.hold(1, "ann", &counted(standing(2), "1 adult 1 child"));
    assert_eq!(answer, not_for_sale("floor", "child"));
    let closed = "stalls/child=- balcony/adult=- balcony/child=-";
    let spec = ticketed(event("stalls=1x4 balcony=1x4 boxes=1x4"), "adult child", closed);
    let mut desk = Harness::open(spec);
    assert_eq!(desk.hold(1, "ann", &seats("balcony:A1")), not_for_sale("balcony", "adult"));
    let both = counted(best(2), "1 adult 1 child");
    desk.hold(1, "ann", &both).expect("the boxes sell both");
    assert_eq!(desk.counts(2), [2, 2, 0, 0]);
    let here = counted(best_in(Some("stalls"), 2, Together::Required), "1 adult 1 child");
    assert_eq!(desk.hold(2, "ann", &here), not_for_sale("stalls", "child"));
    desk.update(&prices("boxes/child=-")).expect("another price");
    assert_eq!(desk.hold(2, "ann", &both), not_for_sale("stalls", "child"));
    assert_eq!(
        desk.hold(2, "ann", &each(seats("boxes:A1"), "child")),
        not_for_sale("boxes", "child")
    );
    desk.hold(2, "ann", &best_in(Some("boxes"), 2, Together::IfPossible)).expect("for adults");
}

fn prices(text: &str) -> EventUpdate {
    let prices = text.split_whitespace().map(ticket_price).collect();
    EventUpdate { prices, ..EventUpdate::default() }
}

#[test]
fn totals_stay_when_prices_change_and_parts_go() {
    let mut desk = family();
    desk.reserve(1, "ann", &each(seats("A1 A2 A3 A4"), "child adult child adult")).expect("free");
    desk.check(1, "2800: 1 child, 1 adult, 1 child, 1 adult");
    desk.hold(2, "bob", &counted(standing(5), "3 adult 2 senior")).expect("free");
    desk.update(&prices("stalls/child=900 stalls/adult=5000 floor/senior=0")).expect("prices");
    desk.update(&resized("stalls", Some(7_000), None)).expect("a price");
    desk.cancel(1, "ann", Some(&keep("A3 A4"))).expect("confirmed");
    desk.check(1, "1400: 1 child, 1 adult");
    desk.cancel(1, "ann", Some(&keep("A4"))).expect("confirmed");
    desk.check(1, "1000: ");
    let any = Keep::Standing(count(3));
    assert_eq!(wrong_field(desk.confirm(2, "bob", Some(&any))), "keep", "which types?");
    let some = Keep::Types(ticket_counts("1 senior 2 adult"));
    desk.confirm(2, "bob", Some(&some)).expect("held");
    desk.check(2, "6000: 2 adult, 1 senior");
    let more = Keep::Types(ticket_counts("2 senior"));
    assert_eq!(wrong_field(desk.cancel(2, "bob", Some(&more))), "keep");
    let seniors = Keep::Types(ticket_counts("1 senior"));
    desk.cancel(2, "bob", Some(&seniors)).expect("confirmed");
    desk.check(2, "2000: 1 senior");
    assert_eq!(desk.cancel(2, "bob", Some(&Keep::Standing(count(1)))), Ok(None));
    desk.hold(3, "bob", &counted(standing(2), "2 senior")).expect("free");
    desk.check(3, "0: 2 senior");
    desk.hold(4, "bob", &seats("B1")).expect("free");
    desk.check(4, "5000: ");
}

#[test]
fn types_are_kept_by_the_log_by_rows_and_by_a_revert() {
    let mut desk = family();
    desk.reserve(1, "ann", &each(seats("A1 A2 A3"), "child adult senior")).expect("free");
    desk.update(&prices("stalls/child=900")).expect("a price");
    desk.hold(2, "bob", &counted(standing(3), "1 adult 2 senior")).expect("free");
    desk.hold(3, "cid", &each(seats("B1"), "child")).expect("free");
    desk.release(3, "cid", None).expect("held");
    let before = desk.inventory.clone();
    desk.cancel(1, "ann", Some(&keep("A2"))).expect("confirmed");
    desk.release(2, "bob", Some(&Keep::Types(ticket_counts("1 senior")))).expect("held");
    desk.check_kept(&before);
    desk.check(1, "2400: 1 child, 1 adult, 1 senior");
}

#[test]
fn what_costs_more_than_was_shown_is_refused() {
    let mut desk = family();
    let two = |most| each(seats("A1 A2"), "adult child").at_most(most);
    assert_eq!(desk.hold(1, "ann", &two(1_399)), Err(Refusal::PriceChanged { total: 1_400 }));
    assert_eq!(desk.counts(0), [18, 0, 0, 0]);
    desk.hold(1, "ann", &two(1_400)).expect("as much as that");
    desk.update(&prices("stalls/adult=1001")).expect("a price");
    assert_eq!(desk.hold(1, "ann", &two(1_400)), Ok(None), "a repeat");
    let best = best(3).at_most(3_000);
    assert_eq!(desk.reserve(2, "ann", &best), Err(Refusal::PriceChanged { total: 3_003 }));
    desk.reserve(2, "ann", &standing(2).at_most(4_000)).expect("two on the floor");
    let taken = seats("A1").at_most(0);
    assert!(matches!(desk.hold(3, "bob", &taken), Err(Refusal::SeatsTaken { .. })));
}

#[test]
fn prices_of_tickets_are_of_sections_and_types_that_there_are() {
    let mut desk = family();
    for wrong in ["pit/child=1", "stalls/dog=1", "stalls/child=1 stalls/child=2"] {
        assert_eq!(wrong_field(desk.update(&prices(wrong))), "prices", "{wrong}");
    }
    assert_eq!(desk.update(&prices("stalls/child=400 floor/child=-")), Ok(None));
    let with_pit =
        EventUpdate { prices: prices("pit/child=5").prices, ..resized("pit", Some(9), Some("4")) };
    desk.update(&with_pit).expect("a new section and a price in it");
    desk.hold(1, "ann", &each(standing_in(Some("pit"), 2), "child adult")).expect("free");
    desk.check(1, "14: 1 adult, 1 child");
    assert_eq!(desk.inventory.summary().prices, (5, 2_000));
}
