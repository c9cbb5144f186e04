//! The settings, resolved: every one has a value, and they fit together.

use super::catalog_limits::{CatalogLimits, HoldTimes};
use super::cluster_options::ClusterOptions;
use super::connection_memory::ConnectionMemory;
use super::connection_shares::{ConnectionShares, OPERATORS};
use super::error::ConfigError;
use super::host_name::HostName;
use super::secrets::{TlsFiles, TokenSettings, TokensPlace};
use super::shared_bound::SharedBound;
use super::store::StoreChoice;
use super::typed::Settings;
use super::values::{HttpListen, Span};
use super::web_origin::WebOrigin;
use boxoffice_inventory::HoldRules;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Where HTTP is where nothing else is said.
const HTTP_PORT: u16 = 7118;

/// A wall clock that is further ahead is more likely wrong than right: every hold would expire.
const MAX_CLOCK_JUMP: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Places that visitors at one address have in one event: more than an office books at once.
const VISITOR_PLACES: NonZeroU32 = NonZeroU32::new(100).expect("it is more than nothing");

/// Places a second for visitors at one address: more than a family or an office wants, and so few
/// that the reservations of a day, for which ended ones are remembered, are less than a hundredth of
/// those that there may be.
const VISITOR_PACE: NonZeroU32 = NonZeroU32::new(2).expect("it is more than nothing");

/// More than any machine has ports and memory for.
const MOST_CONNECTIONS: usize = 1_000_000;

/// How long a stream may have nothing to tell before it says that it is still there: what is
/// between a server and its clients closes connections that are silent, most of it not within half
/// a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Changes of an event that a watcher may be behind, at a few dozen bytes each.
const WATCH_LAG: usize = 1_024;

/// A year: longer deadlines mean for ever, and overflow.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// How long a hold of an agent lasts, with all extensions.
const LONGEST_HOLD: Duration = Duration::from_secs(60 * 24 * 60 * 60);

/// How many streams there may be.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    pub all: usize,
    pub of_one_event: usize,
    /// The most that one principal may have.
    pub of_one_principal: usize,
    /// How long a stream may have nothing to tell before it says that it is still there.
    pub keep_alive: Duration,
}

/// The settings, resolved: every one has a value, and they fit together.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen; port 0 picks one.
    pub listen: SocketAddr,
    /// Where to listen for HTTP; port 0 picks one; nowhere if left out.
    pub http_listen: Option<SocketAddr>,
    /// Hosts that browsers may ask besides this machine, where no tokens are wanted.
    pub http_hosts: Vec<HostName>,
    /// Origins whose pages may use the API.
    pub http_origins: Vec<WebOrigin>,
    /// Whether visitors of the page for browsers need no token; if left out, until tokens are in
    /// use.
    pub visitors: Option<bool>,
    /// Places a second that visitors at one address may take.
    pub visitor_pace: NonZeroU32,
    /// Places that visitors at one address may have in one event.
    pub visitor_places: NonZeroU32,
    /// The certificate and key that encrypt every connection; none are encrypted if left out.
    pub tls: Option<TlsFiles>,
    /// Threads that serve connections. One commits as well, in turns; with more the committer has a
    /// thread of its own.
    pub threads: usize,
    /// Where operators ask over HTTP how the server does; port 0 picks one; nowhere if left out.
    pub operator_listen: Option<SocketAddr>,
    /// Proxies whose word on their clients' addresses is believed.
    pub trusted_proxies: Vec<IpAddr>,
    pub max_connections: usize,
    /// HTTP connections at once.
    pub http_max_connections: usize,
    /// How connections are shared.
    pub shares: ConnectionShares,
    pub streams: StreamLimits,
    /// Watches of all connections of the binary protocol.
    pub watches: SharedBound,
    /// Requests in flight of all connections, beyond those that each may have.
    pub in_flight: SharedBound,
    /// Bounds on what the catalog holds.
    pub limits: CatalogLimits,
    pub holds: HoldRules,
    /// How old a cached view may be.
    pub views_max_age: Duration,
    /// Bytes for cached views.
    pub views_bytes: u64,
    /// From connecting to `Hello`, or to an HTTP request's first byte.
    pub handshake_timeout: Duration,
    /// From the first byte to the last of a frame, of an HTTP request's head, and of its body.
    pub frame_timeout: Duration,
    /// Without a request, for a connection that watches nothing.
    pub idle_timeout: Duration,
    /// Without the client reading.
    pub write_timeout: Duration,
    /// Without a sign of life from a peer's kernel.
    pub peer_timeout: Duration,
    /// For connections to end when the server stops.
    pub drain_timeout: Duration,
    /// Unsent bytes at which a connection is no longer read.
    pub output_bytes: usize,
    /// What clients can make connections take.
    pub memory: ConnectionMemory,
    /// Where changes become durable.
    pub store: StoreChoice,
    /// For an engine that several servers share to answer.
    pub store_timeout: Duration,
    /// How this server takes part where several share a store.
    pub cluster: ClusterOptions,
    /// Where tokens come from.
    pub tokens: TokenSettings,
    /// Where backups are made; none are if left out.
    pub backup_dir: Option<PathBuf>,
    /// How far the wall clock may be ahead of the last recorded change at start; as far as it
    /// likes if left out.
    pub max_clock_jump: Option<Duration>,
}

impl Default for Config {
    /// The defaults, but in memory.
    fn default() -> Self {
        let settings = Settings { memory: true, ..Settings::default() };
        Self::resolve(&settings).expect("the defaults fit together")
    }
}

fn stream_limits(settings: &Settings) -> StreamLimits {
    let all = settings.max_streams.unwrap_or(7_000);
    let of_one_event = settings.max_event_streams.unwrap_or(all);
    let of_one_principal = settings.max_principal_streams.unwrap_or(all);
    StreamLimits { all, of_one_event, of_one_principal, keep_alive: KEEP_ALIVE }
}

fn agent_holds(settings: &Settings) -> HoldTimes {
    let [max, life] = [settings.agent_hold_max, settings.agent_hold_life]
        .map(|typed| typed.map_or(LONGEST_HOLD, |span| span.0));
    HoldTimes { max, life }
}

/// With a port for the binary protocol that the system picks, HTTP has no fixed one either.
fn http_listen(typed: Option<HttpListen>, listen: SocketAddr) -> Option<SocketAddr> {
    match typed {
        Some(HttpListen::Off) => None,
        Some(HttpListen::At(address)) => Some(address),
        None if listen.port() == 0 => Some(SocketAddr::from(([127, 0, 0, 1], 0))),
        None => Some(SocketAddr::from(([127, 0, 0, 1], HTTP_PORT))),
    }
}

impl Config {
    /// Resolves settings.
    ///
    /// # Errors
    /// [`ConfigError`] says which settings do not fit together.
    pub fn resolve(settings: &Settings) -> Result<Self, ConfigError> {
        let span = |typed: Option<Span>, default_ms| {
            typed.map_or(Duration::from_millis(default_ms), |span| span.0)
        };
        let listen = settings.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 7117)));
        let max_connections = settings.max_connections.unwrap_or(10_000);
        let config = Self {
            listen,
            http_listen: http_listen(settings.http_listen, listen),
            http_hosts: settings.http_hosts.clone().unwrap_or_default(),
            http_origins: settings.http_origins.clone().unwrap_or_default(),
            visitors: settings.visitors,
            visitor_pace: settings.visitor_pace.unwrap_or(VISITOR_PACE),
            visitor_places: settings.visitor_places.unwrap_or(VISITOR_PLACES),
            tls: TlsFiles::typed(settings)?,
            threads: settings.threads.unwrap_or(1).max(1),
            operator_listen: settings.operator_listen,
            trusted_proxies: settings.trusted_proxy.clone().unwrap_or_default(),
            max_connections,
            http_max_connections: settings.http_max_connections.unwrap_or(8_000),
            shares: ConnectionShares::typed(settings),
            streams: stream_limits(settings),
            watches: SharedBound::watches(settings, max_connections),
            in_flight: SharedBound::in_flight(settings),
            limits: CatalogLimits {
                events: settings.max_events.unwrap_or(1_000_000),
                reservations: settings.max_reservations.unwrap_or(20_000_000),
                customer_places: settings.customer_places.unwrap_or(100),
                principal_reservations: settings.max_principal_reservations.unwrap_or(u64::MAX),
                seats: settings.max_seats.unwrap_or(50_000_000),
                watch_lag: WATCH_LAG,
                visitor_holds: HoldTimes {
                    max: span(settings.visitor_hold_max, 120_000),
                    life: span(settings.visitor_hold_life, 600_000),
                },
                agent_holds: agent_holds(settings),
            },
            holds: HoldRules {
                default: span(settings.hold_default, 120_000),
                min: span(settings.hold_min, 1_000),
                max: span(settings.hold_max, 1_800_000),
                life: span(settings.hold_life, 7_200_000),
                assured_places: None,
                one_seat_a_text: false,
                window: false,
                sees_drafts: true,
            },
            views_max_age: span(settings.views_max_age, 100),
            views_bytes: settings.views_mb.unwrap_or(256).saturating_mul(1 << 20),
            handshake_timeout: span(settings.handshake_timeout, 5_000),
            frame_timeout: span(settings.frame_timeout, 10_000),
            idle_timeout: span(settings.idle_timeout, 60_000),
            write_timeout: span(settings.write_timeout, 10_000),
            peer_timeout: span(settings.peer_timeout, 60_000),
            drain_timeout: span(settings.drain_timeout, 10_000),
            output_bytes: settings.output_kb.unwrap_or(256).saturating_mul(1 << 10),
            memory: ConnectionMemory::typed(settings)?,
            store: StoreChoice::typed(settings)?,
            store_timeout: span(settings.store_timeout, 5_000),
            cluster: ClusterOptions::typed(settings)?,
            tokens: TokenSettings {
                place: TokensPlace::typed(settings),
                in_environment: settings.tokens_in_environment.clone(),
            },
            backup_dir: settings.backup_dir.clone(),
            max_clock_jump: (!settings.accept_clock).then_some(MAX_CLOCK_JUMP),
        };
        config.check()?;
        Ok(config)
    }

    /// Connections that may be open besides those that are admitted: unknown ones, and those of the
    /// operators' port.
    pub fn further_connections(&self) -> usize {
        let http = self.http_listen.map_or(0, |_| self.shares.unknown(self.http_max_connections));
        let operators = self.operator_listen.map_or(0, |_| 2 * OPERATORS);
        self.shares.unknown(self.max_connections) + http + operators
    }

    /// Whether an address is that of a proxy whose word on its clients' addresses is believed.
    pub(crate) fn is_trusted_proxy(&self, address: IpAddr) -> bool {
        let same = |proxy: &IpAddr| proxy.to_canonical() == address.to_canonical();
        self.trusted_proxies.iter().any(same)
    }

    fn check(&self) -> Result<(), ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        let HoldRules { default, min, max, life, .. } = self.holds;
        for (name, connections) in [
            ("max-connections", self.max_connections),
            ("http-max-connections", self.http_max_connections),
        ] {
            if connections == 0 {
                return wrong(&format!("{name} must be at least 1"));
            }
            if connections > MOST_CONNECTIONS {
                return wrong(&format!("{name} must be at most {MOST_CONNECTIONS}"));
            }
        }
        self.shares.check([self.max_connections, self.http_max_connections])?;
        let timeouts = [
            self.handshake_timeout,
            self.frame_timeout,
            self.idle_timeout,
            self.write_timeout,
            self.peer_timeout,
            self.drain_timeout,
            self.store_timeout,
        ];
        if timeouts.iter().any(|timeout| *timeout > LONGEST_TIMEOUT) {
            return wrong("a timeout must be at most 8760h");
        }
        if self.output_bytes == 0 {
            return wrong("output-kb must be at least 1");
        }
        if self.store_timeout.is_zero() {
            return wrong("store-timeout must be more than 0");
        }
        match self.store {
            StoreChoice::Memory if self.backup_dir.is_some() => {
                return wrong("backup-dir needs a data folder to back up; leave out memory");
            }
            StoreChoice::Shared(_) if self.backup_dir.is_some() => {
                return wrong("backup-dir needs a data folder; back a store up by its own means");
            }
            _ => {}
        }
        if min.is_zero() || !(min <= default && default <= max && max <= life) {
            return wrong(
                "hold times must be 0 < hold-min <= hold-default <= hold-max <= hold-life",
            );
        }
        let visitors = self.limits.visitor_holds;
        if visitors.max > visitors.life {
            return wrong("visitor-hold-life must be at least visitor-hold-max");
        }
        let agents = self.limits.agent_holds;
        if agents.max > agents.life || agents.life > LONGEST_HOLD {
            return wrong("hold times must be agent-hold-max <= agent-hold-life <= 60d");
        }
        if life > Duration::from_secs(24 * 60 * 60) {
            return wrong("hold-life must be at most 24h");
        }
        Ok(())
    }
}
