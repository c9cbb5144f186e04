//! Reservations found by what people know of them.

use super::harness::*;
use crate::ReservationSearch;
use boxoffice_protocol::id::{BookingCode, ReservationId};

/// The ids of those found, page by page.
fn found(desk: &Harness, search: ReservationSearch<'_>, most: usize) -> Vec<ReservationId> {
    let (mut found, mut from) = (Vec::new(), Some(0));
    while let Some(version) = from {
        let (rows, next) = desk.inventory.reservations(version, search, desk.now, most);
        found.extend(rows.iter().map(|row| row.id));
        from = next;
    }
    found
}

fn code(desk: &Harness, number: u64) -> BookingCode {
    desk.inventory.reservation(&id(number), desk.now).expect("it is there").code
}

#[test]
fn a_code_finds_its_reservation_whatever_became_of_it() {
    let mut desk = Harness::open(event("floor=1000"));
    for number in 0..300 {
        desk.hold(number, if number % 50 == 7 { "bob" } else { "ann" }, &standing(1))
            .expect("free");
    }
    desk.release(57, "bob", None).expect("held");
    let bob = customer("bob");
    for most in [1, 7, 1_000] {
        for number in [0, 7, 57, 299] {
            let code = Some(code(&desk, number));
            let search = ReservationSearch { code, ..ReservationSearch::default() };
            assert_eq!(found(&desk, search, most), [id(number)], "{most} a page");
            let of_bob = ReservationSearch { customer: Some(bob.borrowed()), code, order: None };
            let expected = if number % 50 == 7 { vec![id(number)] } else { vec![] };
            assert_eq!(found(&desk, of_bob, most), expected, "{most} a page");
        }
    }
    desk.transfer(0, "ann", 0, "bob").expect("held");
    let search = ReservationSearch { code: Some(code(&desk, 0)), ..ReservationSearch::default() };
    assert_eq!(found(&desk, search, 10), [id(0)], "a transfer changes no code");
}
