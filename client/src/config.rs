//! What a client is told before it connects.

#[cfg(feature = "tls")]
use crate::tls::TlsConfig;
use boxoffice_protocol::id::{ClientName, Token};
use std::time::Duration;

/// The port that a server listens on unless it is told otherwise.
pub const DEFAULT_SERVER: &str = "127.0.0.1:7117";

/// How to reach a server, and how long to try.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Host and port: `127.0.0.1:7117`, `tickets.example.org:7117`, `[::1]:7117`.
    pub server: String,
    /// How connections are encrypted; not at all if left out.
    #[cfg(feature = "tls")]
    pub tls: Option<TlsConfig>,
    /// What the client calls itself in the server's log.
    pub client_name: ClientName,
    /// Who is asking, where the server wants to know.
    pub token: Option<Token>,
    /// How many requests it would like to have in flight; 0 for the server's default. The server
    /// decides: see [`Welcome::in_flight`](boxoffice_protocol::reply::Welcome::in_flight).
    pub in_flight: u32,
    /// How long one attempt to connect may take, handshake included.
    pub connect_timeout: Duration,
    /// How long a request is tried, counted from its call: over lost connections, unknown
    /// outcomes, servers that restart or are busy. A year at most.
    pub deadline: Duration,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            server: DEFAULT_SERVER.to_owned(),
            #[cfg(feature = "tls")]
            tls: None,
            client_name: ClientName::parse(concat!("boxoffice-client/", env!("CARGO_PKG_VERSION")))
                .expect("the crate's name and version are visible ASCII"),
            token: None,
            in_flight: 0,
            connect_timeout: Duration::from_secs(5),
            deadline: Duration::from_secs(30),
        }
    }
}

/// The longest deadline: adding it to the time can never overflow.
const LONGEST_DEADLINE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl ClientConfig {
    /// The configuration with its deadlines within their bound.
    pub(crate) fn bounded(self) -> Self {
        let deadline = self.deadline.min(LONGEST_DEADLINE);
        Self { deadline, connect_timeout: self.connect_timeout.min(LONGEST_DEADLINE), ..self }
    }

    /// How long a connection that owes an answer may be silent before it is probed, and how long
    /// the probe may stay unanswered: a third of the deadline each, so that the last third is left
    /// for another connection.
    pub(crate) fn silence(&self) -> Duration {
        self.deadline / 3
    }
}
