//! The state at the journal's end, made in two ways that must come to the same: by recovery, in
//! memory; and by writing the changes that the rows lack into a copy of them, and loading that.

use super::report::{Finding, Findings};
use super::tail::Tail;
use crate::catalog::Recovery;
use crate::ledger::rows::{InHalls, Rows, RowsError, RowsReader};
use crate::ledger::{InspectionError, Recover};
use crate::randomness::Randomness;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::id::EventId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

type Inventories = BTreeMap<EventId, Inventory>;

/// Makes the state in both ways, compares them event by event, and checks every event's invariants.
/// Returns the rows that have everything, where a copy of them was made for it.
pub(super) fn replay(
    rows: &RowsReader,
    tail: &Tail,
    findings: &mut Findings,
) -> Result<Option<Rows>, InspectionError> {
    let recovered = recover(rows, tail, findings);
    let Some(state) = findings.take(recovered)? else { return Ok(None) };
    for (id, inventory) in &state {
        if let Err(contradiction) = inventory.check() {
            findings.push(Finding::event(id, contradiction.to_string()));
        }
    }
    if tail.is_empty() {
        return Ok(None);
    }
    let Some((copy, other)) = findings.take(follow(rows, tail))? else { return Ok(None) };
    compare(&state, &other, findings);
    Ok(Some(copy))
}

/// Loads the rows and applies the tail, as a start of the server does.
fn recover(
    rows: &RowsReader,
    tail: &Tail,
    findings: &mut Findings,
) -> Result<Inventories, RowsError> {
    let mut recovery = load(rows)?;
    for (position, id, recorded) in tail.positioned() {
        if let Err(contradiction) = recovery.replay(id, recorded, position) {
            let what = format!("the journal's change at position {position}: {contradiction}");
            findings.push(Finding::event(id, what));
            break;
        }
    }
    Ok(recovery.into_inventories())
}

/// Writes the tail into a copy of the rows, as a running server does, and loads it.
fn follow(rows: &RowsReader, tail: &Tail) -> Result<(Rows, Inventories), RowsError> {
    let mut copy: Rows = rows.scratch()?;
    tail.apply(&mut copy)?;
    let recovery = load(copy.reader())?;
    Ok((copy, recovery.into_inventories()))
}

/// What a start of the server makes of the rows.
fn load(rows: &RowsReader) -> Result<Recovery, RowsError> {
    let mut recovery = Recovery::new(Randomness::System.hashing());
    rows.plans(|row| recovery.plan(row))?;
    let plans = Arc::clone(recovery.plans());
    let restored = rows.restore(InHalls(|| recovery.secrets().seed, &*plans))?;
    recovery.restore(restored, rows.catalog_version()?, rows.mark()?.position);
    Ok(recovery)
}

fn compare(memory: &Inventories, rows: &Inventories, findings: &mut Findings) {
    let ids: BTreeSet<&EventId> = memory.keys().chain(rows.keys()).collect();
    for id in ids {
        let difference = match (memory.get(id), rows.get(id)) {
            (Some(memory), Some(rows)) => memory.difference(rows),
            (Some(_), None) => Some("it is not in the rows".to_owned()),
            (None, _) => Some("it is only in the rows".to_owned()),
        };
        if let Some(difference) = difference {
            let what =
                format!("in memory and in the rows it comes to different states: {difference}");
            findings.push(Finding::event(id, what));
        }
    }
}
