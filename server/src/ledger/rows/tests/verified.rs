//! Rows are verified: a bit that flips anywhere in the file is found, or is without effect; and so
//! is a row that is missing, is there twice, or is an older version of itself.

use super::equal::apply;
use super::world::{World, seeds};
use super::{open, path};
use crate::ledger::rows::load::load_alone;
use crate::ledger::rows::{Audited, PlanRow, PlanRows, RowsError, RowsReader};
use boxoffice_plan::plan_digest;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::time::Timestamp;
use bytes::Bytes;
use rusqlite::Connection;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Flips in a run. `BOXOFFICE_EVERY_BIT=1` flips every bit of a file instead.
const FLIPS: usize = 20_000;

/// Changes in the small file: enough for every table to have rows.
const CHANGES: usize = 50;

/// All that the rows say, loaded as a start of a server loads them.
fn loaded(reader: &RowsReader) -> Result<String, RowsError> {
    let mut all = String::new();
    reader.plans(|plan| {
        all.push_str(&format!("{plan:?}\n"));
        Ok(())
    })?;
    load_alone(reader, |saved| {
        all.push_str(&format!("{saved:?}\n"));
        Ok(())
    })?;
    Ok(all)
}

/// What a check finds.
fn findings(reader: &RowsReader) -> Vec<String> {
    let mut found = Vec::new();
    let file = reader.audit_file(|wrong| found.push(wrong.to_string()));
    found.extend(file.err().map(|error| error.to_string()));
    let rows = reader.audit(|audited| {
        if let Audited::Wrong(wrong) = audited {
            found.push(wrong.to_string());
        }
    });
    found.extend(rows.err().map(|error| error.to_string()));
    found
}

fn look<T>(file: &Path, then: impl FnOnce(&RowsReader) -> T) -> Result<T, RowsError> {
    RowsReader::open_quietly(file).map(|(reader, _)| then(&reader))
}

/// Adds a plan, in the place of one that was there.
fn put_plan(folder: &Path) {
    let canonical = Bytes::from_static(br#"{"name":"Hall"}"#);
    let plan = PlanRow { digest: plan_digest(&canonical), at: Timestamp::from_ms(7), canonical };
    let mut plans = PlanRows::open(&path(folder)).expect("it opens");
    for _ in 0..2 {
        plans.put(&plan).expect("it is written");
    }
}

/// A closed file to which everything has happened.
fn lived(folder: &Path, seed: u64) -> World {
    let mut world = World::new(seed);
    world.live_until(CHANGES);
    let mut rows = open(folder);
    apply(&mut rows, &world.log, 0..CHANGES);
    put_plan(folder);
    drop(rows);
    world
}

#[test]
fn hostile_51_a_flipped_bit_is_found_or_without_effect() {
    let folder = tempfile::tempdir().expect("a folder");
    let seed = seeds(1).start;
    let mut world = lived(folder.path(), seed);
    let file = path(folder.path());
    let expected = look(&file, loaded).expect("it opens").expect("it is whole");
    assert_eq!(look(&file, findings).expect("it opens"), Vec::<String>::new());
    let bytes = fs::read(&file).expect("it is there");
    let bits = bytes.len() * 8;
    let every = std::env::var_os("BOXOFFICE_EVERY_BIT").is_some();
    let writing = OpenOptions::new().write(true).open(&file).expect("it opens");
    let mut found = 0;
    for flip in 0..if every { bits } else { FLIPS } {
        let bit = if every { flip } else { world.random.usize(..bits) };
        let (byte, at) = (bytes[bit / 8], (bit / 8) as u64);
        writing.write_all_at(&[byte ^ 1 << (bit % 8)], at).expect("written");
        match look(&file, loaded).flatten() {
            Ok(seen) => assert!(seen == expected, "bit {bit} was believed"),
            Err(error) => {
                assert!(error.needs_a_person(), "bit {bit}: {error}");
                found += 1;
            }
        }
        writing.write_all_at(&[byte], at).expect("written");
    }
    println!("{found} found, of {bits} bits");
    assert!(found > 0);
}

#[test]
fn what_a_check_calls_damaged_does_not_start_and_the_reverse() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = lived(folder.path(), seeds(1).start + 1);
    let file = path(folder.path());
    let bytes = fs::read(&file).expect("it is there");
    let writing = OpenOptions::new().write(true).open(&file).expect("it opens");
    for _ in 0..1_000 {
        let bit = world.random.usize(..bytes.len() * 8);
        let (byte, at) = (bytes[bit / 8], (bit / 8) as u64);
        writing.write_all_at(&[byte ^ 1 << (bit % 8)], at).expect("written");
        let starts = look(&file, loaded).flatten();
        let checked = look(&file, findings);
        let is_well = matches!(&checked, Ok(found) if found.is_empty());
        let refused = starts.err();
        assert_eq!(refused.is_none(), is_well, "bit {bit}: {refused:?}, {checked:?}");
        writing.write_all_at(&[byte], at).expect("written");
    }
}

/// What happens to the rows in a file, and where it is found.
const HAPPENED: &[(&str, &str)] = &[
    ("DELETE FROM reservations WHERE number = 5", "table reservations, the rows of event"),
    (
        "INSERT INTO reservations SELECT 100000, event, status, version, zeroblob(16), customer, seats, \
         section, places, price_list, total, created_at, expires_at, changed_at, fingerprint, \
         made_by, changed_by, revision, order_number, types, prices, row_checksum FROM reservations \
         WHERE number = 5",
        "table reservations, row 100000: its checksum",
    ),
    ("UPDATE reservations SET made_by = 'eve' WHERE number = 5", "table reservations, row 5"),
    ("UPDATE reservations SET total = total + 1 WHERE number = 5", "table reservations, row 5"),
    ("UPDATE reservations SET row_checksum = 0 WHERE number = 5", "table reservations, row 5"),
    ("UPDATE events SET name = 'Dunes' WHERE number = 1", "table events, row 1"),
    ("DELETE FROM events WHERE number = 1", "table events"),
    ("DELETE FROM standings WHERE event = 1", "table standings"),
    ("UPDATE standings SET version = version + 1 WHERE event = 1", "table standings, row 1"),
    ("UPDATE sections SET price = price + 1 WHERE event = 1", "table sections, event 1, number 0"),
    ("DELETE FROM price_lists WHERE event = 1", "table price_lists, the rows of event 1"),
    ("UPDATE boxoffice SET position = position + 1", "table boxoffice, row 1"),
    ("UPDATE boxoffice SET fingerprint_key = zeroblob(16)", "table boxoffice, row 1"),
    ("UPDATE plans SET file = file || ' '", "table plans, row 1: its checksum"),
    ("UPDATE plans SET at = at + 1", "table plans, row 1: its checksum"),
    ("DROP VIEW counts", "view counts"),
];

#[test]
fn rows_that_vanished_doubled_or_were_altered_are_found_and_named() {
    for (happened, expected) in HAPPENED {
        let folder = tempfile::tempdir().expect("a folder");
        lived(folder.path(), seeds(1).start);
        let file = path(folder.path());
        let shell = Connection::open(&file).expect("it opens");
        shell.pragma_update(None, "foreign_keys", false).expect("a setting");
        assert!(shell.execute(happened, []).is_ok(), "{happened}");
        drop(shell);
        let refused = look(&file, loaded).flatten().expect_err(happened);
        assert!(refused.is_damage() && refused.to_string().contains(expected), "{refused}");
        assert!(refused.to_string().contains("Restore it from a backup"), "{refused}");
        let found = match look(&file, findings) {
            Ok(found) => found.join("\n"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{happened}: {found}");
    }
}

#[test]
fn rows_that_went_back_are_found_and_named() {
    let tables = ["reservations", "standings", "events", "sections", "price_lists", "boxoffice"];
    for table in tables {
        let [then, now] = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let mut world = World::new(seeds(1).start);
        world.live_until(300);
        for (folder, end) in [(&then, 200), (&now, 300)] {
            apply(&mut open(folder.path()), &world.log, 0..end);
        }
        let shell = Connection::open(path(now.path())).expect("it opens");
        let attach = "ATTACH ?1 AS past";
        shell.execute(attach, [path(then.path()).to_str()]).expect("it is there");
        shell.pragma_update(None, "foreign_keys", false).expect("a setting");
        // A row as it was, with the checksum that it had; where rows are but added, one too many.
        let back = format!(
            "REPLACE INTO main.{table} SELECT * FROM past.{table} AS old WHERE NOT EXISTS (\
             SELECT 1 FROM main.{table} AS new WHERE new.row_checksum = old.row_checksum)"
        );
        let changed = shell.execute(&back, []).expect("SQL");
        drop(shell);
        if changed == 0 {
            // Nothing of it was ever written over.
            assert!(["sections", "price_lists", "events"].contains(&table), "{table}");
            continue;
        }
        let refused = look(&path(now.path()), loaded).flatten().expect_err(table);
        assert!(refused.is_damage(), "{table}: {refused}");
    }
}

#[test]
fn a_damaged_row_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::new(seeds(1).start);
    world.live_until(600);
    let is_confirmed =
        |(_, recorded): &(_, Recorded)| matches!(recorded.change, Change::Confirmed { .. });
    let next = world.log.iter().position(is_confirmed).expect("one of so many");
    let mut rows = open(folder.path());
    apply(&mut rows, &world.log, 0..next);
    let shell = Connection::open(path(folder.path())).expect("it opens");
    let damage = "UPDATE reservations SET made_by = 'eve'";
    assert!(shell.execute(damage, []).expect("SQL") > 0);
    let changes = world.log[next..=next].iter().map(|(event, recorded)| (event, recorded));
    let refused =
        rows.apply(changes, super::equal::mark(&world.log, next + 1)).expect_err("damage");
    assert!(refused.to_string().contains("table reservations, row "), "{refused}");
}
