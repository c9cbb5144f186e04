//! The way from a connection to a client that is connected.

use super::connection::{Connection, Trust};
use crate::console::Console;
use crate::failure::Failure;
use crate::help;
use boxoffice_client::{Client, ClientConfig, ClientError, TlsConfig};
use std::io;
use std::time::Duration;
use tokio::time::timeout;

/// The longest attempt to connect.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

impl Connection {
    /// Connects with the wish for `in_flight` requests in flight; 0 is the server's default.
    ///
    /// # Errors
    /// [`Failure`] if the server is not reached, or does not let this client in.
    pub(crate) async fn open(&self, in_flight: u32, console: &Console) -> Result<Client, Failure> {
        let (server, deadline) = (self.server.clone(), self.timeout);
        let config = ClientConfig {
            server: server.clone(),
            tls: tls(&self.trust, console)?,
            token: self.token.clone(),
            in_flight,
            connect_timeout: CONNECT_TIMEOUT.min(deadline),
            deadline,
            ..ClientConfig::default()
        };
        // A busy server is tried again, and the last attempt may begin just before the end.
        let late = |_| ClientError::Unreachable { server, source: io::ErrorKind::TimedOut.into() };
        Ok(timeout(deadline, Client::connect(config)).await.map_err(late)??)
    }
}

fn tls(trust: &Trust, console: &Console) -> Result<Option<TlsConfig>, Failure> {
    Ok(match trust {
        Trust::Plain => None,
        Trust::System => Some(TlsConfig::system()?),
        Trust::Authorities(file) => Some(TlsConfig::authorities_in(file)?),
        Trust::Anyone => {
            console.note(help::INSECURE);
            Some(TlsConfig::insecure())
        }
    })
}
