//! Where changes become durable.

use super::error::ConfigError;
use super::shared_store::SharedStoreOptions;
use super::typed::Settings;
use super::values::SyncPolicy;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// The data folder where none is named.
pub const DATA_FOLDER: &str = "boxoffice-data";

/// A segment has room for the largest batch of 8 MiB, and recovery reads one whole into memory.
const SEGMENT_MB: RangeInclusive<u64> = 9..=1_024;

#[derive(Debug, Clone)]
pub enum StoreChoice {
    /// Nowhere: everything is gone with the process.
    Memory,
    /// Into a data folder.
    Folder(FolderOptions),
    /// Into an engine that several servers share.
    Shared(SharedStoreOptions),
}

/// How a data folder is used.
#[derive(Debug, Clone)]
pub struct FolderOptions {
    /// The folder; created if its parent is there.
    pub path: PathBuf,
    /// When a change counts as durable.
    pub sync: SyncPolicy,
    /// Bytes of a journal segment: a multiple of 4 KiB.
    pub segment_bytes: u64,
    /// How far the rows may be behind, in bytes of the journal.
    pub backlog_bytes: u64,
    /// Whether other users may be able to read it.
    pub open_folder: OpenFolder,
}

/// What happens where other users can read a data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenFolder {
    /// The server does not start.
    Refused,
    /// The server takes it as it is, as where permissions are those of a volume for many.
    Accepted,
}

impl StoreChoice {
    pub(super) fn typed(settings: &Settings) -> Result<Self, ConfigError> {
        if let Some(typed) = settings.segment_mb.filter(|size| !SEGMENT_MB.contains(size)) {
            let (least, most) = (SEGMENT_MB.start(), SEGMENT_MB.end());
            let why = format!("segment-mb is {typed}, and must be {least} to {most}");
            return Err(ConfigError::Contradiction(why));
        }
        if settings.memory {
            return Ok(Self::Memory);
        }
        if let Some(shared) = SharedStoreOptions::typed(settings) {
            return Ok(Self::Shared(shared));
        }
        Ok(Self::Folder(FolderOptions {
            path: settings.data.clone().unwrap_or_else(|| PathBuf::from(DATA_FOLDER)),
            sync: settings.sync.unwrap_or(SyncPolicy::Always),
            segment_bytes: settings.segment_mb.unwrap_or(64).saturating_mul(1 << 20),
            backlog_bytes: settings.backlog_mb.unwrap_or(2_048).saturating_mul(1 << 20),
            open_folder: match settings.accept_open_folder {
                true => OpenFolder::Accepted,
                false => OpenFolder::Refused,
            },
        }))
    }
}
