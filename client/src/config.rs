//! The configuration of a client.

#[cfg(feature = "tls")]
use crate::tls::TlsConfig;
use boxoffice_protocol::id::{ClientName, Token};
use std::time::Duration;

/// The default address of a server.
pub const DEFAULT_SERVER: &str = "127.0.0.1:7117";

/// The address of a server, and the deadlines.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// Host and port: `127.0.0.1:7117`, `tickets.example.org:7117`, `[::1]:7117`.
    pub server: String,
    /// TLS settings; plain text without them.
    #[cfg(feature = "tls")]
    pub tls: Option<TlsConfig>,
    /// The client's name in the server's log.
    pub client_name: ClientName,
    /// The token of the principal, for servers that require one.
    pub token: Option<Token>,
    /// The wanted number of requests in flight; 0 for the server's default. The server decides: see
    /// [`Welcome::in_flight`](boxoffice_protocol::reply::Welcome::in_flight).
    pub in_flight: u32,
    /// The longest attempt to connect, handshake included.
    pub connect_timeout: Duration,
    /// The time for a request from its call on, retries included. At most a year.
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

/// Short enough to be added to any time without overflow.
const LONGEST_DEADLINE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl ClientConfig {
    pub(crate) fn bounded(self) -> Self {
        let deadline = self.deadline.min(LONGEST_DEADLINE);
        Self { deadline, connect_timeout: self.connect_timeout.min(LONGEST_DEADLINE), ..self }
    }

    /// The longest silence of a connection that owes a reply, before it is probed and again before it is
    /// given up: a third of the deadline each, which leaves the last third for another connection.
    pub(crate) fn silence(&self) -> Duration {
        self.deadline / 3
    }
}
