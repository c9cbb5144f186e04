//! Rows for reports, where several servers share a store.

use super::error::ConfigError;
use super::typed::Settings;
use std::path::PathBuf;

/// Rows for reports that a server writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportsOptions {
    /// The folder that they are in.
    pub folder: PathBuf,
}

impl ReportsOptions {
    pub(super) fn typed(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        if !settings.rows {
            return Ok(None);
        }
        if settings.store.is_none() {
            return wrong("rows is for a store that servers share; a data folder has boxoffice.db");
        }
        match &settings.data {
            Some(folder) => Ok(Some(Self { folder: folder.clone() })),
            None => wrong("rows needs data, the folder that reports.db is to be in"),
        }
    }
}
