//! What a recovery hands out.

use super::rows::{Made, PlanRow, Restored};
use boxoffice_inventory::{CodeKey, EventSecrets, Hall};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::{EventId, PlanDigest};
use std::error::Error;

/// Receives a data folder's content at recovery.
pub trait Recover {
    /// Why a change cannot be applied.
    type Error: Error + Send + Sync + 'static;

    /// Takes the key of booking codes, before all else.
    fn codes(&mut self, key: CodeKey);

    /// The secrets of an event.
    fn secrets(&mut self) -> EventSecrets;

    /// Takes a plan of the rows. All of them come first.
    ///
    /// # Errors
    /// Why it is none.
    fn plan(&mut self, _row: PlanRow) -> Result<(), String> {
        Ok(())
    }

    /// The hall of an event with this plan; none if the plan was not among them.
    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall>;

    /// Takes a reservation of the rows, for its token and its customer to be counted.
    fn made(&mut self, made: &Made<'_>);

    /// Takes what the rows have; everything in it was recorded up to `position`. The catalog's
    /// version counts creations and deletions.
    fn restore(&mut self, restored: Restored, catalog_version: u64, position: u64);

    /// Takes a change that the journal has behind it.
    ///
    /// # Errors
    /// It cannot follow what came before.
    fn replay(
        &mut self,
        event: &EventId,
        recorded: &Recorded,
        position: u64,
    ) -> Result<(), Self::Error>;
}
