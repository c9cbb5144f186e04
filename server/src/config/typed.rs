//! The settings as they are typed: on the command line, in the environment, in a file.

use super::error::ConfigError;
use super::host_name::HostName;
use super::log::LogSetting;
use super::values::{ByteCount, HttpListen, Span, SyncPolicy};
use super::web_origin::WebOrigin;
use clap::Args;
use clap::builder::{BoolishValueParser, FalseyValueParser};
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

/// The settings as they are typed. Names in the file are the flags' names with underscores.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen for the binary protocol; port 0 picks a free one [default: 127.0.0.1:7117]
    #[arg(long, env = "BOXOFFICE_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,

    /// Where to listen for HTTP, or off [default: 127.0.0.1:7118; a free port if --listen has
    /// port 0]
    #[arg(long, env = "BOXOFFICE_HTTP_LISTEN", value_name = "ADDRESS:PORT")]
    pub http_listen: Option<HttpListen>,

    /// Names under which a browser may reach the server, besides localhost and its addresses, while
    /// no tokens are in use. Every browser that reaches it by them may then do everything: where
    /// that are others than yours, behind a proxy say, create a token instead; with tokens the
    /// server answers to every name
    #[arg(long, env = "BOXOFFICE_HTTP_HOSTS", value_name = "NAME", value_delimiter = ',')]
    pub http_hosts: Option<Vec<HostName>>,

    /// Origins whose pages may use the API (CORS), each a scheme and a host [default: none]
    #[arg(long, env = "BOXOFFICE_HTTP_ORIGINS", value_name = "ORIGIN", value_delimiter = ',')]
    pub http_origins: Option<Vec<WebOrigin>>,

    /// Whether visitors of the page for browsers may look and book without a token, each as a
    /// customer made up for the browser [default: yes, until tokens are in use]
    #[arg(long, env = "BOXOFFICE_VISITORS", value_name = "YES|NO",
        value_parser = BoolishValueParser::new())]
    pub visitors: Option<bool>,

    /// How many places a second visitors at one address may hold or reserve, extensions included;
    /// those of half a minute may come at once. Behind a proxy that is not named by --trusted-proxy
    /// all visitors have its address [default: 2]
    #[arg(long, env = "BOXOFFICE_VISITOR_PACE", value_name = "N")]
    pub visitor_pace: Option<NonZeroU32>,

    /// How many places visitors at one address may have in one event at once, held and those that
    /// were confirmed within a day [default: 100]
    #[arg(long, env = "BOXOFFICE_VISITOR_PLACES", value_name = "N")]
    pub visitor_places: Option<NonZeroU32>,

    /// The longest hold of a visitor [default: 2m]
    #[arg(long, env = "BOXOFFICE_VISITOR_HOLD_MAX", value_name = "TIME")]
    pub visitor_hold_max: Option<Span>,

    /// How long a hold of a visitor can live with all its extensions [default: 10m]
    #[arg(long, env = "BOXOFFICE_VISITOR_HOLD_LIFE", value_name = "TIME")]
    pub visitor_hold_life: Option<Span>,

    /// Speak TLS, and nothing else, with this certificate: a PEM file, the server's certificate
    /// first, then those that signed it. SIGHUP reads it again
    #[arg(long, env = "BOXOFFICE_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// The certificate's private key, a PEM file that only the server can read
    #[arg(long, env = "BOXOFFICE_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// The folder that keeps everything; created if its parent is there [default: ./boxoffice-data]
    #[arg(long, env = "BOXOFFICE_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,

    /// Keep everything in memory only: it is gone when the server ends
    #[arg(long, env = "BOXOFFICE_MEMORY", value_parser = FalseyValueParser::new(),
        conflicts_with = "data")]
    pub memory: bool,

    /// The store that several servers share, like postgres://user:password@host/database, instead of a
    /// folder of this server's own; `boxoffice-server migrate` makes its tables. Then --data names the
    /// folder with tokens.toml and visitors.key, of which every server is given a copy
    #[arg(
        long,
        env = "BOXOFFICE_STORE",
        value_name = "URL",
        hide_env_values = true,
        conflicts_with = "memory"
    )]
    pub store: Option<String>,

    /// The file of tokens, each with its role; see `boxoffice-server token`. Once it is named, or
    /// exists, or BOXOFFICE_TOKENS is set, every connection needs a token [default: tokens.toml in
    /// the data folder]
    #[arg(long, env = "BOXOFFICE_TOKENS_FILE", value_name = "FILE")]
    pub tokens: Option<PathBuf>,

    /// The value of `BOXOFFICE_TOKENS`: tokens that are in no file.
    #[arg(skip)]
    #[serde(skip)]
    pub tokens_in_environment: Option<String>,

    /// The folder that backups are made in, which must be there; without it none are
    #[arg(long, env = "BOXOFFICE_BACKUP_DIR", value_name = "FOLDER")]
    pub backup_dir: Option<PathBuf>,

    /// When a change counts as durable: always (synced before it is answered), or, which is not
    /// the promise, a time like 10ms, or never [default: always]
    #[arg(long, env = "BOXOFFICE_SYNC", value_name = "WHEN")]
    pub sync: Option<SyncPolicy>,

    /// Megabytes of a journal segment, 9 to 1024 [default: 64]
    #[arg(long, env = "BOXOFFICE_SEGMENT_MB", value_name = "MB")]
    pub segment_mb: Option<u64>,

    /// Megabytes of the journal that boxoffice.db may be behind: beyond half of it answers are
    /// slowed down, beyond all of it new reservations refused [default: 2048]
    #[arg(long, env = "BOXOFFICE_BACKLOG_MB", value_name = "MB")]
    pub backlog_mb: Option<u64>,

    /// Start although other users can look into the data folder
    #[arg(long, env = "BOXOFFICE_ACCEPT_OPEN_FOLDER", value_parser = FalseyValueParser::new())]
    pub accept_open_folder: bool,

    /// Start although settings of the shared store's engine can lose what was acknowledged
    #[arg(long, env = "BOXOFFICE_ACCEPT_UNSAFE_STORE", value_parser = FalseyValueParser::new())]
    pub accept_unsafe_store: bool,

    /// Replicas of Redis that have to have each change before it counts; without any, a failover can
    /// lose what was acknowledged [default: 0]
    #[arg(long, env = "BOXOFFICE_REDIS_WAIT", value_name = "N")]
    pub redis_wait: Option<usize>,

    /// How long a request waits for the shared store, before the client is told that the outcome is
    /// unknown, or that the store does not answer [default: 5s]
    #[arg(long, env = "BOXOFFICE_STORE_TIMEOUT", value_name = "TIME")]
    pub store_timeout: Option<Span>,

    /// Have this server write what the shared store has as rows that any SQL client can query: into the
    /// schema boxoffice of a PostgreSQL database, otherwise into reports.db in the folder of --data
    #[arg(long, env = "BOXOFFICE_ROWS", value_parser = FalseyValueParser::new())]
    pub rows: bool,

    /// Bytes that events of the shared store may take in this server's memory, like 512M or 4G; above
    /// them those are unloaded that were used least lately, until they are asked for [default: 4G]
    #[arg(long, env = "BOXOFFICE_EVENT_MEMORY", value_name = "BYTES")]
    pub event_memory: Option<ByteCount>,

    /// Where other servers of the shared store connect, to forward requests to the server that an event
    /// prefers; in a private network, as what they send is authenticated and not encrypted
    /// [default: nowhere, so that each decides what it is asked]
    #[arg(long, env = "BOXOFFICE_CLUSTER_LISTEN", value_name = "ADDRESS:PORT")]
    pub cluster_listen: Option<SocketAddr>,

    /// The name and port by which other servers reach --cluster-listen [default: that address]
    #[arg(long, env = "BOXOFFICE_CLUSTER_ADDRESS", value_name = "HOST:PORT")]
    pub cluster_address: Option<String>,

    /// The file of a secret that all servers are given, of at least 32 characters, like that of
    /// `openssl rand -hex 32`; by it they know each other
    #[arg(long, env = "BOXOFFICE_CLUSTER_SECRET_FILE", value_name = "FILE")]
    pub cluster_secret_file: Option<PathBuf>,

    /// Whether this server forwards requests [default: on where --cluster-listen is given]
    #[arg(long, env = "BOXOFFICE_ROUTING", value_name = "ON|OFF",
        value_parser = BoolishValueParser::new())]
    pub routing: Option<bool>,

    /// Start although the wall clock is more than 30 days ahead of the last recorded change
    #[arg(long, env = "BOXOFFICE_ACCEPT_CLOCK", value_parser = FalseyValueParser::new())]
    pub accept_clock: bool,

    /// Where operators reach /healthz, /readyz and /metrics over HTTP whatever happens at the other
    /// addresses; port 0 picks a free one [default: nowhere of their own]
    #[arg(long, env = "BOXOFFICE_OPERATOR_LISTEN", value_name = "ADDRESS:PORT")]
    pub operator_listen: Option<SocketAddr>,

    /// An HTTP proxy in front of this server, by its address; may be given several times. What it
    /// says of its clients in Forwarded or X-Forwarded-For is believed, and no other word
    #[arg(long, env = "BOXOFFICE_TRUSTED_PROXY", value_name = "ADDRESS", value_delimiter = ',')]
    pub trusted_proxy: Option<Vec<IpAddr>>,

    /// How many connections are served at once; one more is told Busy, unless another client has
    /// many: then that one loses one [default: 10000]
    #[arg(long, env = "BOXOFFICE_MAX_CONNECTIONS", value_name = "N")]
    pub max_connections: Option<usize>,

    /// The same for HTTP connections [default: 8000]
    #[arg(long, env = "BOXOFFICE_HTTP_MAX_CONNECTIONS", value_name = "N")]
    pub http_max_connections: Option<usize>,

    /// How many connections of each port may be open, besides those, of clients that have sent no
    /// `Hello` or request yet; then the oldest of the address with most of them ends [default: an eighth of the
    /// connections, at least 16 and at most 512]
    #[arg(long, env = "BOXOFFICE_MAX_UNKNOWN_CONNECTIONS", value_name = "N")]
    pub max_unknown_connections: Option<usize>,

    /// How many connections of each port one token may have, or one address without a token
    /// [default: all that no other wants]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_CONNECTIONS", value_name = "N")]
    pub max_principal_connections: Option<usize>,

    /// How many connections of each port are kept for admins [default: an eighth of the connections,
    /// at most 16]
    #[arg(long, env = "BOXOFFICE_OPERATOR_RESERVE", value_name = "N")]
    pub operator_reserve: Option<usize>,

    /// How many streams of server-sent events are served at once; one more is told to try later
    /// [default: 7000]
    #[arg(long, env = "BOXOFFICE_MAX_STREAMS", value_name = "N")]
    pub max_streams: Option<usize>,

    /// How many of them one event may have [default: all of them]
    #[arg(long, env = "BOXOFFICE_MAX_EVENT_STREAMS", value_name = "N")]
    pub max_event_streams: Option<usize>,

    /// How many of them one token may have, or one address without a token [default: all that no
    /// other wants]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_STREAMS", value_name = "N")]
    pub max_principal_streams: Option<usize>,

    /// How many watches all connections may have; one more is refused, unless another client has many:
    /// then that one loses one [default: 64 for each of --max-connections]
    #[arg(long, env = "BOXOFFICE_MAX_WATCHES", value_name = "N")]
    pub max_watches: Option<usize>,

    /// How many of them one token may have, or one address without a token [default: all that no
    /// other wants]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_WATCHES", value_name = "N")]
    pub max_principal_watches: Option<usize>,

    /// How many requests in flight clients may ask for together, beyond the 128 that each connection
    /// may have [default: 1000000]
    #[arg(long, env = "BOXOFFICE_MAX_IN_FLIGHT", value_name = "N")]
    pub max_in_flight: Option<usize>,

    /// How many of them one token may have, or one address without a token [default: all that no
    /// other wants]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_IN_FLIGHT", value_name = "N")]
    pub max_principal_in_flight: Option<usize>,

    /// How many events there may be, deleted ones included [default: 1000000]
    #[arg(long, env = "BOXOFFICE_MAX_EVENTS", value_name = "N")]
    pub max_events: Option<usize>,

    /// How many reservations may be in memory; ended ones are for a day. Visitors may fill half of
    /// it, customers' tokens three quarters, agents all but a sixteenth; no single customer or token
    /// can fill its part [default: 20000000]
    #[arg(long, env = "BOXOFFICE_MAX_RESERVATIONS", value_name = "N")]
    pub max_reservations: Option<u64>,

    /// How many of them one token that is no admin's, and one customer, may have made within 30 h;
    /// beyond them new ones are refused [default: a customer as many as there is still room for, an
    /// agent seven times as many]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_RESERVATIONS", value_name = "N")]
    pub max_principal_reservations: Option<u64>,

    /// How many places of one event a customer with a token may have whatever is left, held and
    /// confirmed; it may have as many as are still free if that is more [default: 100]
    #[arg(long, env = "BOXOFFICE_CUSTOMER_PLACES", value_name = "N")]
    pub customer_places: Option<u32>,

    /// How many seats all events may have together [default: 50000000]
    #[arg(long, env = "BOXOFFICE_MAX_SEATS", value_name = "N")]
    pub max_seats: Option<u64>,

    /// How long a hold lasts that names no time [default: 2m]
    #[arg(long, env = "BOXOFFICE_HOLD_DEFAULT", value_name = "TIME")]
    pub hold_default: Option<Span>,

    /// The shortest hold [default: 1s]
    #[arg(long, env = "BOXOFFICE_HOLD_MIN", value_name = "TIME")]
    pub hold_min: Option<Span>,

    /// The longest hold, and the furthest that one extension reaches [default: 30m]
    #[arg(long, env = "BOXOFFICE_HOLD_MAX", value_name = "TIME")]
    pub hold_max: Option<Span>,

    /// How long a hold can live with all its extensions [default: 2h]
    #[arg(long, env = "BOXOFFICE_HOLD_LIFE", value_name = "TIME")]
    pub hold_life: Option<Span>,

    /// The longest hold of an agent or an admin, where that is more than --hold-max. It never passes the
    /// event's start [default: 60d]
    #[arg(long, env = "BOXOFFICE_AGENT_HOLD_MAX", value_name = "TIME")]
    pub agent_hold_max: Option<Span>,

    /// How long a hold of an agent or an admin can live with all its extensions [default: 60d]
    #[arg(long, env = "BOXOFFICE_AGENT_HOLD_LIFE", value_name = "TIME")]
    pub agent_hold_life: Option<Span>,

    /// How old a cached view may be when its event has changed; 0 turns that off [default: 100ms]
    #[arg(long, env = "BOXOFFICE_VIEWS_MAX_AGE", value_name = "TIME")]
    pub views_max_age: Option<Span>,

    /// Megabytes for cached views [default: 256]
    #[arg(long, env = "BOXOFFICE_VIEWS_MB", value_name = "MB")]
    pub views_mb: Option<u64>,

    /// How long a new connection may take to say Hello, its TLS handshake included, or to begin its
    /// HTTP request [default: 5s]
    #[arg(long, env = "BOXOFFICE_HANDSHAKE_TIMEOUT", value_name = "TIME")]
    pub handshake_timeout: Option<Span>,

    /// How long a frame, an HTTP request's head, or its body may take from its first byte to its
    /// last [default: 10s]
    #[arg(long, env = "BOXOFFICE_FRAME_TIMEOUT", value_name = "TIME")]
    pub frame_timeout: Option<Span>,

    /// How long a connection may ask nothing; watchers may for ever [default: 60s]
    #[arg(long, env = "BOXOFFICE_IDLE_TIMEOUT", value_name = "TIME")]
    pub idle_timeout: Option<Span>,

    /// How long a client may leave its replies unread [default: 10s]
    #[arg(long, env = "BOXOFFICE_WRITE_TIMEOUT", value_name = "TIME")]
    pub write_timeout: Option<Span>,

    /// How long a peer that is silently gone is believed to be there [default: 60s]
    #[arg(long, env = "BOXOFFICE_PEER_TIMEOUT", value_name = "TIME")]
    pub peer_timeout: Option<Span>,

    /// How long connections may take to end when the server stops [default: 10s]
    #[arg(long, env = "BOXOFFICE_DRAIN_TIMEOUT", value_name = "TIME")]
    pub drain_timeout: Option<Span>,

    /// Kilobytes of unsent replies at which a connection is no longer read [default: 256]
    #[arg(long, env = "BOXOFFICE_OUTPUT_KB", value_name = "KB")]
    pub output_kb: Option<usize>,

    /// Kilobytes that the kernel buffers of a connection in each direction, at least 64; Linux takes up
    /// to twice as much memory for them [default: 64]
    #[arg(long, env = "BOXOFFICE_SOCKET_KB", value_name = "KB")]
    pub socket_kb: Option<u32>,

    /// Megabytes that clients may leave unread, of all connections together, in the server and in the
    /// kernel; beyond them the connection with most is closed, of the principal with most
    /// [default: 512]
    #[arg(long, env = "BOXOFFICE_UNSENT_MB", value_name = "MB")]
    pub unsent_mb: Option<usize>,

    /// How many of them one token may have, or one address without a token [default: all that no
    /// other wants]
    #[arg(long, env = "BOXOFFICE_MAX_PRINCIPAL_UNSENT_MB", value_name = "MB")]
    pub max_principal_unsent_mb: Option<usize>,

    /// Threads that serve connections: one commits as well, in turns; with more, that has a
    /// thread of its own [default: 1]
    #[arg(long, env = "BOXOFFICE_THREADS", value_name = "N")]
    pub threads: Option<usize>,

    /// What to log on stderr: error, warn, info, debug, or a tracing filter; behind `json` and a
    /// comma, as a JSON object a line [default: info; that of json: json,info]
    #[arg(long, env = "BOXOFFICE_LOG", value_name = "[json,]FILTER")]
    pub log: Option<LogSetting>,
}

impl Settings {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// [`ConfigError`] names the file, and the line that is wrong.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}
