//! An event's state as the bytes of a snapshot, and back.
//!
//! Records in the encoding of the wire: the [`Head`], the price lists, the blocked seats, the ids
//! that predecessors used, and the reservations in the order in which they were made. Nothing that is
//! read is believed: what contradicts itself is refused with what is wrong.

use crate::records::{EndsEarly, put_record, take_record};
use boxoffice_inventory::{
    Contradiction, EventSecrets, Halls, Inventory, Restoration, SavedEvent, SavedReservation,
    UsedIds,
};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::{EventTerms, TakenPlaces};
use boxoffice_protocol::event::{EventSpec, EventSummary, Sales};
use boxoffice_protocol::frame::{Malformed, decode, encode};
use boxoffice_protocol::id::{CustomerId, EventId, OrderNumber, PlanDigest, ReservationId, Seat};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Snapshot, Summary};
use bytes::{Buf, BufMut, BytesMut};
use std::sync::Arc;
use thiserror::Error;

/// The number of this encoding.
const FORMAT: u32 = 1;

/// A snapshot that cannot be used. Its checksum was right, so it was written like that.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a snapshot with the right checksum cannot be used: {0}")]
pub struct UnusableSnapshot(String);

impl UnusableSnapshot {
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<EndsEarly> for UnusableSnapshot {
    fn from(error: EndsEarly) -> Self {
        Self(error.to_string())
    }
}

impl From<Malformed> for UnusableSnapshot {
    fn from(malformed: Malformed) -> Self {
        Self(malformed.to_string())
    }
}

impl From<Contradiction> for UnusableSnapshot {
    fn from(contradiction: Contradiction) -> Self {
        Self(contradiction.to_string())
    }
}

/// What a snapshot begins with: the format; the event, its version and the time of its last change;
/// when it was deleted, and when its predecessor was; how it was created, how it is now; then the
/// numbers of customers, price lists, blocked seats, ids and reservations.
type Head = (
    u32,
    (EventId, u64, Timestamp),
    (Option<Timestamp>, Option<Timestamp>),
    (EventSpec, EventSpec, Sales),
    (u32, [u64; 4]),
);

/// A reservation: the version that made it, id, fingerprint, customer, places; status; the times at
/// which it was made, expires and ended; its price list, revision and order.
type Row = (
    (u64, ReservationId, u64, CustomerId, TakenPlaces),
    Status,
    (Timestamp, Timestamp, Timestamp),
    (u32, u64, Option<OrderNumber>),
);

/// A state that was read from a snapshot.
#[derive(Debug)]
pub(crate) struct Unpacked {
    pub(crate) inventory: Inventory,
    pub(crate) last_at: Timestamp,
}

/// The summary and the body of an event's snapshot; `last_at` is the time of its last change.
pub(crate) fn pack(inventory: &Inventory, last_at: Timestamp) -> (Vec<u8>, Vec<u8>) {
    let saved = inventory.saved(last_at);
    let deleted_at = inventory.deleted_at();
    // A tombstone leaves ids to its successor, and no reservation.
    let left = inventory.used_ids();
    let used = left.as_ref().unwrap_or_else(|| inventory.predecessors());
    let is_there = deleted_at.is_none();
    let is_kept = |it: &SavedReservation| {
        is_there && (it.status.is_live() || !mutants::on(Mutant::SnapshotWithoutEnded))
    };
    let reservations = inventory.saved_reservations().filter(is_kept).count();
    let EventTerms { spec, sales } = saved.terms;
    let ids = if mutants::on(Mutant::SnapshotWithoutUsedIds) { 0 } else { used.len() };
    let (lists, blocked) = (saved.price_lists.len(), saved.blocked.len());
    let counts = [lists, blocked, ids, reservations].map(|count| count as u64);
    let head: Head = (
        FORMAT,
        (saved.id, saved.version, last_at),
        (deleted_at, used.last_deletion()),
        (saved.created_as, spec, sales),
        (saved.customers, counts),
    );
    let mut body = BytesMut::new();
    put_record(&mut body, |body| encode(&head, body));
    for list in &saved.price_lists {
        put_record(&mut body, |body| list.flat().iter().for_each(|price| body.put_u64_le(*price)));
    }
    saved.blocked.iter().for_each(|seat| put_record(&mut body, |body| encode(seat, body)));
    used.iter().take(ids).for_each(|id| put_record(&mut body, |body| encode(&id, body)));
    for saved in inventory.saved_reservations().filter(is_kept) {
        put_record(&mut body, |body| encode(&row(saved), body));
    }
    (summary(inventory), body.into())
}

/// What lists show of an event; nothing of one that is deleted.
fn summary(inventory: &Inventory) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    encode(&(!inventory.is_deleted()).then(|| inventory.summary()), &mut bytes);
    bytes.into()
}

/// The row that lists show of an event as of its snapshot; none of one that is deleted.
///
/// # Errors
/// The bytes are no summary.
pub fn decode_summary(summary: &Summary) -> Result<Option<EventSummary>, UnusableSnapshot> {
    Ok(decode(&summary.bytes)?)
}

/// The plan that a snapshot names, which has to be at hand when it is loaded.
pub fn plan_of_snapshot(snapshot: &Snapshot) -> Option<PlanDigest> {
    let head: Head = decode(take_record(&mut &*snapshot.body).ok()?).ok()?;
    let (_, _, _, (_, spec, _), _) = head;
    spec.plan
}

/// The state that a snapshot has of this event. `secrets` are as in [`Inventory::create`].
pub(crate) fn unpack(
    snapshot: &Snapshot,
    event: &EventId,
    secrets: EventSecrets,
    halls: &dyn Halls,
) -> Result<Unpacked, UnusableSnapshot> {
    let mut rest = &*snapshot.body;
    let head: Head = decode(take_record(&mut rest)?)?;
    let (format, (id, version, last_at), (deleted_at, used_until), terms, counts) = head;
    let (created_as, spec, sales) = terms;
    let (customers, [lists, blocked, ids, reservations]) = counts;
    ensure(format == FORMAT, || format!("its format is {format}, and {FORMAT} is known"))?;
    ensure(id == *event, || format!("it is of the event {id}"))?;
    let end = snapshot.end.version;
    ensure(version == end, || format!("it has version {version}, and is kept as of {end}"))?;
    let price_lists = many(lists, || prices(take_record(&mut rest)?, spec.tickets.types().len()))?;
    let blocked: Vec<Seat> = many(blocked, || Ok(decode(take_record(&mut rest)?)?))?;
    let used: Vec<ReservationId> = many(ids, || Ok(decode(take_record(&mut rest)?)?))?;
    let terms = EventTerms { spec, sales };
    // Tables for customers are made at once: of no more than there are bytes for.
    let customers = customers.min(u32::try_from(rest.len() / 8).unwrap_or(u32::MAX));
    let saved =
        SavedEvent { id, version, last_at, created_as, terms, price_lists, blocked, customers };
    let hall = halls.hall(saved.terms.spec.plan.as_ref());
    let hall = hall.ok_or_else(|| UnusableSnapshot::new("its plan is not there"))?;
    let mut restoration = Restoration::new(saved, secrets, hall)?;
    for _ in 0..reservations {
        restoration.reservation(&saved_reservation(decode(take_record(&mut rest)?)?))?;
    }
    ensure(rest.is_empty(), || format!("{} bytes are left over", rest.len()))?;
    let inventory = match deleted_at {
        Some(deleted_at) => restoration.finish_deleted(deleted_at),
        None => restoration.finish(),
    };
    let inventory = match used_until {
        Some(deleted_at) => inventory.after(Arc::new(UsedIds::new(deleted_at, used)), last_at),
        None => inventory,
    };
    ensure(summary(&inventory) == snapshot.summary, || {
        "its summary is that of another state".to_owned()
    })?;
    Ok(Unpacked { inventory, last_at })
}

fn row(saved: SavedReservation) -> Row {
    let SavedReservation { version, id, fingerprint, customer, places, status, .. } = saved;
    let times = (saved.created_at, saved.expires_at, saved.changed_at);
    (
        (version, id, fingerprint, customer, places),
        status,
        times,
        (saved.price_list, saved.revision, saved.order),
    )
}

fn saved_reservation(row: Row) -> SavedReservation {
    let ((version, id, fingerprint, customer, places), status, times, besides) = row;
    let (price_list, revision, order) = besides;
    let (created_at, expires_at, changed_at) = times;
    SavedReservation {
        version,
        id,
        fingerprint,
        customer,
        places,
        status,
        created_at,
        expires_at,
        changed_at,
        price_list,
        revision,
        order,
    }
}

fn prices(mut record: &[u8], types: usize) -> Result<PriceList, UnusableSnapshot> {
    ensure(record.len().is_multiple_of(8), || "a price list has a part of a price".to_owned())?;
    let mut prices = Vec::with_capacity(record.len() / 8);
    while let Ok(price) = record.try_get_u64_le() {
        prices.push(price);
    }
    Ok(PriceList::new(prices.into(), types))
}

/// So many things. No room is made for them before they are seen.
fn many<T>(
    count: u64,
    mut next: impl FnMut() -> Result<T, UnusableSnapshot>,
) -> Result<Vec<T>, UnusableSnapshot> {
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(next()?);
    }
    Ok(found)
}

fn ensure(is_so: bool, what: impl FnOnce() -> String) -> Result<(), UnusableSnapshot> {
    if is_so { Ok(()) } else { Err(UnusableSnapshot(what())) }
}
