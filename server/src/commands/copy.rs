//! `boxoffice-server copy`: moves everything from one store to another.

use super::output::note;
use crate::announcement::say;
use anyhow::Context as _;
use boxoffice_server::config::Settings;
use boxoffice_server::copying::{Copied, CopyPlace, CopyPlaceOptions, copy};
use clap::Args;
use std::io::{self, IsTerminal as _, Write as _};

/// Logs after which it is said how far the copy is, where no terminal shows each.
const SAY_EVERY: u64 = 1_000;

/// Moves all events from one place to another, empty one, and compares both: events and
/// reservations with their versions, tombstones, remembered ids, and the key that tells a repeated
/// request from another one. Clients that repeat a request with the same id are given the same
/// reservation over the target.
///
/// Stop all servers of both first. A copy that was killed goes on when the same command is run
/// again, and no server starts on a target that is not finished. The source stays as it is; never
/// start a server on it again, or seats are sold in both. The tables of PostgreSQL have to be there
/// (boxoffice-server migrate). tokens.toml and visitors.key are files: copy them yourself. Plans of
/// halls move between two stores; put them again (boxoffice plan put) where a folder is one side.
///
/// --accept-unsafe-store and --redis-wait, before the word copy, are as for a server.
#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// A data folder, or a store like postgres://user:password@host/database, redis://host or
    /// mongodb://host
    #[arg(long, env = "BOXOFFICE_COPY_FROM", hide_env_values = true, value_name = "FOLDER|URL")]
    from: String,

    /// A folder or store that has nothing yet
    #[arg(long, env = "BOXOFFICE_COPY_TO", hide_env_values = true, value_name = "FOLDER|URL")]
    to: String,
}

impl Copy {
    pub(crate) fn run(&self, settings: &Settings) -> anyhow::Result<()> {
        let options = CopyPlaceOptions {
            redis_wait: settings.redis_wait.unwrap_or(0),
            accept_unsafe: settings.accept_unsafe_store,
        };
        let (from, to) =
            (CopyPlace::named(&self.from, options), CopyPlace::named(&self.to, options));
        note(&format!("copying {} to {}", from.label(), to.label()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot reach the stores")?;
        let copied = runtime.block_on(copy(&from, &to, &mut progress()));
        if io::stderr().is_terminal() {
            clear_line();
        }
        let Copied { logs, batches, snapshots } = copied?;
        note("source and target were compared, and are the same");
        Ok(say(&format!(
            "copied {logs} logs: {snapshots} states and {batches} batches of changes"
        ))?)
    }
}

/// Shows how far it is.
fn progress() -> impl FnMut(&Copied) + Send {
    let (is_watched, mut said) = (io::stderr().is_terminal(), 0);
    move |copied| {
        let Copied { logs, batches, snapshots } = copied;
        let text = format!("{logs} logs, {snapshots} states, {batches} batches of changes");
        if is_watched {
            clear_line();
            // A lost progress line is of no consequence.
            write!(io::stderr(), "copying: {text}").ok();
        } else if *logs >= said + SAY_EVERY {
            said = *logs;
            note(&format!("copying: {text}"));
        }
    }
}

fn clear_line() {
    write!(io::stderr(), "\r\x1b[K").ok();
}
