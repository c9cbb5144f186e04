//! Refusals: locked files, foreign files, contradictions.

use super::equal::{apply, assert_restored, mark};
use super::reseal::reseal;
use super::world::{Log, World, seeds, slug};
use super::{IDENTITY, open, path};
use crate::ledger::rows::{BackedUp, Rows, RowsError, RowsReader, StillWanted};
use boxoffice_protocol::change::{Change, NewReservation, Recorded, TakenPlaces};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{ReservationId, Seat};
use boxoffice_protocol::time::Timestamp;
use rusqlite::Connection;
use std::fs;
use std::path::Path;

fn shell(folder: &Path) -> Connection {
    Connection::open(path(folder)).expect("it opens")
}

#[test]
fn a_busy_file_is_tried_again_and_nothing_is_lost() {
    for seed in seeds(3) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(900);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..300);
        let somebody = shell(folder.path());
        somebody.execute_batch("BEGIN IMMEDIATE").expect("a lock");
        let changes = || world.log[300..].iter().map(|(event, recorded)| (event, recorded));
        for _ in 0..2 {
            let refused =
                rows.apply(changes(), mark(&world.log, world.log.len())).expect_err("it is locked");
            assert!(matches!(refused, RowsError::Busy) && refused.is_passing(), "{refused}");
            assert_eq!(rows.mark(), mark(&world.log, 300));
        }
        somebody.execute_batch("COMMIT").expect("no lock");
        rows.apply(changes(), mark(&world.log, world.log.len())).expect("it is free");
        assert_restored(rows.restore(|| 1).expect("whole"), &world.inventories, world.now);
    }
}

#[test]
fn a_full_disk_is_tried_again_and_nothing_is_lost() {
    for seed in seeds(3) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(3_000);
        let mut rows = open(folder.path());
        apply(&mut rows, &world.log, 0..300);
        let pages: i64 = rows
            .reader
            .connection
            .query_row("PRAGMA page_count", [], |row| row.get(0))
            .expect("a number");
        let limit = |rows: &Rows, pages: i64| {
            let sql = format!("PRAGMA max_page_count = {pages}");
            rows.reader.connection.query_row(&sql, [], |_| Ok(())).expect("a pragma");
        };
        let mut written = 300;
        for more in 0..4 {
            limit(&rows, pages + more);
            let changes = world.log[written..].iter().map(|(event, recorded)| (event, recorded));
            let refused =
                rows.apply(changes, mark(&world.log, world.log.len())).expect_err("it is full");
            assert!(matches!(refused, RowsError::Full) && refused.is_passing(), "{refused}");
            limit(&rows, pages + 1_000);
            apply(&mut rows, &world.log, written..written + 200);
            written += 200;
        }
        apply(&mut rows, &world.log, written..world.log.len());
        assert_restored(rows.restore(|| 1).expect("whole"), &world.inventories, world.now);
    }
}

#[test]
fn a_newer_format_is_refused_with_both_named() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    shell(folder.path()).pragma_update(None, "user_version", 7).expect("a pragma");
    let errors = [
        Rows::open(&path(folder.path()), &IDENTITY).expect_err("it is newer"),
        RowsReader::open(&path(folder.path())).expect_err("it is newer"),
    ];
    for error in errors {
        assert!(matches!(error, RowsError::NewerFormat { found: 7 }), "{error}");
        assert!(error.to_string().contains("up to 1"), "{error}");
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    shell(folder.path()).execute_batch("CREATE TABLE theirs (a)").expect("SQL");
    let before = fs::read(path(folder.path())).expect("it is there");
    let refused = Rows::open(&path(folder.path()), &IDENTITY).expect_err("it is theirs");
    assert!(matches!(refused, RowsError::NotOurs(_)), "{refused}");
    assert_eq!(fs::read(path(folder.path())).expect("it is there"), before);
    fs::write(path(folder.path()), [b'x'; 9_000]).expect("written");
    let refused = Rows::open(&path(folder.path()), &IDENTITY).expect_err("it is a text");
    assert!(matches!(refused, RowsError::NotOurs(_)), "{refused}");
    let nothing = RowsReader::open(&folder.path().join("nothing.db"));
    assert!(matches!(nothing, Err(RowsError::Failed { .. })), "{nothing:?}");
}

const AT: Timestamp = Timestamp::from_ms(1_800_000_000_000);

fn recorded(version: u64, change: Change) -> Recorded {
    Recorded { version, at: AT, principal: None, change }
}

fn new(number: u8, places: TakenPlaces) -> NewReservation {
    NewReservation {
        id: ReservationId::new(AT, [number; 10]),
        fingerprint: 1,
        customer: "ann".parse().expect("a name"),
        places,
        expires_at: AT,
        order: None,
    }
}

fn seats(numbers: &[u16]) -> TakenPlaces {
    TakenPlaces::Seats(numbers.iter().map(|&number| Seat::new(0, 0, number)).collect())
}

/// An event with three reservations: A1; A2 and A3; two that stand.
fn small_log() -> Log {
    let section =
        |name: &str, layout| SectionSpec { name: name.parse().expect("a word"), price: 5, layout };
    let sections =
        vec![section("stalls", Layout::grid(1, 9)), section("floor", Layout::standing(3))];
    let spec = EventSpec {
        name: "Dune".parse().expect("a name"),
        starts_at: AT.into(),
        currency: Currency::EUR,
        max_per_customer: None,
        plan: None,
        sections: Sections::new(sections).expect("sections"),
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    };
    let changes = [
        Change::Created(Box::new(spec)),
        Change::Reserved(new(1, seats(&[0]))),
        Change::Held(new(2, seats(&[1, 2]))),
        Change::Reserved(new(3, TakenPlaces::Standing { section: 1, places: 2 })),
    ];
    let numbered = (1..).zip(changes);
    numbered.map(|(version, change)| (slug("dune-2"), recorded(version, change))).collect()
}

/// Damage, and what is said of it.
const DAMAGE: &[(&str, &str)] = &[
    ("UPDATE reservations SET status = 'sold' WHERE number = 1", "row 1: column status: \"sold\""),
    (
        "UPDATE reservations SET version = 2 WHERE number = 2",
        "row 2: version 2 does not come after",
    ),
    ("UPDATE reservations SET version = 9 WHERE number = 2", "row 2: version 9 is beyond"),
    ("UPDATE reservations SET version = -1 WHERE number = 2", "is beyond its event's"),
    ("UPDATE reservations SET expires_at = -1 WHERE number = 2", "row 2: it was made or expires"),
    ("UPDATE reservations SET seats = 0 WHERE number = 3", "there are 1 seats in 2 places"),
    (
        "UPDATE reservations SET seats = '[0,1]' WHERE number = 2",
        "row 2: the seat 0/A1 is Sold already",
    ),
    ("UPDATE reservations SET seats = '[2,1]' WHERE number = 2", "row 2: its seats do not ascend"),
    ("UPDATE reservations SET seats = '[1,9]' WHERE number = 2", "row 2: there is no seat 0/A10"),
    ("UPDATE reservations SET seats = '[1,' WHERE number = 2", "row 2: column seats: EOF"),
    ("UPDATE reservations SET seats = 16777216 WHERE number = 1", "there is no seat 1/A1"),
    (
        "UPDATE reservations SET seats = 33554432 WHERE number = 1",
        "there is no section 2 with a price",
    ),
    (
        "UPDATE reservations SET places = 4 WHERE number = 3",
        "4 places of section 1 are taken, and 3 were free",
    ),
    ("UPDATE reservations SET places = 0 WHERE number = 3", "row 3: it has 0 places"),
    ("UPDATE reservations SET section = 0 WHERE number = 3", "section 0 has seats"),
    ("UPDATE reservations SET section = NULL WHERE number = 3", "row 3: column section"),
    ("UPDATE reservations SET price_list = 1 WHERE number = 3", "there is no price list 1"),
    ("UPDATE reservations SET id = x'00' WHERE number = 3", "row 3: column id: is not 16 bytes"),
    (
        "UPDATE reservations SET id = zeroblob(16) WHERE number = 3",
        "row 3: column id: id: must be a UUID",
    ),
    ("UPDATE reservations SET customer = '' WHERE number = 3", "row 3: column customer"),
    ("UPDATE standings SET version = 0", "it has no version"),
    ("DELETE FROM standings", "table events, row 1: column version"),
    ("UPDATE events SET slug = 'A B'", "column slug"),
    ("UPDATE events SET created_as = '{}'", "column created_as: missing field"),
    ("UPDATE events SET currency = 'euro'", "column currency"),
    (
        "UPDATE events SET starts_local = 0",
        "column starts_at: starts_at: the local time is a day off",
    ),
    ("UPDATE events SET zone = ''", "column zone"),
    ("UPDATE events SET currency_digits = 5", "column currency_digits"),
    ("DELETE FROM price_lists", "its last price list is not what its sections cost"),
    ("UPDATE price_lists SET prices = '[5]'", "its last price list is not what its sections cost"),
    ("UPDATE price_lists SET number = 1", "number 0 should come here"),
    ("DELETE FROM sections", "table sections, event 1: sections: an event has 1 to"),
    ("UPDATE sections SET rows = '[0]' WHERE number = 0", "a row has 1 to"),
    ("UPDATE sections SET price = -1", "a price is at most"),
    ("INSERT INTO blocked_seats VALUES (1, 0, 0)", "row 1: the seat 0/A1 is Blocked already"),
    ("INSERT INTO blocked_seats VALUES (1, 9, 0)", "there is no seat 0/A10"),
    ("INSERT INTO blocked_seats VALUES (1, -9, 0)", "column seat: -9 is out of bounds"),
    ("DELETE FROM boxoffice", "table boxoffice: has no row"),
];

#[test]
fn rows_that_contradict_themselves_are_refused_with_what_and_where() {
    for (damage, expected) in DAMAGE {
        let folder = tempfile::tempdir().expect("a folder");
        apply(&mut open(folder.path()), &small_log(), 0..4);
        let damaged = shell(folder.path());
        damaged.execute_batch(damage).expect("SQL");
        reseal(&damaged);
        drop(damaged);
        let found =
            Rows::open(&path(folder.path()), &IDENTITY).and_then(|mut rows| rows.restore(|| 1));
        let found = found.expect_err(damage).to_string();
        assert!(found.contains(expected), "{damage}\n{found}");
        assert!(found.contains("backup"), "what to do: {found}");
    }
}

#[test]
fn changes_that_cannot_follow_are_refused_and_nothing_is_written() {
    let unknown = ReservationId::new(AT, [9; 10]);
    let [one, two, three] = [1, 2, 3].map(|number| ReservationId::new(AT, [number; 10]));
    let (created, log) = (small_log().remove(0).1.change, small_log());
    let table = [
        (5, Change::Expired { ids: vec![unknown].into() }),
        (5, Change::Expired { ids: vec![one].into() }),
        (5, Change::Expired { ids: vec![three, three].into() }),
        (5, Change::Confirmed { id: one, let_go: None }),
        (5, Change::Extended { id: three, from: AT, to: AT }),
        (5, Change::Cancelled { id: two, let_go: None }),
        (5, Change::Cancelled { id: one, let_go: Some(seats(&[0])) }),
        (5, Change::Cancelled { id: three, let_go: Some(seats(&[0])) }),
        (5, Change::Held(new(1, seats(&[5])))),
        (5, Change::Held(new(9, TakenPlaces::Standing { section: 2, places: 1 }))),
        (6, Change::Deleted),
        (4, Change::Deleted),
        (5, created),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = open(folder.path());
    apply(&mut rows, &log, 0..4);
    for (version, change) in table {
        let first = recorded(5, Change::Released { id: two, let_go: None });
        let (event, second) = (slug("dune-2"), recorded(version, change));
        let wrong = rows.apply([(&event, &second)].into_iter(), mark(&log, 4));
        let wrong = wrong.expect_err("it cannot follow");
        let named = format!("change {version} of event dune-2");
        assert!(wrong.to_string().contains(&named) && !wrong.is_passing(), "{wrong}");
        let other = recorded(1, Change::Deleted);
        let unknown_event = slug("opera");
        let both = [(&event, &first), (&unknown_event, &other)];
        rows.apply(both.into_iter(), mark(&log, 4)).expect_err("there is no opera");
    }
    let restored = rows.restore(|| 1).expect("whole");
    assert_restored(restored, &super::world::replay(&log), AT);
    assert_eq!(rows.mark(), mark(&log, 4));
}

fn back_up(reader: &RowsReader, to: &Path) -> Result<BackedUp, RowsError> {
    reader.backup_to(&path(to), || StillWanted::Yes)
}

#[test]
fn a_backup_that_is_no_longer_wanted_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::new(4);
    world.live_until(600);
    apply(&mut open(folder.path()), &world.log, 0..400);
    let to = tempfile::tempdir().expect("a folder");
    let reader = RowsReader::open(&path(folder.path())).expect("it is there");
    let stopped =
        reader.backup_to(&path(to.path()), || StillWanted::No).expect_err("it is not wanted");
    assert!(matches!(stopped, RowsError::Stopped), "{stopped}");
    assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 0);
    back_up(&reader, to.path()).expect("another one may be wanted");
}

#[test]
fn a_backup_is_whole_and_never_written_over_another_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut world = World::new(3);
    world.live_until(600);
    let mut rows = open(folder.path());
    rows.rely_on_a_journal().expect("a transaction");
    apply(&mut rows, &world.log, 0..400);
    let then = super::world::replay(&world.log[..400]);
    let to = tempfile::tempdir().expect("a folder");
    let reader = RowsReader::open(&path(folder.path())).expect("it is there");
    assert_eq!(back_up(&reader, to.path()).expect("room").mark, mark(&world.log, 400));
    apply(&mut rows, &world.log, 400..world.log.len());
    back_up(&reader, to.path()).expect_err("there is one");
    assert_eq!(fs::read_dir(to.path()).expect("a folder").count(), 1, "nothing is left over");
    let bytes = fs::read(path(to.path())).expect("it is there");
    assert_eq!(bytes[18..20], [1, 1], "it can be read from a medium that cannot be written");
    let mut backup = open(to.path());
    assert!(!reader.stands_alone().expect("a row"), "a journal belongs to what was copied");
    assert_eq!((backup.mark(), backup.identity()), (mark(&world.log, 400), IDENTITY));
    assert!(backup.stands_alone(), "no journal belongs to it");
    let restored = backup.restore(|| 1).expect("whole");
    assert_restored(restored, &then, world.log[399].1.at);
    apply(&mut backup, &world.log, 400..world.log.len());
    let restored = backup.restore(|| 1).expect("whole");
    assert_restored(restored, &world.inventories, world.now);
}
