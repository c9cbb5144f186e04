//! `boxoffice-server visitors`: rotates the key that signs visitors' passes.

use super::data_folder::DataFolderOption;
use super::output::note;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::auth::VisitorKeyFile;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Lifetime;
use clap::{Args, Subcommand};
use std::path::Path;
use std::time::Duration;

/// How long the old key counts beside the new one, unless the command says otherwise.
const BOTH_COUNT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Manages the key that signs the passes by which browsers without a token are known.
#[derive(Debug, Args)]
pub(crate) struct Visitors {
    #[command(subcommand)]
    action: VisitorsAction,
}

#[derive(Debug, Subcommand)]
enum VisitorsAction {
    /// Signs with a new key from now on; the old one counts for a time yet
    RotateKey(RotateKey),
}

/// A server that is running with the data folder notices it at once. A visitor that comes back while
/// both keys count gets a pass under the new one; any other becomes a new visitor.
#[derive(Debug, Args)]
struct RotateKey {
    /// How long the old key counts: 12h, 30d [default: 30d]
    #[arg(long, value_name = "TIME")]
    both_count: Option<Lifetime>,

    /// End the old key now, as after a leak: every visitor becomes a new one
    #[arg(long, conflicts_with = "both_count")]
    at_once: bool,

    #[command(flatten)]
    data: DataFolderOption,
}

impl Visitors {
    /// Does what was asked for.
    pub(crate) fn run(&self, setting: Option<&Path>) -> anyhow::Result<()> {
        let VisitorsAction::RotateKey(RotateKey { both_count, at_once, data }) = &self.action;
        let file = VisitorKeyFile::in_folder(data.folder(setting));
        let now = Clock::system(Timestamp::default()).now();
        let default = if *at_once { Duration::ZERO } else { BOTH_COUNT };
        file.rotate(now, both_count.map_or(default, |time| time.0))?;
        note(&format!("{} has a new key", file.path().display()));
        Ok(())
    }
}
