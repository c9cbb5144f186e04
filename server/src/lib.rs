//! A ticket reservation server that never sells a seat twice and never loses what it acknowledged.
//!
//! [`Server::start`] is the whole program but for its command line; tests bind port 0. The way of
//! a request: `tcp` reads and decodes it, the [`catalog`] finds the event, the [`inventory`]
//! decides, the [`ledger`] records, the inventory applies, and the reply leaves when its position
//! in the ledger is durable. [`views`] serve what is read often, the `sweeper` expires holds.

pub mod auth;
mod backups;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod descriptors;
mod desk;
mod exposition;
mod guess;
mod http;
pub mod inventory;
pub mod ledger;
pub mod metrics;
mod mutant;
mod open;
mod readiness;
mod serving;
#[cfg(test)]
mod simulation;
mod sockets;
mod stats;
pub mod survey;
mod sweeper;
mod tcp;
pub mod tls;
pub mod views;

use auth::{Auth, Tokens, TokensError, Unprotected, Visitors};
use backups::Backups;
use catalog::{Catalog, Fingerprints};
use clock::{Clock, Stopwatch};
use config::Config;
use ledger::disk::RealDisk;
use ledger::{Committing, FolderError, Ledger};
use metrics::Metrics;
use open::Opened;
use serving::Serving;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
#[doc(hidden)]
pub use tcp::Rehearsal;
use thiserror::Error;
use tls::{Tls, TlsError};
use tokio_util::sync::CancellationToken;
use views::Views;

/// Why a server cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; is another server there already? \
         --{setting} says where else"
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// The setting that it comes from.
        setting: &'static str,
        /// Why.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Certificate or key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The wall clock is far ahead of what was recorded last.
    #[error(
        "the wall clock says {now}, {days} days after the last recorded change at {last}: every \
         hold would expire. Set the clock, or start with --accept-clock if it is right"
    )]
    ClockAhead {
        /// What the wall clock says.
        now: String,
        /// When something was recorded last.
        last: String,
        /// How far apart they are.
        days: u64,
    },
    /// The tokens cannot be read.
    #[error(transparent)]
    Tokens(#[from] TokensError),
    /// It would let everybody do everything.
    #[error(transparent)]
    Unprotected(#[from] Unprotected),
    /// A part of the server panicked while it started.
    #[error("the server panicked while it started; its message is above")]
    Panicked,
    /// A thread cannot be started.
    #[error("cannot start a thread: {0}")]
    Thread(io::Error),
}

impl StartError {
    /// Whether trying again is of no use before a person has looked.
    pub fn needs_a_person(&self) -> bool {
        match self {
            Self::Folder(error) => error.needs_a_person(),
            Self::ClockAhead { .. } | Self::Tls(_) => true,
            Self::Tokens(_) | Self::Unprotected(_) => true,
            Self::Listen { .. } | Self::Random(_) | Self::Panicked | Self::Thread(_) => false,
        }
    }
}

/// What a server has before it has recovered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outset {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) tokens: Tokens,
    /// Cancelled, it stops.
    pub(crate) stop: CancellationToken,
}

impl Outset {
    /// Reads what connections are encrypted with, if they shall be, and who is let in.
    fn new(config: &Config) -> Result<Self, StartError> {
        let tokens = config.tokens.load()?;
        let addresses = [Some(config.listen), config.http_listen].into_iter().flatten();
        addresses.into_iter().try_for_each(|address| tokens.may_listen(address))?;
        let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
        Ok(Self { tls, tokens, ..Self::default() })
    }
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) auth: Arc<Auth>,
    /// What connections are encrypted with, if they are.
    pub(crate) tls: Option<Arc<Tls>>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) views: Views,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) backups: Backups,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) started: Stopwatch,
    /// Cancelled, the server stops.
    pub(crate) stop: CancellationToken,
}

/// A running server, on threads of its own. It stops when it is told to, or dropped.
#[derive(Debug)]
pub struct Server {
    serving: Serving,
}

impl Server {
    /// Starts a server; it listens when this returns.
    ///
    /// # Errors
    /// [`StartError`] says what is in the way.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        Ok(Self { serving: Serving::start(config).await? })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.serving.address
    }

    /// Where it speaks HTTP, if it does.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.serving.http_address
    }

    /// The events.
    pub fn catalog(&self) -> &Catalog {
        &self.serving.shared.catalog
    }

    /// What it counted.
    pub fn metrics(&self) -> &Metrics {
        &self.serving.shared.metrics
    }

    /// Whether it speaks TLS, and nothing else.
    pub fn speaks_tls(&self) -> bool {
        self.serving.shared.tls.is_some()
    }

    /// Reads certificate and key again, where there are any; says whether there are. Connections
    /// that begin from now on are shown the new ones, those that are open go on.
    ///
    /// # Errors
    /// [`TlsError`] says why the new ones cannot be used. The old ones stay.
    pub fn reload_tls(&self) -> Result<bool, TlsError> {
        let Shared { tls: Some(tls), clock, .. } = &*self.serving.shared else { return Ok(false) };
        tls.reload()?;
        tls.report(clock.now());
        Ok(true)
    }

    /// Returns when the ledger has failed, which ends the server's usefulness.
    pub async fn failed(&self) {
        self.serving.shared.ledger.failed().await;
    }

    /// Stops: accepts nobody new, answers what was read, and waits for connections to end, at
    /// most as long as the configuration says.
    pub async fn stop(mut self) -> Stopped {
        self.serving.stop.cancel();
        let stopped = (&mut self.serving.stopped).await;
        stopped.unwrap_or(Stopped { connections_cut: 0, durable: false })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.stop.cancel();
    }
}

/// How a server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were not done in time.
    pub connections_cut: u64,
    /// Whether the ledger was closed in good order.
    pub durable: bool,
}

impl Shared {
    /// Recovers what there is, and everything that is needed to go on. Blocks.
    fn open(
        config: Config,
        outset: Outset,
    ) -> Result<(Self, Option<Committing<RealDisk>>), StartError> {
        let (opened, committing) = Opened::new(&config)?;
        let shared = Self::new(config, opened, outset);
        if let Some(tls) = &shared.tls {
            tls.report(shared.clock.now());
        }
        Ok((shared, committing))
    }

    /// Everything that is needed to go on from what was recovered.
    pub(crate) fn new(config: Config, opened: Opened, outset: Outset) -> Self {
        let Opened { recovery, ledger, clock, secret } = opened;
        let Outset { metrics, tls, tokens, stop } = outset;
        let (let_in, pace) = (config.visitors, config.visitor_pace);
        let visitors = Visitors::new(&secret, let_in, pace, clock.clone());
        let auth = Arc::new(Auth::new(tokens, visitors, clock.clone()));
        let catalog = Catalog::new(
            recovery,
            clock.clone(),
            Arc::clone(&ledger),
            config.holds,
            config.limits,
            Fingerprints::new(secret),
        );
        let (bytes, max_age) = (config.views_bytes, config.views_max_age);
        let views = Views::new(bytes, max_age, clock.clone(), Arc::clone(&metrics));
        let backups = Backups::open(config.backup_dir.clone(), Arc::clone(&ledger));
        let (catalog, started) = (Arc::new(catalog), Stopwatch::start());
        Self { config, auth, tls, catalog, views, ledger, backups, clock, metrics, started, stop }
    }
}
