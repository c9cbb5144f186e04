//! In the end: the log is replayed, and every answer has to be what it says.

use super::asking::{TrialWish, look};
use super::promises::{Promise, Promises};
use crate::changes::decode_changes;
use boxoffice_inventory::model::fixtures::{RULES, SECRETS};
use boxoffice_inventory::{Command, Decision, Hall, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Batch, BatchId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The changes of a log, whose batches follow each other.
pub(super) fn history(log: &[Batch]) -> Vec<Recorded> {
    let mut before: Option<BatchId> = None;
    let mut history = Vec::new();
    for batch in log {
        assert_eq!(batch.predecessor(), before, "the batch of version {}", batch.first());
        before = Some(batch.id());
        history.extend(decode_changes(batch).expect("changes"));
    }
    let versions = history.iter().map(|change| change.version);
    assert!(versions.eq(1..=history.len() as u64), "versions have no gaps");
    assert!(history.is_sorted_by_key(|change| change.at), "time never goes back");
    history
}

/// Replays the log, and compares every answer at its version.
pub(super) fn check(history: &[Recorded], promises: &Promises, seen: Vec<(u64, Body)>) {
    let mut shown: BTreeMap<u64, Vec<Body>> = BTreeMap::new();
    seen.into_iter().for_each(|(version, body)| shown.entry(version).or_default().push(body));
    let mut by_version: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (number, promise) in promises.0.iter().enumerate() {
        if let Some(decided) = promise.decided() {
            by_version.entry(decided.version).or_default().push(number);
        }
    }
    let answers = |version| by_version.get(&version).into_iter().flatten();
    let mut inventory: Option<Inventory> = None;
    for number in answers(0) {
        assert_answer(None, *number, &promises.0[*number], None);
    }
    for change in history {
        let before = inventory.take();
        for &number in
            answers(change.version).filter(|&&number| promises.0[number].applied().is_some())
        {
            assert_cause(before.as_ref(), number, &promises.0[number], change);
        }
        let after = replay(before, change);
        after.invariants();
        for &number in answers(change.version) {
            assert_answer(Some(&after), number, &promises.0[number], Some(change));
        }
        for body in shown.remove(&change.version).into_iter().flatten() {
            assert_eq!(body, look(&after, change.at), "settled at version {}", change.version);
        }
        inventory = Some(after);
    }
    assert!(shown.is_empty(), "a settled state shows a version that never was");
    let beyond = by_version.range(history.len() as u64 + 1..).next();
    assert!(beyond.is_none(), "an answer shows a version that never was: {beyond:?}");
    every_reservation_has_its_request(history, promises);
}

pub(super) fn replay(before: Option<Inventory>, change: &Recorded) -> Inventory {
    if matches!(change.change, Change::Created(_)) {
        let event = EventId::parse("film").expect("a slug");
        let used = before.and_then(|gone| gone.used_ids()).unwrap_or_default();
        let created =
            Inventory::create(event, SECRETS, change, Hall::default()).expect("a creation");
        return created.after(Arc::new(used), change.at);
    }
    let mut inventory = before.expect("a change follows a creation");
    inventory.apply(change);
    inventory
}

/// The change is what the request comes to on the state before it.
fn assert_cause(before: Option<&Inventory>, number: usize, promise: &Promise, change: &Recorded) {
    let at = promise.decided().map_or(change.at, |decided| decided.at);
    assert_eq!(change.at, at, "request {number} was decided at another time");
    match &promise.wish {
        TrialWish::Command(random) => {
            let before = before.expect("a command needs an event");
            let decision = before.decide(&random.command(), at, &RULES);
            let expected = Decision::Answer(Ok(Some(change.change.clone())));
            assert_eq!(decision, expected, "request {number}: {random:?}");
        }
        TrialWish::Create(spec) => {
            assert_eq!(change.change, Change::Created(Box::new(spec.clone())), "request {number}");
            assert!(before.is_none_or(Inventory::is_deleted), "request {number}: it was there");
        }
        TrialWish::Look => panic!("request {number}: a look changes nothing"),
    }
}

/// The answer is what the request comes to on the state at its version.
fn assert_answer(
    inventory: Option<&Inventory>,
    number: usize,
    promise: &Promise,
    change: Option<&Recorded>,
) {
    let Some(decided) = promise.decided() else { return };
    let (at, was_applied) = (decided.at, promise.applied().is_some());
    let existing = inventory.filter(|inventory| !inventory.is_deleted());
    let not_found = Body::Refused(Refusal::EventNotFound);
    let expected = match (&promise.wish, existing) {
        (TrialWish::Create(spec), Some(inventory)) if inventory.created_as() == spec => {
            let effect = if was_applied { Effect::Applied } else { Effect::Unchanged };
            Body::EventSaved { effect }
        }
        (TrialWish::Create(_), _) => Body::Refused(Refusal::EventExists),
        (TrialWish::Look, Some(inventory)) => {
            assert!(!inventory.has_due(at), "request {number}: a hold is due");
            look(inventory, at)
        }
        (TrialWish::Command(random), _) if was_applied => match random.command() {
            Command::Delete { .. } | Command::Update { .. } => {
                Body::EventSaved { effect: Effect::Applied }
            }
            command => reservation(existing, &command, at, Effect::Applied),
        },
        (TrialWish::Command(random), Some(inventory)) => {
            match inventory.decide(&random.command(), at, &RULES) {
                Decision::Answer(Ok(None)) => {
                    reservation(existing, &random.command(), at, Effect::Unchanged)
                }
                Decision::Answer(Err(refusal)) => Body::Refused(refusal),
                other => panic!("request {number}: {random:?} at {change:?}: {other:?}"),
            }
        }
        (TrialWish::Look | TrialWish::Command(_), None) => not_found,
    };
    assert_eq!(decided.body, expected, "request {number}: {:?}", promise.wish);
}

fn reservation(
    inventory: Option<&Inventory>,
    command: &Command<'_>,
    at: Timestamp,
    effect: Effect,
) -> Body {
    let Some((id, customer)) = command.reservation() else {
        let Command::ConfirmOrder { order } = *command else { return Body::EventSaved { effect } };
        let reservations = inventory.map(|inventory| inventory.of_order(order, at));
        let reservations = reservations.expect("the order is there").into();
        return Body::OrderConfirmed { reservations, effect };
    };
    let found = inventory.and_then(|inventory| inventory.reservation_for(&id, customer, at));
    let reservation = Box::new(found.expect("the reservation is there"));
    Body::Reservation { reservation, effect }
}

/// Law 3: an id has one effect, of a request that was answered so, or not at all; and a request that
/// was sent once does not find itself done.
fn every_reservation_has_its_request(history: &[Recorded], promises: &Promises) {
    let mut attempts: BTreeMap<ReservationId, Vec<&Promise>> = BTreeMap::new();
    for promise in &promises.0 {
        if let TrialWish::Command(random) = &promise.wish
            && let Command::Hold { id, .. } | Command::Reserve { id, .. } = random.command()
        {
            attempts.entry(id).or_default().push(promise);
        }
    }
    let mut made = BTreeMap::new();
    for change in history {
        let (Change::Held(new) | Change::Reserved(new)) = &change.change else { continue };
        let twice = made.insert(new.id, change.version);
        assert_eq!(twice, None, "{} has two effects", new.id);
        let of_it = attempts.get(&new.id).into_iter().flatten();
        let made_it = |promise: &&&Promise| {
            let told = promise.decided().is_some_and(|told| told.version == change.version);
            promise.is_open() || told && promise.applied().is_some()
        };
        let causes = of_it.filter(made_it).count();
        assert!(causes > 0, "{} is in the log, and was not applied", new.id);
    }
    for (id, attempts) in attempts {
        if let [only] = attempts[..]
            && let Some(decided) = only.decided()
        {
            let found = matches!(decided.body, Body::Reservation { effect: Effect::Unchanged, .. });
            assert!(!found, "{id} was asked for once, and found itself done");
        }
    }
}
