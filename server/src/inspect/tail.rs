//! The changes that the journal has and the rows have not.

use crate::ledger::rows::{Rows, RowsError, RowsMark};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;

/// Changes of one transaction.
const CHANGES: usize = 8_192;

/// The changes behind the rows' mark, batch by batch. A server keeps them few: it admits no new
/// reservations while they are many.
#[derive(Debug, Default)]
pub(super) struct Tail {
    changes: Vec<(EventId, Recorded)>,
    /// The mark after each batch.
    marks: Vec<RowsMark>,
}

impl Tail {
    pub(super) fn push(&mut self, mark: RowsMark, changes: &[(EventId, Recorded)]) {
        self.changes.extend_from_slice(changes);
        self.marks.push(mark);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The changes with their positions.
    pub(super) fn positioned(&self) -> impl Iterator<Item = (u64, &EventId, &Recorded)> {
        let end = self.marks.last().map_or(0, |mark| mark.position);
        let before = end - self.changes.len() as u64;
        (before + 1..).zip(&self.changes).map(|(position, (id, recorded))| (position, id, recorded))
    }

    /// Writes all of them into rows that have none of them, as the server would.
    pub(super) fn apply(&self, rows: &mut Rows) -> Result<(), RowsError> {
        let (mut changes, mut done) = (self.changes.as_slice(), rows.mark().position);
        for (index, mark) in self.marks.iter().enumerate() {
            let gathered = usize::try_from(mark.position - done).unwrap_or(usize::MAX);
            if gathered < CHANGES && index + 1 < self.marks.len() {
                continue;
            }
            let (now, later) = changes.split_at(gathered.min(changes.len()));
            rows.apply(now.iter().map(|(id, recorded)| (id, recorded)), *mark)?;
            (changes, done) = (later, mark.position);
        }
        Ok(())
    }
}
