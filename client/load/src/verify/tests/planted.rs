//! Each kind of violation, planted in a history that is right but for it.

use super::model::{Action, Kept, MS, Model, Step, What};
use super::{verify, verify_within};
use crate::history::exchange::{NEVER, RefusalClaim, RequestedReservation};
use crate::result::{Verification, ViolationKind};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;

/// Steps one after the other, a millisecond apart, each on a connection of its own.
fn run(actions: &[Action]) -> Model {
    let step = |(connection, &action)| Step {
        action,
        connection,
        pause_us: 1_000,
        before_us: 100,
        after_us: 100,
    };
    Model::of(&(0..).zip(actions).map(step).collect::<Vec<_>>())
}

/// Fails unless exactly this was found, and shown by these exchanges.
fn check(verification: &Verification, kind: ViolationKind, shown: &[&str]) {
    let [violation] = &verification.violations[..] else { panic!("{verification:#?}") };
    let said: Vec<_> = violation.history.iter().map(|exchange| &*exchange.said).collect();
    assert_eq!((violation.kind, &said[..]), (kind, shown), "{}", violation.what);
}

/// The verdict, where the server is at whatever version it told.
fn judge(model: &Model) -> Verification {
    let mut after = model.after();
    let told = model.history.iter().map(|kept| kept.version).max().unwrap_or(0);
    after.version = after.version.max(told);
    verify(&model.history, &after)
}

fn reserved(number: u32, seat: u16, version: u64, sent_ns: u64) -> Kept {
    let what = What::Reservation {
        number,
        requested: RequestedReservation::New,
        effect: Effect::Applied,
        status: Status::Confirmed,
        places: vec![Seat::new(0, 0, seat)],
    };
    Kept { connection: 99, sent_ns, done_ns: sent_ns + 1_000, version, what }
}

const RESERVE_A1: Action = Action::Reserve { seat: 0, seats: 1 };
const HOLD_A1: Action = Action::Hold { seat: 0, seats: 1 };
const HOLD_A2: Action = Action::Hold { seat: 1, seats: 1 };

#[test]
fn a_seat_that_was_sold_twice() {
    let mut model = run(&[Action::Read, RESERVE_A1, HOLD_A2, Action::Read]);
    model.history.push(reserved(9, 0, 4, 110 * MS));
    check(
        &judge(&model),
        ViolationKind::Oversold,
        &["#1 confirmed now: A1", "#9 confirmed now: A1"],
    );
}

#[test]
fn a_held_seat_that_was_sold_without_a_version_in_which_the_hold_ended() {
    let mut model = run(&[HOLD_A1, HOLD_A2]);
    model.history.push(reserved(9, 0, 4, 120 * MS));
    check(&judge(&model), ViolationKind::Oversold, &["#0 held now: A1", "#9 confirmed now: A1"]);
}

#[test]
fn a_held_seat_that_was_sold_before_the_deadline() {
    let mut model = run(&[HOLD_A1, HOLD_A2]);
    model.history.push(reserved(9, 0, 5, 103 * MS));
    check(
        &judge(&model),
        ViolationKind::ExpiredEarly,
        &["#0 held now: A1", "#9 confirmed now: A1"],
    );
}

#[test]
fn more_stand_than_there_is_room_for() {
    let stand = |places| Action::Stand { places };
    let mut model = run(&[stand(1), stand(2), stand(2), RESERVE_A1]);
    let mut one_more = model.history[1].clone();
    (one_more.version, one_more.sent_ns, one_more.done_ns) = (6, 120 * MS, 121 * MS);
    if let What::Standing { number, .. } = &mut one_more.what {
        *number = 9;
    }
    model.history.push(one_more);
    check(
        &judge(&model),
        ViolationKind::Oversold,
        &[
            "#1 confirmed now: 2 in floor",
            "#2 confirmed now: 2 in floor",
            "#9 confirmed now: 2 in floor",
        ][..],
    );
}

#[test]
fn an_acknowledged_reservation_that_is_gone() {
    let model = run(&[HOLD_A2, RESERVE_A1, Action::Read]);
    let mut after = model.after();
    after.rows.retain(|row| row.number != Some(1));
    (after.counts.sold, after.counts.free) = (0, 10);
    check(
        &verify(&model.history, &after),
        ViolationKind::Missing,
        &["#1 confirmed now: A1", "after the run: no #1"],
    );
}

#[test]
fn an_acknowledged_reservation_that_is_otherwise() {
    let model = run(&[RESERVE_A1]);
    let mut after = model.after();
    after.rows[0].status = Status::Cancelled;
    (after.counts.sold, after.counts.free) = (0, 11);
    check(
        &verify(&model.history, &after),
        ViolationKind::Missing,
        &["#0 confirmed now: A1", "after the run: #0 cancelled: A1"],
    );
}

#[test]
fn a_reservation_that_was_acknowledged_and_then_not_found() {
    let mut model = run(&[RESERVE_A1]);
    let what = What::Refused { code: 7, number: 0, claim: RefusalClaim::Nothing };
    model.history.push(Kept { what, version: 2, ..reserved(0, 0, 2, 110 * MS) });
    check(
        &judge(&model),
        ViolationKind::Missing,
        &["#0 confirmed now: A1", "#0 refused ReservationNotFound"],
    );
}

#[test]
fn a_version_that_was_made_twice() {
    let mut model = run(&[RESERVE_A1, HOLD_A2]);
    // Their times overlap: only the version is wrong.
    model.history.push(reserved(9, 3, 2, 101 * MS));
    check(
        &judge(&model),
        ViolationKind::Doubled,
        &["#0 confirmed now: A1", "#9 confirmed now: A4"],
    );
}

#[test]
fn an_id_that_took_effect_twice() {
    let mut model = run(&[RESERVE_A1, HOLD_A2]);
    model.history.push(reserved(0, 3, 4, 110 * MS));
    check(
        &judge(&model),
        ViolationKind::Doubled,
        &["#0 confirmed now: A1", "#0 confirmed now: A4"],
    );
}

#[test]
fn a_fresh_read_that_is_stale() {
    let mut model = run(&[RESERVE_A1, HOLD_A2]);
    let counts = Counts { free: 10, held: 0, sold: 1, blocked: 0 };
    let what = What::Read { age_ms: None, counts };
    model.history.push(Kept { what, ..reserved(9, 0, 2, 110 * MS) });
    check(
        &judge(&model),
        ViolationKind::StaleRead,
        &["#1 held now: A2", "read (fresh): 10 free, 0 held, 1 sold, 0 blocked"],
    );
}

/// A view of version 2, sent 8 ms after version 3 was told on connection 1.
fn with_a_view(connection: u16, age_ms: u32) -> Verification {
    let mut model = run(&[RESERVE_A1, HOLD_A2]);
    let counts = Counts { free: 10, held: 0, sold: 1, blocked: 0 };
    let what = What::Read { age_ms: Some(age_ms), counts };
    model.history.push(Kept { connection, what, ..reserved(9, 0, 2, 110 * MS) });
    judge(&model)
}

#[test]
fn a_view_that_is_older_than_it_says() {
    assert_eq!(with_a_view(7, 10).violations, []);
    check(
        &with_a_view(7, 5),
        ViolationKind::StaleRead,
        &["#1 held now: A2", "read (cached, 5 ms old): 10 free, 0 held, 1 sold, 0 blocked"],
    );
}

#[test]
fn a_view_that_is_older_than_what_its_connection_was_told() {
    check(
        &with_a_view(1, 10),
        ViolationKind::StaleRead,
        &["#1 held now: A2", "read (cached, 10 ms old): 10 free, 0 held, 1 sold, 0 blocked"],
    );
}

#[test]
fn decisions_in_another_order_than_their_requests() {
    let mut model = run(&[Action::Read, RESERVE_A1, Action::Read, HOLD_A2]);
    let first = (model.history[1].sent_ns, model.history[1].done_ns);
    let second = (model.history[3].sent_ns, model.history[3].done_ns);
    (model.history[1].sent_ns, model.history[1].done_ns) = second;
    (model.history[3].sent_ns, model.history[3].done_ns) = first;
    model.history.remove(2);
    check(&judge(&model), ViolationKind::Order, &["#3 held now: A2", "#1 confirmed now: A1"]);
}

#[test]
fn a_version_that_was_seen_before_its_request_was_sent() {
    let mut model = run(&[RESERVE_A1, Action::Read]);
    model.history[1].done_ns = 50 * MS;
    model.history[1].sent_ns = 49 * MS;
    check(
        &judge(&model),
        ViolationKind::Order,
        &["read (fresh): 10 free, 0 held, 1 sold, 0 blocked", "#0 confirmed now: A1"],
    );
}

#[test]
fn a_read_that_counts_wrongly() {
    let mut model = run(&[RESERVE_A1, Action::Read, HOLD_A2, Action::Read]);
    if let What::Read { counts, .. } = &mut model.history[3].what {
        (counts.free, counts.held) = (10, 0);
    }
    check(
        &judge(&model),
        ViolationKind::WrongCount,
        &[
            "read (fresh): 10 free, 0 held, 1 sold, 0 blocked",
            "#2 held now: A2",
            "read (fresh): 10 free, 0 held, 1 sold, 0 blocked",
        ],
    );
}

#[test]
fn a_count_behind_a_change_of_others_is_not_judged() {
    let model = run(&[RESERVE_A1, Action::Read]);
    let mut history = model.history.clone();
    // A change by another client, and a read that shows it.
    history[1].version = 3;
    if let What::Read { counts, .. } = &mut history[1].what {
        (counts.free, counts.sold) = (9, 2);
    }
    let mut after = model.after();
    after.version = 3;
    (after.counts.free, after.counts.sold) = (9, 2);
    let mut others = after.rows[0].clone();
    others.number = None;
    others.places = crate::verify::after::ListedPlaces::Seats(vec![Seat::new(0, 0, 4)]);
    after.rows.push(others);
    let verification = verify(&history, &after);
    assert_eq!(verification.violations, []);
    let [unchecked] = &verification.unchecked[..] else { panic!("{verification:?}") };
    assert!(unchecked.starts_with("counts of dune-2 "), "{unchecked}");
}

#[test]
fn a_seat_that_was_refused_and_free() {
    let mut model = run(&[HOLD_A2, Action::Release { which: 0 }]);
    let what =
        What::Refused { code: 16, number: 9, claim: RefusalClaim::Taken(Seat::new(0, 0, 1)) };
    model.history.push(Kept { what, ..reserved(9, 0, 3, 110 * MS) });
    check(
        &judge(&model),
        ViolationKind::WrongRefusal,
        &["#0 released now: A2", "#9 refused SeatsTaken: A2"],
    );
}

#[test]
fn a_reservation_that_changed_by_itself() {
    let mut model = run(&[RESERVE_A1, Action::Look { which: 0 }]);
    if let What::Reservation { status, .. } = &mut model.history[1].what {
        *status = Status::Cancelled;
    }
    check(
        &judge(&model),
        ViolationKind::WrongAnswer,
        &["#0 confirmed now: A1", "#0 cancelled as before: A1"],
    );
}

#[test]
fn a_hold_that_was_confirmed_after_its_deadline() {
    let mut model = run(&[HOLD_A1, Action::Confirm { which: 0 }]);
    (model.history[1].sent_ns, model.history[1].done_ns) = (120 * MS, 121 * MS);
    check(&judge(&model), ViolationKind::ExpiredLate, &["#0 held now: A1", "#0 confirmed now: A1"]);
}

#[test]
fn a_seat_that_is_not_there() {
    let mut model = run(&[]);
    model.history.push(reserved(9, 40, 2, 110 * MS));
    check(&judge(&model), ViolationKind::NoSuchPlace, &["#9 confirmed now: A41"]);
}

#[test]
fn a_request_without_an_answer_may_have_been_done() {
    let mut model = run(&[RESERVE_A1, HOLD_A2, Action::Read]);
    for index in [0, 1] {
        let kept = &mut model.history[index];
        (kept.version, kept.done_ns) = (0, NEVER);
        kept.what = What::Unknown { number: u32::try_from(index).expect("small") };
    }
    let verification = judge(&model);
    assert_eq!(verification.violations, []);
    assert_eq!(verification.unchecked.len(), 1, "{verification:?}");
}

#[test]
fn beyond_the_limit_order_is_checked_still_and_the_rest_is_said_to_be_open() {
    let model = run(&[RESERVE_A1, HOLD_A2, Action::Read, Action::Read, Action::Read, Action::Read]);
    let verification = verify_within(&model.history, &model.after(), 2);
    assert_eq!((verification.exchanges, verification.left_out), (4, 2));
    assert_eq!((verification.replayed, verification.violations.len()), (4, 0));
    assert!(verification.unchecked[0].contains("2 exchanges"), "{verification:?}");
}
