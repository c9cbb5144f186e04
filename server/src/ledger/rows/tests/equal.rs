//! Whether anybody could tell two inventories apart.

use super::world::{Inventories, Log};
use crate::ledger::rows::{Restored, Rows, RowsMark};
use boxoffice_inventory::{Inventory, ReservationSearch};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{CustomerId, ReservationId};
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The mark after so many changes, each counted as a batch of its own.
pub(super) fn mark(log: &Log, position: usize) -> RowsMark {
    let position = position as u64;
    let at = log[..usize::try_from(position).expect("small")]
        .last()
        .map_or(Timestamp::default(), |(_, last)| last.at);
    RowsMark { sequence: position, position, checksum: u64::MAX - position, at }
}

/// Writes the changes of a part of the log.
pub(super) fn apply(rows: &mut Rows, log: &Log, part: std::ops::Range<usize>) {
    let end = part.end;
    let changes = log[part].iter().map(|(event, recorded)| (event, recorded));
    rows.apply(changes, mark(log, end)).expect("they follow");
}

/// Checks that what was restored is what has lived, and returns it to live on.
pub(super) fn assert_restored(
    restored: Restored,
    live: &Inventories,
    now: Timestamp,
) -> Inventories {
    let mut inventories = Inventories::new();
    for (inventory, _) in restored.events {
        inventory.invariants();
        inventories.insert(inventory.details().id, inventory);
    }
    let deleted = restored.deleted.into_iter();
    let deleted = deleted.map(|gone| (gone.id, (gone.version, Some(gone.used_ids))));
    let expected = live.iter().filter(|(_, event)| event.is_deleted());
    let expected = expected.map(|(id, event)| (id.clone(), (event.version(), event.used_ids())));
    assert!(deleted.collect::<BTreeMap<_, _>>() == expected.collect(), "deleted events");
    let there = live.iter().filter(|(_, event)| !event.is_deleted());
    assert!(there.clone().map(|(id, _)| id).eq(inventories.keys()), "the events that are there");
    for (id, event) in there {
        assert_equal(&inventories[id], event, now);
    }
    inventories
}

pub(super) fn assert_equal(one: &Inventory, other: &Inventory, now: Timestamp) {
    assert_eq!(one.version(), other.version());
    assert_eq!(one.predecessors(), other.predecessors());
    assert_eq!(one.created_as(), other.created_as());
    assert_eq!(one.details(), other.details());
    assert_eq!(one.summary(), other.summary());
    assert_eq!(one.seat_map(), other.seat_map());
    assert_eq!(one.live(), other.live());
    assert_eq!(one.next_expiry(), other.next_expiry());
    let later = now.plus(Duration::from_secs(7_200));
    assert_eq!(expiries(one.clone(), later), expiries(other.clone(), later));
    for at in [now, later] {
        assert_eq!(lists([one, other], None, at), lists([other, other], None, at));
        for number in 0..6 {
            let customer = format!("customer {number}").parse().expect("a name");
            let of = |begun, gone_on| lists([begun, gone_on], Some(&customer), at);
            assert_eq!(of(one, one), of(other, other));
            assert_eq!(of(one, other), of(other, other), "over a restart");
        }
    }
}

/// The expiries of all that is due, in their order: by deadline. Holds that have the same one come in
/// the order of where they are in memory, and here in that of their ids.
fn expiries(mut inventory: Inventory, now: Timestamp) -> Vec<(Timestamp, ReservationId)> {
    let mut expiries = Vec::new();
    while let Some(change) = inventory.due_chunk(now) {
        if let Change::Expired { ids } = &change {
            let of = |id| inventory.reservation(id, now).expect("it is held").expires_at;
            expiries.extend(ids.iter().map(|id| (of(id), *id)));
        }
        let version = inventory.version() + 1;
        inventory.apply(&Recorded { version, at: now, principal: None, change });
    }
    assert!(expiries.is_sorted_by_key(|(deadline, _)| *deadline), "the earliest first");
    expiries.sort_unstable();
    expiries
}

/// All reservations, by pages of several sizes, of one inventory and the other by turns.
fn lists(
    inventories: [&Inventory; 2],
    customer: Option<&CustomerId>,
    now: Timestamp,
) -> Vec<Vec<Reservation>> {
    let mut lists = Vec::new();
    for most in [1, 7, 1_000] {
        let (mut list, mut from) = (Vec::new(), Some(0));
        for inventory in inventories.into_iter().cycle() {
            let Some(version) = from else { break };
            let customer = customer.map(CustomerId::borrowed);
            let search = ReservationSearch { customer, ..ReservationSearch::default() };
            let (mut page, next) = inventory.reservations(version, search, now, most);
            list.append(&mut page);
            from = next;
        }
        lists.push(list);
    }
    lists
}

/// Checks that a log has every kind of change.
pub(super) fn assert_rich(log: &Log) {
    let mut kinds = BTreeSet::new();
    for (_, recorded) in log {
        kinds.insert(match &recorded.change {
            Change::Created(_) if recorded.version > 1 => "created again",
            Change::Created(_) => "created",
            Change::Updated(update) if !update.blocked.is_empty() => "blocked",
            Change::Updated(update) if !update.unblocked.is_empty() => "unblocked",
            Change::Updated(update) => {
                let (go, come) = update.seats();
                match go.cmp(&come) {
                    std::cmp::Ordering::Less => "grown",
                    std::cmp::Ordering::Greater => "shrunk",
                    std::cmp::Ordering::Equal => "other terms",
                }
            }
            Change::Held(_) => "held",
            Change::Reserved(_) => "reserved",
            Change::Confirmed { let_go: None, .. } => "confirmed",
            Change::Confirmed { .. } => "confirmed in part",
            Change::Extended { .. } => "extended",
            Change::Released { let_go: None, .. } => "released",
            Change::Released { .. } => "released in part",
            Change::Expired { .. } => "expired",
            Change::Cancelled { let_go: None, .. } => "cancelled",
            Change::Cancelled { .. } => "cancelled in part",
            Change::Transferred { .. } => "transferred",
            Change::Exchanged { to, .. } if to.prices().is_empty() => "exchanged",
            Change::Exchanged { .. } => "exchanged at several prices",
            Change::Ordered { .. } => "ordered",
            Change::ConfirmedTogether { .. } => "confirmed together",
            Change::Reinstated { .. } => "reinstated",
            Change::Forfeited { .. } => "forfeited",
            Change::Deleted => "deleted",
            Change::SalesMoved { .. } => "sales moved",
        });
    }
    assert_eq!(kinds.len(), 24, "only {kinds:?}");
}
