//! The copy of everything from one place to another.

use super::copied::Copied;
use super::error::CopyingError;
use super::folder_source::FolderSource;
use super::folder_target::copy_into;
use super::place::CopyPlace;
use super::servers_at_work;
use crate::engines;
use crate::randomness::Randomness;
use boxoffice_store::{CopyFigures, Store};
use std::sync::Arc;

/// Copies everything of one place to another, which is empty, and compares both. The same copy
/// again goes on where one ended that was killed. `progress` is told again and again.
///
/// # Errors
/// [`CopyingError`] says what to do.
pub async fn copy(
    from: &CopyPlace,
    to: &CopyPlace,
    progress: &mut (dyn FnMut(&Copied) + Send),
) -> Result<Copied, CopyingError> {
    if from.label() == to.label() {
        return Err(CopyingError::Same);
    }
    match from {
        CopyPlace::Folder(path) => {
            let source = FolderSource::open(path)?;
            match to {
                CopyPlace::Folder(target) => copy_into(&source, target, progress).await,
                CopyPlace::Store(_) => {
                    let target = open_target(to).await?;
                    let copied = copy_to_store(&source, &*target, from, progress).await?;
                    servers_at_work::refuse(&*target, TARGET).await?;
                    Ok(copied)
                }
            }
        }
        CopyPlace::Store(options) => {
            let opened = engines::open(options).await.map_err(CopyingError::SourceEngine)?;
            let source = opened.store;
            servers_at_work::refuse(&*source, SOURCE).await?;
            let copied = match to {
                CopyPlace::Folder(target) => copy_into(&*source, target, progress).await?,
                CopyPlace::Store(_) => {
                    let target = open_target(to).await?;
                    copy_to_store(&*source, &*target, from, progress).await?
                }
            };
            // What was begun meanwhile would be missing.
            servers_at_work::refuse(&*source, SOURCE).await?;
            Ok(copied)
        }
    }
}

const SOURCE: &str = "source";
const TARGET: &str = "target";

async fn open_target(to: &CopyPlace) -> Result<Arc<dyn Store>, CopyingError> {
    let CopyPlace::Store(options) = to else { unreachable!("folders are opened elsewhere") };
    let opened = engines::open(options).await.map_err(CopyingError::TargetEngine)?;
    servers_at_work::refuse(&*opened.store, TARGET).await?;
    Ok(opened.store)
}

async fn copy_to_store(
    source: &(impl boxoffice_store::CopySource + ?Sized),
    target: &dyn Store,
    from: &CopyPlace,
    progress: &mut (dyn FnMut(&Copied) + Send),
) -> Result<Copied, CopyingError> {
    let random = u128::from_le_bytes(Randomness::System.bytes()?);
    let mut told = |figures: &CopyFigures| progress(&figures.into());
    let copied = boxoffice_store::copy(source, target, &from.label(), random, &mut told).await?;
    Ok((&copied).into())
}
