//! The comparison of an input with what was promised: which rows are known, new, different or gone.
//!
//! A row is known if one with the same content was promised, the how-manieth of its kind also counted. Every
//! other row is new, unless it may be a booked row that was changed. That is so if a
//! booked row is gone from the same group: from the same id, or order and line, or order; or, without these, of the
//! same customer and event. A row without id and order can change its customer too: so it is none the less
//! taken for a changed one if a booked row is gone from the same place.

use super::input::{NamedBy, RowFingerprint};
use super::log::{Promise, PromiseState};
use std::collections::{HashMap, HashSet};

/// A row of the input, as far as it matters here.
#[derive(Debug, Clone, Copy)]
pub(super) struct ComparedRow {
    /// The fingerprint that tells the row from equal ones.
    pub(super) hash: RowFingerprint,
    pub(super) group: RowFingerprint,
    pub(super) named_by: NamedBy,
}

/// What a row is to the promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RowKind {
    /// The promise at this index is its.
    Known(usize),
    New,
    /// A booked row may have been changed into it.
    Differing,
}

/// The promises without a row.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RowlessPromises {
    /// The indexes of those that were booked.
    pub(super) booked: Vec<usize>,
    /// The number of those that may be booked.
    pub(super) open: usize,
}

/// Compares all rows of an input with all promises.
pub(super) fn compare(
    rows: &[ComparedRow],
    promises: &[Promise],
) -> (Vec<RowKind>, RowlessPromises) {
    let promised: HashMap<_, _> =
        promises.iter().enumerate().map(|(index, promise)| (promise.hash, index)).collect();
    let mut has_row = vec![false; promises.len()];
    let mut kinds = Vec::with_capacity(rows.len());
    for row in rows {
        kinds.push(promised.get(&row.hash).map_or(RowKind::New, |&index| {
            has_row[index] = true;
            RowKind::Known(index)
        }));
    }
    let new = rows.iter().zip(&kinds).filter(|(_, kind)| **kind == RowKind::New);
    let missing = Missing::of(promises, &has_row, &new.map(|(row, _)| row.group).collect());
    if !missing.gone.booked.is_empty() {
        let mut before = None;
        for (row, kind) in rows.iter().zip(&mut kinds) {
            match *kind {
                RowKind::Known(index) => before = Some(index),
                _ if missing.may_be(row, before) => *kind = RowKind::Differing,
                _ => {}
            }
        }
    }
    (kinds, missing.gone)
}

/// The promises without a row, by what they have in common with rows.
#[derive(Default)]
struct Missing {
    gone: RowlessPromises,
    booked_groups: HashSet<RowFingerprint>,
    other_groups: HashSet<RowFingerprint>,
    /// The promises with a row that booked ones without a row stood behind; none for the beginning.
    booked_places: HashSet<Option<usize>>,
}

impl Missing {
    fn of(promises: &[Promise], has_row: &[bool], new_groups: &HashSet<RowFingerprint>) -> Self {
        let mut by_line: Vec<_> = (0..promises.len()).collect();
        by_line.sort_by_key(|&index| promises[index].line);
        let (mut missing, mut before) = (Self::default(), None);
        for index in by_line {
            let Promise { group, state, .. } = promises[index];
            match state {
                _ if has_row[index] => before = Some(index),
                PromiseState::Open => missing.gone.open += 1,
                PromiseState::Ended(outcome) if outcome.was_booked() => {
                    missing.gone.booked.push(index);
                    missing.booked_groups.insert(group);
                    // The new row of its group is taken for it.
                    if !new_groups.contains(&group) {
                        missing.booked_places.insert(before);
                    }
                }
                PromiseState::Ended(_) => {
                    missing.other_groups.insert(group);
                }
            }
        }
        missing
    }

    /// Whether a new row, behind the row of the promise `before`, may be a booked one that was changed.
    fn may_be(&self, row: &ComparedRow, before: Option<usize>) -> bool {
        let in_its_place = row.named_by == NamedBy::Content
            && !self.other_groups.contains(&row.group)
            && self.booked_places.contains(&before);
        self.booked_groups.contains(&row.group) || in_its_place
    }
}
