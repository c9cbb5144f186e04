//! The rows follow, and what they come to is what has lived.

use super::equal::{apply, assert_equal, assert_restored, assert_rich, mark};
use super::world::{World, follow, seeds};
use super::{open, path};
use crate::ledger::rows::{RowsMark, RowsReader, Tombstone};
use boxoffice_inventory::{Inventory, NoPlans, ReservationSearch};
use boxoffice_protocol::event::Counts;
use boxoffice_protocol::reservation::{Places, Reservation};
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn what_is_restored_is_what_has_lived_and_lives_on_alike() {
    let mut everything = Vec::new();
    for seed in seeds(12) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        let mut rows = open(folder.path());
        let mut written = 0;
        for round in 1..=6 {
            world.live_until(round * 250);
            while written < world.log.len() {
                let end = written + world.random.usize(0..=world.log.len() - written);
                apply(&mut rows, &world.log, written..end);
                written = end;
            }
            if world.random.bool() {
                drop(rows);
                rows = open(folder.path());
            }
            assert_eq!(rows.mark(), mark(&world.log, written));
            let restored = rows.restore(|| seed).expect("it is whole");
            let gone = restored.deleted.clone();
            let mut restored = assert_restored(restored, &world.inventories, world.now);
            world.live_until(round * 250 + 100);
            for (event, recorded) in &world.log[written..] {
                follow(&mut restored, event, recorded);
                let before =
                    |one: &&Tombstone| one.id == *event && one.version + 1 == recorded.version;
                if let Some(before) = gone.iter().find(before) {
                    let created = restored.remove(event).expect("it is created again");
                    let used = Arc::new(before.used_ids.clone());
                    restored.insert(event.clone(), created.after(used, recorded.at));
                }
            }
            for (event, live) in world.inventories.iter().filter(|(_, live)| !live.is_deleted()) {
                restored[event].invariants();
                assert_equal(&restored[event], live, world.now);
            }
        }
        everything.extend(world.log);
    }
    if seeds(12).count() > 1 {
        assert_rich(&everything);
    }
}

#[test]
fn sql_counts_what_the_inventories_count() {
    for seed in seeds(6) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(1_500);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..world.log.len());
        let shell = rusqlite::Connection::open(path(folder.path())).expect("it opens");
        let sql = "SELECT free, held, sold, blocked FROM counts WHERE event = ?1";
        let mut counts = shell.prepare(sql).expect("SQL");
        let deleted = world.inventories.values().filter(|event| event.is_deleted()).count();
        for (id, event) in world.inventories.iter().filter(|(_, event)| !event.is_deleted()) {
            let expected = event.details().counts;
            let counted = counts.query_map([id.as_str()], |row| {
                let count = |column| row.get(column).map(i64::cast_unsigned);
                let (free, held, sold, blocked) = (count(0)?, count(1)?, count(2)?, count(3)?);
                Ok(Counts { free, held, sold, blocked })
            });
            let counted: Result<Vec<_>, _> = counted.expect("SQL").collect();
            assert_eq!(counted.expect("numbers"), *expected, "of {id}");
        }
        let gone = "SELECT count(*) FROM events_readable WHERE deleted_at IS NOT NULL AND NOT \
            EXISTS (SELECT 1 FROM events AS e WHERE e.slug = event AND deleted_at IS NULL)";
        let gone: i64 = shell.query_row(gone, [], |row| row.get(0)).expect("SQL");
        assert!(
            usize::try_from(gone).is_ok_and(|gone| gone >= deleted),
            "{gone} of {deleted} deleted events"
        );
    }
}

/// A reservation of the rows, which are history, as the server tells it.
fn told(of: Reservation) -> Reservation {
    match of.status.shows_places() {
        true => of,
        false => Reservation { places: Places::none(), total: 0, tickets: Vec::new().into(), ..of },
    }
}

#[test]
fn export_and_readable_rows_say_what_the_server_says() {
    for seed in seeds(6) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(1_200);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..world.log.len());
        let reader = RowsReader::open(&path(folder.path())).expect("it is there");
        let mut exported = BTreeMap::new();
        let sql = "SELECT id, event, customer, status, total, seats, section, places, currency \
            FROM reservations_readable ORDER BY number";
        let shell = rusqlite::Connection::open(path(folder.path())).expect("it opens");
        let mut readable = shell.prepare(sql).expect("SQL");
        let mut readable = readable.query([]).expect("SQL");
        reader
            .export(&NoPlans, |row| {
                let of = &row.reservation;
                let shown = readable.next().expect("SQL").expect("as many rows");
                let text = |column| shown.get::<_, Option<String>>(column).expect("a text");
                assert_eq!(text(0), Some(of.id.to_string()));
                assert_eq!(text(1), Some(of.event.to_string()));
                assert_eq!(text(2), Some(of.customer.to_string()));
                assert_eq!(text(3), Some(of.status.to_string()));
                assert_eq!(shown.get(4).map(i64::cast_unsigned), Ok(of.total));
                assert_eq!(super::shown_places(shown), of.places);
                if row.event_deleted_at.is_none() {
                    exported.insert((of.event.clone(), of.id), told(row.reservation));
                }
                Ok::<_, crate::ledger::rows::RowsError>(())
            })
            .expect("it is whole");
        for (id, event) in world.inventories.iter().filter(|(_, event)| !event.is_deleted()) {
            let (all, _) =
                event.reservations(0, ReservationSearch::default(), Timestamp::default(), 100_000);
            assert!(!all.is_empty() || event.remembered() == 0);
            // The rows know the key of booking codes, and these inventories do not.
            let codes =
                boxoffice_inventory::CodeKey::of(&super::IDENTITY.fingerprint_key).codes(id);
            for of in all {
                let code = codes.of(&of.id);
                let reservation = Reservation { code, ..of };
                assert_eq!(exported.get(&(id.clone(), reservation.id)), Some(&reservation));
            }
        }
        let there = world.inventories.values().filter(|event| !event.is_deleted());
        let remembered: usize = there.map(Inventory::remembered).sum();
        assert!(exported.len() >= remembered, "what is forgotten is history");
    }
}

#[test]
fn every_place_is_shown_with_its_type_and_its_price() {
    for seed in seeds(6) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(1_200);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..world.log.len());
        let sql = "SELECT reservation, coalesce(type, ''), sum(places), sum(places * price) \
            FROM places WHERE reservation IS NOT NULL GROUP BY 1, 2";
        let shell = rusqlite::Connection::open(path(folder.path())).expect("it opens");
        let mut statement = shell.prepare(sql).expect("SQL");
        let mut found = statement.query([]).expect("SQL");
        let mut shown = BTreeMap::<String, (BTreeMap<String, u32>, u64)>::new();
        while let Some(row) = found.next().expect("SQL") {
            let of = shown.entry(row.get(0).expect("an id")).or_default();
            of.0.insert(row.get(1).expect("a name"), row.get(2).expect("a number"));
            of.1 += row.get::<_, i64>(3).expect("a price").cast_unsigned();
        }
        for event in world.inventories.values().filter(|event| !event.is_deleted()) {
            let first = event.spec().tickets.types().first().map(ToString::to_string);
            let (all, _) =
                event.reservations(0, ReservationSearch::default(), Timestamp::default(), 100_000);
            for reservation in all.iter().filter(|one| one.status.is_live()) {
                let mut types = BTreeMap::new();
                for ticket in reservation.tickets.iter() {
                    *types.entry(ticket.ticket_type.to_string()).or_default() += ticket.places;
                }
                if types.is_empty() {
                    let places = match &reservation.places {
                        Places::Seats(seats) => u32::try_from(seats.len()).expect("a few"),
                        Places::Standing { places, .. } => *places,
                    };
                    types.insert(first.clone().unwrap_or_default(), places);
                }
                let expected = (types, reservation.total);
                assert_eq!(shown.remove(&reservation.id.to_string()), Some(expected));
            }
        }
        assert!(shown.is_empty(), "{shown:?}");
    }
}

#[test]
fn a_new_file_is_at_the_beginning_and_keeps_its_identity() {
    let folder = tempfile::tempdir().expect("a folder");
    let rows = open(folder.path());
    assert_eq!(rows.mark(), RowsMark::default());
    let identity = rows.identity();
    drop(rows);
    let other = super::Identity { folder: 99, fingerprint_key: [99; 16] };
    let rows = super::Rows::open(&path(folder.path()), &other).expect("it is there");
    assert_eq!(rows.identity(), identity);
    assert_eq!(rows.reader().catalog_version().expect("numbers"), 0);
}
