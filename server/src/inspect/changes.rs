//! The changes that a journal still has, in order.

use super::attempts::looked;
use crate::ledger::{FolderInspection, InspectionError};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use std::path::Path;
use thiserror::Error;

/// The receiver of the changes wants no more.
#[derive(Debug, Error)]
#[error("the reader of the changes wants no more")]
struct ReaderHasEnough;

/// Gives every change to `take`, with its position. `begun` is told first which server uses the
/// folder, if one does. Says at which position the journal ended.
///
/// # Errors
/// [`InspectionError`]; what `take` says.
pub fn changes<E: From<InspectionError>>(
    path: &Path,
    begun: impl FnOnce(Option<&str>),
    mut take: impl FnMut(u64, &EventId, &Recorded) -> Result<(), E>,
) -> Result<u64, E> {
    let (mut begun, mut last, mut stopped) = (Some(begun), 0, None);
    let end = looked(path, || {
        let mut look = FolderInspection::open(path)?;
        if let Some(begun) = begun.take() {
            begun(look.server());
        }
        let walked = look.walk(|batch| {
            for (position, id, recorded) in batch.positioned() {
                // A later attempt goes on where one before it ended.
                if position <= last {
                    continue;
                }
                if last != 0 && position > last + 1 {
                    return Err(InspectionError::Disturbed { path: path.to_owned() }.into());
                }
                last = position;
                take(position, id, recorded).map_err(|error| {
                    stopped = Some(error);
                    Box::<dyn std::error::Error + Send + Sync>::from(ReaderHasEnough)
                })?;
            }
            Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
        });
        if stopped.is_some() {
            return Ok(last);
        }
        let end = walked?.map_or(look.mark().position, |journal| journal.end.position);
        look.check_undisturbed()?;
        Ok(end)
    });
    match stopped {
        Some(error) => Err(error),
        None => Ok(end?),
    }
}
