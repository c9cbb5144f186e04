//! The opening of a server's store: its events, and a clock that goes on from them.

use crate::auth::VisitorKeys;
use crate::catalog::Recovery;
use crate::clock::{Clock, Stopwatch};
use crate::cluster::{ClusterSecret, Joined, Joining, Routing, join};
use crate::config::{Config, ConfigError, FolderOptions, StoreChoice};
use crate::dependencies::Dependencies;
use crate::engines::{self, EngineError, OpenedEngine};
use crate::ledger::{Committing, DataFolder, FolderError, Ledger};
use crate::randomness::Randomness;
use crate::reports::{Reports, ReportsTarget};
use crate::sockets;
use crate::start_error::StartError;
use boxoffice_journal::disk::RealDisk;
use boxoffice_protocol::time::Timestamp;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// A recovered store, and the clock that continues from it.
pub struct Opened {
    pub recovery: Recovery,
    pub ledger: Arc<Ledger>,
    pub clock: Clock,
    /// The keys of visitors' passes.
    pub visitor_keys: VisitorKeys,
    /// The key of fingerprints.
    pub secret: [u8; 16],
    pub randomness: Randomness,
    /// The store that this server shares with others, where it does.
    pub(crate) joined: Option<Joined>,
    /// Rows for reports that it writes of that.
    pub(crate) reports: Option<Reports>,
}

/// A lead over the wall clock that people may wonder about.
const WORTH_A_WARNING: Duration = Duration::from_secs(2);

/// The work that makes changes durable, where there is any.
type Work = Option<Committing<RealDisk>>;

impl Opened {
    /// Opens the store that the configuration names. Blocks.
    pub(crate) fn new(config: &Config, given: Dependencies) -> Result<(Self, Work), StartError> {
        #[cfg(feature = "simulation")]
        if let Some(ledger) = given.ledger.clone() {
            return Self::empty(ledger, given);
        }
        #[cfg(feature = "simulation")]
        if let Some(store) = given.store.clone() {
            let engine = OpenedEngine { store, name: "given", sync: "always".to_owned() };
            return Self::shared(engine, None, config, given);
        }
        match &config.store {
            StoreChoice::Shared(options) => {
                let engine = Handle::current().block_on(engines::open(options))?;
                Self::shared(engine, options.secrets.as_deref(), config, given)
            }
            StoreChoice::Folder(options) => Self::folder(options, config, given),
            StoreChoice::Memory => Self::empty(Arc::new(Ledger::memory()), given),
        }
    }

    fn empty(ledger: Arc<Ledger>, given: Dependencies) -> Result<(Self, Work), StartError> {
        let Dependencies { clock, randomness, .. } = given;
        let secret = randomness.bytes()?;
        let clock = clock.unwrap_or_else(|| Clock::system(Timestamp::default()));
        let recovery = Recovery::empty(randomness.hashing(), &secret);
        let visitor_keys = VisitorKeys::in_memory()?;
        Ok((Self::alone(recovery, ledger, clock, visitor_keys, secret, randomness), None))
    }

    /// What a server that decides alone has opened.
    pub fn alone(
        recovery: Recovery,
        ledger: Arc<Ledger>,
        clock: Clock,
        visitor_keys: VisitorKeys,
        secret: [u8; 16],
        randomness: Randomness,
    ) -> Self {
        Self {
            recovery,
            ledger,
            clock,
            visitor_keys,
            secret,
            randomness,
            joined: None,
            reports: None,
        }
    }

    /// Joins the servers of a store. Has to be called inside the runtime that serves.
    fn shared(
        engine: OpenedEngine,
        secrets: Option<&Path>,
        config: &Config,
        given: Dependencies,
    ) -> Result<(Self, Work), StartError> {
        let Dependencies { clock, randomness, .. } = given;
        let OpenedEngine { store, name, sync } = engine;
        let routing = routing(config)?;
        let joining = join(Joining { store, clock, randomness, routing });
        let (joined, clock, secret) =
            Handle::current().block_on(joining).map_err(EngineError::Store)?;
        let visitor_keys = match secrets {
            Some(folder) => VisitorKeys::of_folder(folder)?,
            None => VisitorKeys::in_memory()?,
        };
        let reports = reports(config, &joined, randomness, &secret)?;
        let (recovery, ledger) = (
            Recovery::empty(randomness.hashing(), &secret),
            Arc::new(Ledger::elsewhere(name, sync)),
        );
        let joined = Some(joined);
        let opened =
            Self { recovery, ledger, clock, visitor_keys, secret, randomness, joined, reports };
        Ok((opened, None))
    }

    fn folder(
        options: &FolderOptions,
        config: &Config,
        given: Dependencies,
    ) -> Result<(Self, Work), StartError> {
        let Dependencies { clock, randomness, .. } = given;
        let began = Stopwatch::start();
        let (folder, recovery) = match recover(options, randomness) {
            Err(error) if error.is_full() && DataFolder::give_up_ballast(options) => {
                tracing::warn!(%error, "the disk is full; trying again with what is kept back");
                recover(options, randomness)?
            }
            recovered => recovered?,
        };
        let recovered = folder.recovered().clone();
        tracing::info!(
            events = recovery.events(),
            in_rows = folder.in_rows(),
            in_journal = recovered.records,
            position = recovered.end.position,
            clean = recovered.clean,
            torn_bytes = recovered.torn.as_ref().map_or(0, |torn| torn.bytes),
            took = ?began.elapsed(),
            "recovered {}", options.path.display()
        );
        if let Some(torn) = &recovered.torn {
            tracing::warn!(
                file = torn.file, offset = torn.offset, bytes = torn.bytes, kept_as = ?torn.kept_as,
                "the last write was torn before it was acknowledged"
            );
        }
        let clock = match clock {
            Some(clock) => clock,
            None => {
                let last_at = folder.last_at();
                let clock = Clock::system(last_at);
                check_clock(&clock, last_at, config.max_clock_jump)?;
                report_ahead(clock.ahead());
                clock
            }
        };
        let secret = folder.secret();
        let (ledger, committing) = folder.into_ledger(clock.clone())?;
        let visitor_keys = VisitorKeys::of_folder(&options.path)?;
        let ledger = Arc::new(ledger);
        let opened = Self::alone(recovery, ledger, clock, visitor_keys, secret, randomness);
        Ok((opened, Some(committing)))
    }
}

/// Opens rows for reports, where the settings say so.
fn reports(
    config: &Config,
    joined: &Joined,
    randomness: Randomness,
    secret: &[u8; 16],
) -> Result<Option<Reports>, StartError> {
    let Some(options) = &config.cluster.reports else { return Ok(None) };
    let store = joined.store();
    let target = match (&options.folder, &config.store) {
        (Some(folder), _) => ReportsTarget::file(folder, randomness.number()?, secret)?,
        #[cfg(feature = "postgres")]
        (None, StoreChoice::Shared(store)) => {
            let address = engines::postgres_address(store)?;
            ReportsTarget::postgres(address, Handle::current(), randomness.number()?)?
        }
        (None, _) => return Ok(None),
    };
    let hints = Handle::current().block_on(store.hints()).map_err(EngineError::Store)?;
    Ok(Some(Reports { store, target, hints, seed: randomness.number()? }))
}

/// Listens to other servers of a shared store, where the settings say so.
fn routing(config: &Config) -> Result<Option<Routing>, StartError> {
    let Some(options) = &config.cluster.routing else { return Ok(None) };
    let secret = ClusterSecret::read(&options.secret).map_err(|why| ConfigError::Value {
        setting: "cluster-secret-file",
        why: why.to_string(),
    })?;
    let secret = Arc::new(secret);
    let setting = "cluster-listen";
    let unavailable = |source| StartError::Listen { address: options.listen, setting, source };
    let listener =
        sockets::bind(options.listen, config.memory.socket_bytes).map_err(unavailable)?;
    let bound = listener.local_addr().map_err(unavailable)?;
    let address = options.address.clone().unwrap_or_else(|| bound.to_string());
    Ok(Some(Routing { listener, address, secret, forwards: options.forwards }))
}

/// Recovers a data folder.
fn recover(
    options: &FolderOptions,
    randomness: Randomness,
) -> Result<(DataFolder, Recovery), FolderError> {
    let mut recovery = Recovery::new(randomness.hashing());
    let folder = DataFolder::open(options.clone(), randomness, &mut recovery)?;
    Ok((folder, recovery))
}

/// Tells of a wall clock that was set back since the last recorded change.
fn report_ahead(ahead: Duration) {
    if ahead >= WORTH_A_WARNING {
        tracing::warn!(
            ?ahead,
            "the last recorded change is later than the wall clock; the server's time goes on from \
             it, at nine tenths of the speed until the wall clock has caught up"
        );
    }
}

/// Refuses a clock that is too far ahead of the last recorded change, if there is one.
fn check_clock(
    clock: &Clock,
    last: Timestamp,
    max_jump: Option<Duration>,
) -> Result<(), StartError> {
    let now = clock.now();
    let ahead = now.since(last);
    if last == Timestamp::default() || max_jump.is_none_or(|most| ahead <= most) {
        return Ok(());
    }
    let readable = |time: Timestamp| {
        let time = i64::try_from(time.as_ms()).ok().map(jiff::Timestamp::from_millisecond);
        time.and_then(Result::ok)
            .map_or_else(|| "beyond the calendar".to_owned(), |time| time.to_string())
    };
    let days = ahead.as_secs() / (24 * 60 * 60);
    Err(StartError::ClockAhead { now: readable(now), last: readable(last), days })
}
