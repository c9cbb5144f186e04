//! Rows for reports, where several servers share a store.

use super::error::ConfigError;
use super::typed::Settings;
use std::path::PathBuf;

/// Rows for reports that a server writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportsOptions {
    /// The folder that they are in; none where they are in the store's database.
    pub folder: Option<PathBuf>,
}

impl ReportsOptions {
    pub(super) fn typed(settings: &Settings) -> Result<Option<Self>, ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        if !settings.rows {
            return Ok(None);
        }
        let Some(store) = &settings.store else {
            return wrong("rows is for a store that servers share; a data folder has boxoffice.db");
        };
        match &settings.data {
            _ if store.starts_with("postgres") => Ok(Some(Self { folder: None })),
            Some(folder) => Ok(Some(Self { folder: Some(folder.clone()) })),
            None => wrong("rows needs data, the folder that reports.db is to be in"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(store: Option<&str>, data: Option<&str>) -> Result<Option<ReportsOptions>, String> {
        let (store, data) = (store.map(str::to_owned), data.map(PathBuf::from));
        let settings = Settings { rows: true, store, data, ..Settings::default() };
        ReportsOptions::typed(&settings).map_err(|error| error.to_string())
    }

    #[test]
    fn rows_have_a_place_by_the_store() {
        let folder = |folder: Option<&str>| ReportsOptions { folder: folder.map(PathBuf::from) };
        let postgres = Some("postgres://shop@db/events");
        assert_eq!(typed(postgres, None), Ok(Some(folder(None))));
        assert_eq!(typed(postgres, Some("/etc/boxoffice")), Ok(Some(folder(None))));
        let redis = Some("redis://one");
        assert_eq!(typed(redis, Some("/var/rows")), Ok(Some(folder(Some("/var/rows")))));
        let missing = typed(redis, None).expect_err("it has no place");
        assert!(missing.contains("rows needs data"), "{missing}");
        let alone = typed(None, Some("/var/lib")).expect_err("it shares nothing");
        assert!(alone.contains("boxoffice.db"), "{alone}");
        assert_eq!(ReportsOptions::typed(&Settings::default()).ok(), Some(None));
    }
}
