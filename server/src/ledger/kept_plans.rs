//! Plans in the state file. They are written beside the changes: a plan never changes, and is durable
//! before the first change that names it is recorded.

use super::ledger::{Ledger, Store};
use super::rows::{PlanRow, PlanRows, RowsError};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use std::time::Duration;

impl Ledger {
    /// Makes a plan durable, where anything is. Blocks.
    ///
    /// # Errors
    /// The refusal. With `OutcomeUnknown` the ledger has failed.
    pub(crate) fn keep_plan(&self, row: &PlanRow) -> Result<(), Refusal> {
        self.write_plans(|plans| plans.put(row))
    }

    /// Removes a plan that nothing names any more. Blocks.
    ///
    /// # Errors
    /// As of [`keep_plan`](Self::keep_plan). It is still there then.
    pub(crate) fn forget_plan(&self, digest: &PlanDigest) -> Result<(), Refusal> {
        self.write_plans(|plans| plans.remove(digest))
    }

    /// Whether the rows have everything that is durable, where there are any.
    pub(crate) fn is_all_in_rows(&self) -> bool {
        match &self.store {
            Store::Journal { backlog, .. } => backlog.is_in_rows(self.durable().0, Duration::ZERO),
            Store::Memory { .. } | Store::Elsewhere { .. } => true,
        }
    }

    fn write_plans(
        &self,
        write: impl FnOnce(&mut PlanRows) -> Result<(), RowsError>,
    ) -> Result<(), Refusal> {
        let unavailable = |why| Err(Refusal::Unavailable { why });
        let Store::Journal { plans, .. } = &self.store else { return Ok(()) };
        let mut plans = plans.lock();
        if self.gate.is_failed() {
            return unavailable(UnavailableWhy::StorageFailed);
        }
        let Some(plans) = plans.as_mut() else { return unavailable(UnavailableWhy::ShuttingDown) };
        match write(plans) {
            // Law 8: nothing is acknowledged after a failure, whatever became durable behind it.
            Ok(()) if self.gate.is_failed() => Err(Refusal::OutcomeUnknown),
            Ok(()) => Ok(()),
            Err(RowsError::Busy) => unavailable(UnavailableWhy::Backlog),
            Err(RowsError::Full) => unavailable(UnavailableWhy::StorageFull),
            Err(error) => {
                tracing::error!(%error, "the ledger has failed: a plan cannot be written");
                self.gate.fail();
                Err(Refusal::OutcomeUnknown)
            }
        }
    }
}
