//! The state that all connections of a server share.

use crate::admission::{PlacePool, UnsentBytes, UnsentLimits};
use crate::auth::{Sources, TokenRegistry, Tokens, VisitorLimits, Visitors};
use crate::backups::Backups;
use crate::catalog::{Catalog, Fingerprints};
use crate::clock::{Clock, Stopwatch};
use crate::cluster::{Cluster, ClusterBounds, Joined};
use crate::config::Config;
use crate::dependencies::Dependencies;
use crate::fairness::Turns;
use crate::ledger::{Committing, Ledger};
use crate::metrics::Metrics;
use crate::open::Opened;
use crate::plans::Plans;
use crate::reports::ReportsState;
use crate::start_error::StartError;
use crate::tls::Tls;
use crate::views::Views;
use boxoffice_journal::disk::RealDisk;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The parts of a server that exist before it has recovered.
#[derive(Debug, Clone)]
pub struct EarlyState {
    pub metrics: Arc<Metrics>,
    pub turns: Arc<Turns>,
    pub unsent: Arc<UnsentBytes>,
    pub tls: Option<Arc<Tls>>,
    pub tokens: Tokens,
    pub stop: CancellationToken,
}

impl Default for EarlyState {
    fn default() -> Self {
        let metrics = Arc::new(Metrics::default());
        let turns = Arc::new(Turns::new(Arc::clone(&metrics)));
        let unsent = Arc::new(UnsentBytes::new(UnsentLimits::NONE));
        let (tls, tokens, stop) = (None, Tokens::default(), CancellationToken::default());
        Self { metrics, turns, unsent, tls, tokens, stop }
    }
}

impl EarlyState {
    /// Reads the tokens and the TLS identity, and checks that the addresses are safe without a
    /// token.
    pub(crate) fn new(config: &Config) -> Result<Self, StartError> {
        let tokens = Sources::new(&config.tokens)?.load()?;
        let addresses = [Some(config.listen), config.http_listen, config.operator_listen];
        addresses.into_iter().flatten().try_for_each(|address| tokens.may_listen(address))?;
        let tls = config.tls.clone().map(Tls::open).transpose()?.map(Arc::new);
        let (all, of_one) = (config.memory.unsent_bytes, config.memory.principal_unsent_bytes);
        let unsent = Arc::new(UnsentBytes::new(UnsentLimits { all, of_one }));
        Ok(Self { tls, tokens, unsent, ..Self::default() })
    }
}

/// The state that all connections of a server share.
#[derive(Debug)]
pub struct ServerState {
    pub(crate) config: Config,
    pub(crate) auth: Arc<TokenRegistry>,
    /// None where connections are not encrypted.
    pub tls: Option<Arc<Tls>>,
    pub catalog: Arc<Catalog>,
    /// The servers that share a store; none where this one decides alone.
    pub(crate) cluster: Option<Arc<Cluster>>,
    /// Rows for reports that this server writes; none where it is not asked for them.
    pub(crate) reports: Option<Arc<ReportsState>>,
    pub(crate) views: Arc<Views>,
    pub ledger: Arc<Ledger>,
    pub(crate) backups: Backups,
    pub(crate) plans: Arc<Plans>,
    pub clock: Clock,
    pub metrics: Arc<Metrics>,
    pub(crate) turns: Arc<Turns>,
    pub(crate) unsent: Arc<UnsentBytes>,
    /// Watches of all connections.
    pub(crate) watches: Arc<PlacePool>,
    /// Requests in flight of all connections, beyond those that each may have.
    pub(crate) in_flight: Arc<PlacePool>,
    pub(crate) started: Stopwatch,
    /// Cancelled when the server stops.
    pub(crate) stop: CancellationToken,
}

impl ServerState {
    /// Opens the store and puts the server together around it. Blocks.
    pub(crate) fn open(
        config: Config,
        given: Dependencies,
        early: EarlyState,
    ) -> Result<(Self, Option<Committing<RealDisk>>), StartError> {
        let (opened, committing) = Opened::new(&config, given)?;
        let shared = Self::new(config, opened, early);
        if let Some(tls) = &shared.tls {
            tls.report(shared.clock.now());
        }
        Ok((shared, committing))
    }

    /// Puts a server together around an opened store.
    pub fn new(config: Config, opened: Opened, early: EarlyState) -> Self {
        let Opened { recovery, ledger, clock, visitor_keys, secret, randomness, .. } = opened;
        let Opened { joined, reports, .. } = opened;
        let EarlyState { metrics, turns, unsent, tls, tokens, stop } = early;
        let (pace, places) = (config.visitor_pace, config.visitor_places);
        let limits = VisitorLimits::new(pace, places, clock.clone());
        let visitors = Visitors::new(visitor_keys, config.visitors, limits, clock.clone());
        let auth = Arc::new(TokenRegistry::new(tokens, visitors, clock.clone()));
        let plans = Arc::clone(recovery.plans());
        let store = joined.as_ref().map(Joined::store);
        let plans = Arc::new(Plans::new(plans, Arc::clone(&ledger), store, clock.clone()));
        let catalog = Catalog::new(
            recovery,
            clock.clone(),
            Arc::clone(&ledger),
            config.holds,
            config.limits,
            Fingerprints::new(secret),
        );
        // Where other servers change events, half of it is the time since the last look.
        let max_age = config.views_max_age / if joined.is_some() { 2 } else { 1 };
        let bytes = config.views_bytes;
        let hashing = randomness.hashing();
        let views = Views::new(bytes, max_age, hashing, clock.clone(), Arc::clone(&metrics));
        let views = Arc::new(views);
        let backups = Backups::open(config.backup_dir.clone(), Arc::clone(&ledger));
        let (catalog, started) = (Arc::new(catalog), Stopwatch::start());
        let cluster = joined.map(|joined| {
            let bounds = ClusterBounds {
                patience: config.store_timeout,
                youth: max_age,
                event_memory: config.cluster.event_memory,
                snapshot_after: config.cluster.snapshot_after,
            };
            let (given, key) = (Arc::clone(&auth), secret);
            let routing = joined.secret();
            let digests = move || {
                let mut digests = given.digests(&key);
                let secret = routing.iter().map(|secret| secret.digest(&key));
                digests.extend(secret.map(|digest| ("cluster-secret-file".to_owned(), digest)));
                digests
            };
            let turns = Arc::clone(&turns);
            let known = (Arc::clone(&catalog), Arc::clone(&plans));
            Cluster::start(joined, known, randomness, bounds, turns, digests)
        });
        let reports = reports.zip(cluster.as_ref()).map(|(it, of)| it.start(of, &clock, &stop));
        let [watches, in_flight] = [config.watches, config.in_flight]
            .map(|bound| PlacePool::new(bound.all, bound.of_one_principal));
        Self {
            config,
            auth,
            tls,
            catalog,
            cluster,
            reports,
            views,
            ledger,
            backups,
            plans,
            clock,
            metrics,
            turns,
            unsent,
            watches,
            in_flight,
            started,
            stop,
        }
    }
}
