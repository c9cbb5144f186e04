//! A server at work can get in the way of a look: it removes a segment before that was opened, or
//! begins to write when none did. That passes, and damage does not.

use crate::ledger::{FolderInspection, InspectionError};
use std::path::Path;

/// How often a folder is looked at anew.
const ATTEMPTS: usize = 10;

/// Looks until nothing is wrong, or the same is wrong twice.
pub(super) fn looked<T>(
    path: &Path,
    mut look: impl FnMut() -> Result<T, InspectionError>,
) -> Result<T, InspectionError> {
    let mut before = None;
    for _ in 1..ATTEMPTS {
        let error = match look() {
            Ok(looked) => return Ok(looked),
            Err(error) => error,
        };
        let passes = matches!(error, InspectionError::Disturbed { .. })
            || error.is_damage() && FolderInspection::is_in_use(path)?;
        let told = Some(error.to_string());
        if !passes || (error.is_damage() && told == before) {
            return Err(error);
        }
        before = told;
    }
    look()
}
