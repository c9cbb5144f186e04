//! The arguments of the comparison.

use anyhow::Context;
use clap::Args;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// The same for all cases.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    /// The number of rounds; medians are taken over them
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) rounds: u32,

    /// The length of each measurement, in seconds
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,

    /// Connections of each load generator; PostgreSQL has clients of its own
    #[arg(long, default_value_t = Self::CONNECTIONS, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub(crate) connections: u32,

    /// Requests in flight on each connection
    #[arg(long, value_delimiter = ',', default_values_t = Self::DEPTHS,
        value_parser = clap::value_parser!(u32).range(1..=128))]
    pub(crate) depths: Vec<u32>,

    /// Also: 10 and 60 s in one go, with the backlog of the rows
    #[arg(long)]
    pub(crate) sustained: bool,

    /// Also: 10 million reservations and 10,000 idle connections (takes gigabytes of memory)
    #[arg(long)]
    pub(crate) large: bool,

    /// Measure only what begins with one of these words, as in `limit,boxoffice,redis`
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,

    /// Where the temporary folders go, and so which disk is synced [default: the system's place]
    #[arg(long)]
    folder: Option<PathBuf>,

    /// Write the page to this file of the workspace instead of stdout
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

impl Settings {
    pub(crate) const CONNECTIONS: u32 = 50;
    pub(crate) const DEPTHS: [u32; 3] = [1, 16, 64];

    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }

    /// Whether a case with this name is measured.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.only.is_empty() || self.only.iter().any(|word| name.starts_with(&word.to_lowercase()))
    }

    /// The folder of temporary folders.
    pub(crate) fn place(&self) -> PathBuf {
        self.folder.as_ref().map_or_else(std::env::temp_dir, in_workspace)
    }

    /// The file of the page; none for stdout.
    pub(crate) fn page(&self) -> Option<PathBuf> {
        self.write.as_ref().map(in_workspace)
    }

    /// An empty folder that is removed with its guard.
    pub(crate) fn temporary_folder(&self) -> anyhow::Result<TempDir> {
        let place = self.place();
        tempfile::Builder::new()
            .prefix("boxoffice-compare-")
            .tempdir_in(&place)
            .with_context(|| format!("no folder can be made in {}", place.display()))
    }
}

/// A path relative to the workspace: Cargo starts a bench in the folder of its package.
fn in_workspace(path: &PathBuf) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
