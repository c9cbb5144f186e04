//! A ticket reservation server that never sells a seat twice and never loses what it acknowledged.
//!
//! [`Server::start`] is the whole program but for its command line; tests bind port 0. The way of
//! a request: [`tcp`] reads and decodes it, the [`catalog`] finds the event, the [`inventory`]
//! decides, the [`ledger`] records, the inventory applies, and the reply leaves when its position
//! in the ledger is durable. [`views`] serve what is read often, the [`sweeper`] expires holds.

pub mod catalog;
pub mod clock;
pub mod config;
pub mod descriptors;
pub mod inventory;
pub mod ledger;
pub mod metrics;
mod stats;
mod sweeper;
mod tcp;
pub mod views;

use catalog::{Catalog, Fingerprints};
use clock::{Clock, Stopwatch};
use config::Config;
use ledger::Ledger;
use metrics::Metrics;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use views::Views;

/// Why a server cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; is another server there already?")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The operating system gives no random bytes.
    #[error("the operating system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) views: Views,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) clock: Clock,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) started: Stopwatch,
}

/// A running server. It stops when it is told to, or dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: TaskTracker,
    sweeper: JoinHandle<()>,
}

impl Server {
    /// Starts a server on the current tokio runtime.
    ///
    /// # Errors
    /// [`StartError`] says what is in the way.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let unavailable = |source| StartError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        let shared = Arc::new(Shared::new(config)?);
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(tcp::listen(listener, Arc::clone(&shared), tasks.clone(), stop.clone()));
        let sweeper = tokio::spawn(sweeper::run(
            Arc::clone(&shared.catalog),
            shared.clock.clone(),
            Arc::clone(&shared.metrics),
        ));
        Ok(Self { address, shared, stop, tasks, sweeper })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The events.
    pub fn catalog(&self) -> &Catalog {
        &self.shared.catalog
    }

    /// What it counted.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.metrics
    }

    /// Returns when the ledger has failed, which ends the server's usefulness.
    pub async fn failed(&self) {
        self.shared.ledger.failed().await;
    }

    /// Stops: accepts nobody new, answers what was read, and waits for connections to end, at
    /// most as long as the configuration says.
    pub async fn stop(self) -> Stopped {
        self.stop.cancel();
        self.tasks.close();
        let drained = tokio::time::timeout(self.shared.config.drain_timeout, self.tasks.wait());
        let connections_cut = match drained.await {
            Ok(()) => 0,
            Err(_) => self.shared.metrics.connections.value(),
        };
        Stopped { connections_cut }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
        self.sweeper.abort();
    }
}

/// How a server stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// Connections that were not done in time.
    pub connections_cut: u64,
}

impl Shared {
    fn new(config: Config) -> Result<Self, StartError> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(StartError::Random)?;
        let metrics = Arc::new(Metrics::default());
        let (clock, ledger) = (config.clock.clone(), Arc::clone(&config.ledger));
        let catalog = Catalog::new(
            clock.clone(),
            Arc::clone(&ledger),
            config.holds,
            config.limits,
            Fingerprints::new(key),
        );
        let max_age: Duration = config.views_max_age;
        let views = Views::new(config.views_bytes, max_age, clock.clone(), Arc::clone(&metrics));
        Ok(Self {
            config,
            catalog: Arc::new(catalog),
            views,
            ledger,
            clock,
            metrics,
            started: Stopwatch::start(),
        })
    }
}
