//! A connection to one server.

use super::address::RedisAddress;
use super::endpoint::Endpoint;
use super::failure::CommandFailure;
use redis::aio::{MultiplexedConnection, PubSub};
use redis::{AsyncConnectionConfig, Pipeline, RedisConnectionInfo, Value};
use rustls::pki_types::ServerName;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

/// A server that has not answered by then is not waited for.
const ANSWER: Duration = Duration::from_secs(15);

/// A connection, used by one request at a time. Nothing is sent a second time by itself: the outcome
/// of what was on its way when it was lost is unknown.
pub(super) struct Link {
    link: MultiplexedConnection,
    task: JoinHandle<()>,
    endpoint: Endpoint,
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Link {
    pub(super) async fn open(
        endpoint: &Endpoint,
        address: &RedisAddress,
    ) -> Result<Self, CommandFailure> {
        Self::log_in(endpoint, address, &address.login).await
    }

    /// Connects without user, password and database, as to a sentinel.
    pub(super) async fn open_plainly(
        endpoint: &Endpoint,
        address: &RedisAddress,
    ) -> Result<Self, CommandFailure> {
        let nobody = RedisConnectionInfo::default().set_skip_set_lib_name();
        Self::log_in(endpoint, address, &nobody).await
    }

    async fn log_in(
        endpoint: &Endpoint,
        address: &RedisAddress,
        login: &RedisConnectionInfo,
    ) -> Result<Self, CommandFailure> {
        let stream = connect(endpoint, address).await?;
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(ANSWER));
        let link = MultiplexedConnection::new_with_config(login, stream, config).await;
        let (link, driver) = link.map_err(|error| unsent(endpoint, &error))?;
        Ok(Self { link, task: tokio::spawn(driver), endpoint: endpoint.clone() })
    }

    pub(super) const fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    pub(super) fn is_closed(&self) -> bool {
        self.task.is_finished()
    }

    /// Sends commands together, and returns an answer for each, which may be an error.
    pub(super) async fn send(&mut self, commands: &Pipeline) -> Result<Vec<Value>, CommandFailure> {
        if self.is_closed() {
            return Err(CommandFailure::unavailable("the connection was lost before it was used"));
        }
        let count = commands.len();
        let answers = self.link.send_packed_commands(commands, 0, count).await;
        let answers = answers.map_err(|error| CommandFailure::unanswered(&error))?;
        match answers.len() == count {
            true => Ok(answers),
            false => Err(CommandFailure::unknown("the server gave too few answers")),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        // An answer that did not come in time is not waited for here, either.
        self.task.abort();
    }
}

/// A connection that gets messages.
pub(super) async fn listen(
    endpoint: &Endpoint,
    address: &RedisAddress,
) -> Result<PubSub, CommandFailure> {
    let stream = connect(endpoint, address).await?;
    let listening = PubSub::new(&address.login, stream).await;
    listening.map_err(|error| unsent(endpoint, &error))
}

async fn connect(
    endpoint: &Endpoint,
    address: &RedisAddress,
) -> Result<Pin<Box<dyn Stream>>, CommandFailure> {
    let unreached =
        |error: std::io::Error| CommandFailure::unavailable(format!("{endpoint}: {error}"));
    let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port)).await;
    let stream = stream.map_err(unreached)?;
    stream.set_nodelay(true).map_err(unreached)?;
    let Some(tls) = &address.tls else { return Ok(Box::pin(stream)) };
    let name = ServerName::try_from(endpoint.host.clone());
    let name = name.map_err(|error| CommandFailure::unavailable(format!("{endpoint}: {error}")))?;
    let connector = TlsConnector::from(Arc::clone(tls));
    let stream = connector.connect(name, stream).await.map_err(unreached)?;
    Ok(Box::pin(stream))
}

fn unsent(endpoint: &Endpoint, error: &redis::RedisError) -> CommandFailure {
    CommandFailure::unavailable(format!("{endpoint}: {error}"))
}
