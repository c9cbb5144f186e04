//! All reservations that ever were, up to the end of the journal.

use super::attempts::looked;
use super::tail::Tail;
use crate::ledger::rows::{ExportedReservation, Rows, RowsError, RowsReader};
use crate::ledger::{FolderInspection, InspectionError};
use crate::plans::PlanRegistry;
use boxoffice_journal::Applied;
use std::convert::Infallible;
use std::path::Path;

/// The reservations of a data folder as they were at one moment.
#[derive(Debug)]
pub struct Reservations {
    look: FolderInspection,
    /// The rows with what the journal has besides, where it has.
    ahead: Option<Rows>,
}

impl Reservations {
    /// Those of a folder as it is now. Where the rows are behind the journal, a temporary copy of
    /// them is made, so that nothing is missing that a server has answered.
    ///
    /// # Errors
    /// [`InspectionError`].
    pub fn open(path: &Path) -> Result<Self, InspectionError> {
        let (look, tail) = looked(path, || {
            let (mut look, mut tail) = (FolderInspection::open(path)?, Tail::default());
            look.walk(|batch| {
                if batch.applied == Applied::NotYet {
                    tail.push(batch.mark, batch.changes);
                }
                Ok::<(), Infallible>(())
            })?;
            Ok((look, tail))
        })?;
        let ahead = if tail.is_empty() {
            None
        } else {
            let mut rows = look.rows().scratch()?;
            tail.apply(&mut rows)?;
            Some(rows)
        };
        Ok(Self { look, ahead })
    }

    /// The server that uses the folder, as it signed.
    pub fn server(&self) -> Option<&str> {
        self.look.server()
    }

    /// They are as they were when the ledger had so many changes.
    pub fn position(&self) -> u64 {
        self.ahead.as_ref().map_or(self.look.mark(), Rows::mark).position
    }

    /// Gives each to `take`, in the order in which they were made.
    ///
    /// # Errors
    /// [`InspectionError`]; what `take` says.
    pub fn each<E: From<RowsError> + From<InspectionError>>(
        &self,
        take: impl FnMut(ExportedReservation) -> Result<(), E>,
    ) -> Result<(), E> {
        let rows: &RowsReader = self.ahead.as_ref().map_or(self.look.rows(), Rows::reader);
        let plans = PlanRegistry::default();
        rows.plans(|row| plans.restore(row))?;
        rows.export(&plans, take)?;
        Ok(self.look.check_undisturbed()?)
    }
}
