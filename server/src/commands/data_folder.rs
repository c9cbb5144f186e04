//! The option that names a data folder.

use boxoffice_server::config::DATA_FOLDER;
use clap::Args;
use std::path::{Path, PathBuf};

/// Which folder to look at.
#[derive(Debug, Args)]
pub(super) struct DataFolderOption {
    /// The data folder [default: ./boxoffice-data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

impl DataFolderOption {
    /// The folder that was named here, or among the server's settings.
    pub(super) fn folder<'a>(&'a self, setting: Option<&'a Path>) -> &'a Path {
        self.data.as_deref().or(setting).unwrap_or(Path::new(DATA_FOLDER))
    }
}
