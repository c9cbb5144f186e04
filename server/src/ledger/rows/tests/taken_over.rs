//! Events that are taken over as they are answer as those that they were taken of.

use super::equal::assert_restored;
use super::world::{World, seeds};
use super::{open, path};
use crate::ledger::rows::{Audited, RowsMark, RowsReader};
use boxoffice_inventory::{Inventory, UsedIds};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use std::collections::BTreeMap;

#[test]
fn an_event_that_is_taken_over_answers_and_goes_on_as_the_one_that_it_was_taken_of() {
    let (mut live, mut gone, mut again) = (0, 0, 0);
    for seed in seeds(12) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(seed);
        world.live_until(700);
        while seed % 4 == 0 && !world.inventories.values().any(Inventory::is_deleted) {
            world.live_until(world.log.len() + 1);
        }
        let log = world.log.iter();
        let last_changes: BTreeMap<_, _> = log.map(|(id, recorded)| (id, recorded.at)).collect();
        let mut rows = open(folder.path());
        for (id, event) in &world.inventories {
            live += usize::from(!event.is_deleted());
            gone += usize::from(event.is_deleted());
            let before = event.predecessors().last_deletion();
            again += usize::from(before.is_some() && !event.is_deleted());
            rows.take_over(event, last_changes[id]).expect("it is new");
        }
        rows.take_over_version(5_000).expect("it is whole");
        assert_eq!(rows.reader().catalog_version().expect("it is whole"), 5_000);
        let written = world.log.len();
        let restored = rows.restore(|| seed).expect("it is whole");
        assert_restored(restored, &world.inventories, world.now);
        drop(rows);
        let reader = RowsReader::open(&path(folder.path())).expect("a state file");
        let audit = reader.audit(|audited| {
            if let Audited::Wrong(wrong) = audited {
                panic!("{wrong}");
            }
        });
        audit.expect("it can be read");
        let mut rows = open(folder.path());
        world.live_until(written + 200);
        let changes = world.log[written..].iter().map(|(event, recorded)| (event, recorded));
        rows.apply(changes, RowsMark::default()).expect("they follow");
        let restored = rows.restore(|| seed).expect("it is whole");
        assert_restored(restored, &world.inventories, world.now);
    }
    assert!(live > 3 && gone > 0 && again > 0, "{live} live, {gone} gone, {again} created again");
}

#[test]
fn an_event_is_taken_over_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut rows = open(folder.path());
    let id: EventId = "opera".parse().expect("a slug");
    let event = Inventory::gone(id, 4, UsedIds::new(Timestamp::from_ms(9), []).into());
    let event = event.expect("it has a version");
    rows.take_over(&event, Timestamp::from_ms(9)).expect("it is new");
    rows.take_over(&event, Timestamp::from_ms(9)).expect_err("it is there");
    let restored = rows.restore(|| 1).expect("it is whole");
    assert_eq!(restored.deleted.len(), 1);
}
