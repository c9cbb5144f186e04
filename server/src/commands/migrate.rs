//! `boxoffice-server migrate`: makes the tables of a store that several servers share.

use crate::announcement::say;
use anyhow::Context as _;
use boxoffice_server::engines;
use clap::Args;

/// The settings of `migrate`.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The address of the store [default: that of the server's settings]
    #[arg(long, value_name = "URL")]
    store: Option<String>,
}

impl Migrate {
    /// Makes the tables, or brings them to this program's version.
    pub(crate) fn run(&self, settings: Option<&str>) -> anyhow::Result<()> {
        let address = self.store.as_deref().or(settings);
        let address = address.context("which store? boxoffice-server migrate --store URL")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.context("cannot reach the store")?;
        let done = runtime.block_on(engines::migrate(address))?;
        Ok(say(&done)?)
    }
}
