//! What reservations go through, and what is seen of it.

use super::harness::*;
use crate::{Command, Inventory, ReservationSearch, VisibleChange};
use boxoffice_protocol::change::{Change, PlacesChanged};
use boxoffice_protocol::event::PlaceState;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::limits::REMEMBERED_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Keep, Places, Reservation, Status};
use core::time::Duration;

#[test]
fn a_hold_is_confirmed_and_cancelled_in_parts() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    desk.hold(1, "ann", &seats("A4 A2 A3")).expect("free");
    let held = desk.shown(1).expect("it is there");
    assert_eq!(held.places, Places::Seats(labels("A2 A3 A4").into()));
    assert_eq!((held.status, held.total), (Status::Held, 3_000));
    assert_eq!((held.created_at, held.expires_at), (BEGIN, BEGIN.plus(RULES.default)));
    assert_eq!(desk.counts(0), [6, 3, 0, 0]);
    desk.release(1, "ann", Some(&keep("A2 A3"))).expect("held");
    assert_eq!(desk.counts(0), [7, 2, 0, 0]);
    desk.confirm(1, "ann", Some(&keep("A3"))).expect("held");
    assert_eq!(desk.counts(0), [8, 0, 1, 0]);
    desk.cancel(1, "ann", None).expect("confirmed");
    assert_eq!(desk.counts(0), [9, 0, 0, 0]);
    let ended = desk.shown(1).expect("it is remembered");
    assert_eq!(ended.status, Status::Cancelled);
    assert_eq!(ended.places, Places::Seats(labels("A3").into()), "what it had at last");
    assert_eq!((desk.inventory.live(), desk.inventory.remembered()), (0, 1));
}

#[test]
fn standing_places_are_given_back_in_parts() {
    let mut desk = Harness::open(event("floor=9"));
    let kept = |places| Keep::Standing(count(places));
    desk.hold(1, "ann", &standing(6)).expect("free");
    desk.release(1, "ann", Some(&kept(5))).expect("held");
    assert_eq!(desk.release(1, "ann", Some(&kept(5))), Ok(None));
    desk.confirm(1, "ann", Some(&kept(4))).expect("held");
    desk.cancel(1, "ann", Some(&kept(2))).expect("confirmed");
    assert_eq!(desk.cancel(1, "ann", Some(&kept(2))), Ok(None));
    assert_eq!(desk.counts(0), [7, 0, 2, 0]);
    assert_eq!(desk.shown(1).expect("it is there").total, 2_000);
}

#[test]
fn a_hold_that_ended_tells_no_places_and_a_released_one_keeps_none() {
    let mut desk = Harness::open(event("stalls=1x9 floor=9"));
    desk.hold(1, "ann", &seats("A2 A3 A4")).expect("free");
    desk.hold(2, "bob", &standing(4)).expect("free");
    let held = desk.inventory.clone();
    desk.release(1, "ann", None).expect("held");
    desk.wait(u64::try_from(RULES.default.as_millis()).expect("short"));
    desk.look(2, "bob").expect("known");
    let ended = |inventory: &Inventory| {
        for (number, who, status) in [(1, "ann", Status::Released), (2, "bob", Status::Expired)] {
            let shown = inventory.reservation(&id(number), desk.now).expect("remembered");
            assert_eq!((shown.status, shown.customer), (status, customer(who)));
            assert_eq!((shown.places, shown.total), (Places::none(), 0));
            assert_eq!((shown.created_at, shown.expires_at), (BEGIN, BEGIN.plus(RULES.default)));
        }
        inventory.invariants();
    };
    ended(&desk.inventory);
    let mut sealed = desk.inventory.clone();
    sealed.seal(sealed.version());
    ended(&sealed);
    assert_eq!(sealed.difference(&desk.inventory), None, "sealing shows nowhere");
    assert_eq!((desk.inventory.book.allotments.len(), sealed.book.allotments.len()), (2, 1));
    desk.log[3..].iter().rev().for_each(|last| desk.inventory.revert(last));
    assert_eq!(desk.inventory.difference(&held), None, "what is not sealed can be taken back");
    desk.inventory.invariants();
}

#[test]
fn a_hold_whose_end_is_recorded_weeks_late_is_restored() {
    let mut desk = Harness::open(event("stalls=1x9"));
    desk.hold(1, "ann", &seats("A2 A3")).expect("free");
    desk.wait(20 * 24 * 3_600_000);
    desk.look(1, "ann").expect("known");
    desk.inventory.seal(desk.inventory.version());
    desk.inventory.invariants();
    let restored = desk.restored();
    restored.invariants();
    let shown = |inventory: &Inventory| inventory.reservation(&id(1), desk.now).map(|it| it.places);
    assert_eq!(shown(&restored), shown(&desk.inventory));
}

#[test]
fn a_repeat_about_a_hold_that_ended_is_told_from_another_request() {
    let mut desk = Harness::open(event("floor=9"));
    desk.hold(1, "ann", &standing(4)).expect("free");
    desk.release(1, "ann", None).expect("held");
    desk.inventory.seal(desk.inventory.version());
    assert_eq!(desk.hold(1, "ann", &standing(4)), Ok(None));
    let (id, ann) = (id(1), customer("ann"));
    let (customer, selection) = (ann.borrowed(), &standing(4));
    let other = Command::Hold { id, fingerprint: 2, customer, selection, ttl: None, order: None };
    assert_eq!(desk.ask(&other), Err(Refusal::IdConflict));
    assert_eq!(desk.release(1, "ann", None), Ok(None));
    assert_eq!(desk.extend(1, "ann", 1), Err(Refusal::WrongStatus { status: Status::Released }));
    assert_eq!(desk.inventory.saved_reservations().count(), 1);
}

#[test]
fn watchers_see_places_and_counts_and_no_names() {
    let mut desk = Harness::open(event("stalls=1x4 floor=9"));
    let seen = |desk: &Harness, answer: Answer| {
        let change = answer.expect("not refused").expect("a change");
        match desk.inventory.seen(&change) {
            VisibleChange::Places(PlacesChanged { seats, counts }) => {
                let seats = seats.into_iter().map(|now| (now.state, now.seats.to_vec()));
                (seats.collect::<Vec<_>>(), counts.iter().map(|(index, _)| *index).collect())
            }
            other => panic!("{other:?}"),
        }
    };
    let numbers = |text: &str| -> Vec<_> {
        let spec = event("stalls=1x4 floor=9");
        labels(text).iter().filter_map(|label| spec.sections.seat(label)).collect()
    };
    let (free, held, sold) = (PlaceState::Free, PlaceState::Held, PlaceState::Sold);
    let answer = desk.hold(1, "ann", &seats("A1 A2"));
    assert_eq!(seen(&desk, answer), (vec![(held, numbers("A1 A2"))], vec![0]));
    let answer = desk.confirm(1, "ann", Some(&keep("A2")));
    let both = vec![(sold, numbers("A2")), (free, numbers("A1"))];
    assert_eq!(seen(&desk, answer), (both, vec![0]));
    let answer = desk.cancel(1, "ann", None);
    assert_eq!(seen(&desk, answer), (vec![(free, numbers("A2"))], vec![0]));
    let answer = desk.reserve(2, "ann", &standing(2));
    assert_eq!(seen(&desk, answer), (vec![], vec![1]));
    desk.hold(3, "ann", &seats("A1")).expect("free");
    let extended = desk.extend(3, "ann", 300_000).expect("held").expect("a change");
    assert_eq!(desk.inventory.seen(&extended), VisibleChange::Nothing);
    desk.wait(300_000);
    desk.look(3, "ann").expect("it is there");
    let expired = Change::Expired { ids: vec![id(3)].into() };
    assert_eq!(desk.log.last().map(|recorded| &recorded.change), Some(&expired));
    assert_eq!(seen(&desk, Ok(Some(expired))), (vec![(free, numbers("A1"))], vec![0]));
}

fn pages(inventory: &Inventory, who: Option<&str>, most: usize) -> Vec<Reservation> {
    let (who, mut from, mut all) = (who.map(customer), 0, Vec::new());
    loop {
        let customer = who.as_ref().map(CustomerId::borrowed);
        let search = ReservationSearch { customer, ..ReservationSearch::default() };
        let (rows, next) = inventory.reservations(from, search, BEGIN, most);
        assert!(rows.len() <= most, "a page has {} rows", rows.len());
        all.extend(rows);
        match next {
            Some(next) => assert!(next > from, "a page that stands still"),
            None => return all,
        }
        from = next.expect("there is a next page");
    }
}

#[test]
fn lists_have_everything_once_whatever_the_page() {
    let mut desk = Harness::open(event("floor=1000"));
    for number in 0..300 {
        let who = if number % 50 == 7 { "bob" } else { "ann" };
        desk.hold(number, who, &standing(1)).expect("free");
        if number % 3 == 0 {
            desk.release(number, who, None).expect("held");
        }
    }
    let numbers = |who: Option<&str>, most| {
        let all = pages(&desk.inventory, who, most);
        all.iter().map(|reservation| reservation.id).collect::<Vec<_>>()
    };
    let expected = |who: &str| -> Vec<_> {
        let bobs = |number: &u64| (number % 50 == 7) == (who == "bob");
        (0..300).filter(bobs).map(id).collect()
    };
    for most in [1, 2, 7, 100, 1_000] {
        assert_eq!(numbers(None, most), (0..300).map(id).collect::<Vec<_>>(), "{most} a page");
        assert_eq!(numbers(Some("bob"), most), expected("bob"), "{most} a page");
        assert_eq!(numbers(Some("ann"), most), expected("ann"), "{most} a page");
    }
    assert_eq!(numbers(Some("cid"), 5), []);
    assert_eq!(
        desk.inventory.reservations(u64::MAX, ReservationSearch::default(), BEGIN, 5),
        (vec![], None)
    );
}

/// A page goes on behind a version, which forgetting moves for no reservation: those that are there
/// throughout come once each, in the order in which they were made, before all that is newer.
#[test]
fn pages_during_forgetting_neither_skip_nor_double() {
    let mut desk = Harness::open(event("floor=1000"));
    let memory = Duration::from_millis(REMEMBERED_MS);
    for number in 0..200 {
        desk.hold(number, "ann", &standing(1)).expect("free");
        match number % 4 {
            0 => desk.confirm(number, "ann", None).expect("held"),
            _ => desk.release(number, "ann", None).expect("held"),
        };
    }
    desk.inventory.seal(desk.inventory.version());
    let stays: Vec<_> = (0..200).step_by(4).map(id).collect();
    let (mut listed, mut from, mut newer) = (Vec::new(), 0, Vec::new());
    for page in 0.. {
        let (rows, next) =
            desk.inventory.reservations(from, ReservationSearch::default(), desk.now, 7);
        listed.extend(rows.iter().map(|row| row.id));
        let Some(next) = next else { break };
        assert!(next > from, "a page that stands still");
        from = next;
        if page == 3 {
            desk.now = desk.now.plus(memory + Duration::from_secs(60));
        }
        if page >= 3 && newer.len() < 20 {
            let (id, who, one) = (id_at(desk.now, page), customer("bob"), standing(1));
            let new = Command::Reserve {
                id,
                fingerprint: 1,
                customer: who.borrowed(),
                selection: &one,
                order: None,
            };
            desk.ask(&new).expect("free");
            newer.push(id);
        }
    }
    assert!(desk.inventory.remembered() < 200, "some are forgotten, and their slots taken again");
    let stayed: Vec<_> = listed.iter().filter(|id| stays.contains(id)).collect();
    assert_eq!(stayed, stays.iter().collect::<Vec<_>>(), "each once, in order");
    assert_eq!(listed[listed.len() - newer.len()..], newer, "those that were made last come last");
}
