//! The client: a handle that can be cloned, and its retries.

use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::connection::ConnectionTask;
use crate::error::ClientError;
use crate::pending::PendingCall;
use crate::welcome::LatestWelcome;
use crate::wire::{NotOpen, Wire};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Reply, Welcome};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

/// Calls in the queue of the connection; further callers wait.
const QUEUE: usize = 1_024;

/// A client of one server. Clones are cheap and share one connection, over which all requests are
/// pipelined; the connection ends with the last clone.
///
/// A call may be dropped at any time. Its request may have been sent; the same request with the same
/// id returns the outcome.
#[derive(Debug, Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    session: Arc<LatestWelcome>,
    calls: mpsc::Sender<PendingCall>,
    /// The latest end of every call.
    end: Option<Instant>,
}

impl Client {
    /// Connects. An unreachable server is an error at once; a busy one is tried until the deadline. Later,
    /// a lost connection is renewed when it is needed.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`]; [`ClientError::Tls`] if the server cannot be trusted, or only one
    /// side speaks TLS; [`ClientError::Refused`] if the server rejects this client, or is busy until the
    /// deadline.
    pub async fn connect(config: ClientConfig) -> Result<Self, ClientError> {
        let config = Arc::new(config.bounded());
        let (wire, welcome) = open(&config).await?;
        let session = Arc::new(LatestWelcome::new(welcome));
        let (calls, queue) = mpsc::channel(QUEUE);
        tokio::spawn(ConnectionTask::new(config.clone(), session.clone(), queue).run(wire));
        Ok(Self { config, session, calls, end: None })
    }

    /// The same client for work that ends at `end`, however many calls it makes. A call that waits
    /// behind those of other clones may take until the deadline of these.
    #[must_use]
    pub fn until(&self, end: Instant) -> Self {
        Self { end: Some(end), ..self.clone() }
    }

    /// The welcome of the newest connection.
    pub fn welcome(&self) -> Welcome {
        self.session.welcome()
    }

    /// The server's time, late by half a round trip at most.
    pub fn server_now(&self) -> Timestamp {
        self.session.server_now()
    }

    /// An id for a new reservation, by the server's time. Each id is greater than the one before.
    ///
    /// Keep it until the outcome is known: a retry with the same id is safe, also after a crash of the
    /// client.
    pub fn new_id(&self) -> ReservationId {
        self.session.new_id()
    }

    /// The configuration of this client.
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Sends a request, and retries until it is answered or the deadline has passed: after a lost
    /// connection, while the server is busy or restarts, and after an unknown outcome. No retry has a
    /// second effect. Successive calls reach the server in their order, except those that the server
    /// asked to repeat.
    ///
    /// [`Request::Watch`] has more than one reply: use [`watch`](Self::watch).
    ///
    /// # Errors
    /// [`ClientError`] tells whether the request may have been applied.
    pub async fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        let now = Instant::now();
        let deadline = now + self.config.deadline;
        let deadline = self.end.map_or(deadline, |end| end.min(deadline));
        if deadline <= now {
            return Err(ClientError::TimeIsUp);
        }
        let mut backoff = Backoff::default();
        let mut doubtful = false;
        loop {
            let reply = match self.send(request.clone(), deadline).await {
                Err(
                    ClientError::Unreachable { .. }
                    | ClientError::Tls { .. }
                    | ClientError::SpeaksHttp { .. }
                    | ClientError::Refused { .. },
                ) if doubtful => return Err(ClientError::OutcomeUnknown),
                outcome => outcome?,
            };
            let Body::Refused(refusal) = reply.body else { return Ok(reply) };
            let pause = match again(&refusal) {
                Retry::No => None,
                Retry::After(pause) => Some(pause.max(backoff.pause())),
                Retry::Doubtful => {
                    doubtful = true;
                    Some(backoff.pause())
                }
            };
            match pause.map(|pause| Instant::now() + pause) {
                Some(time) if time < deadline => sleep_until(time).await,
                Some(_) if doubtful => return Err(ClientError::OutcomeUnknown),
                _ => return Err(ClientError::Refused { refusal, version: reply.version }),
            }
        }
    }

    async fn send(&self, request: Request, deadline: Instant) -> Result<Reply, ClientError> {
        let permit = match self.calls.try_reserve() {
            Err(mpsc::error::TrySendError::Full(())) => {
                timeout_at(deadline, self.calls.reserve()).await.map_err(|_| self.crowded())?
            }
            Ok(permit) => Ok(permit),
            Err(mpsc::error::TrySendError::Closed(())) => return Err(ClientError::Closed),
        };
        let (answer, answered) = oneshot::channel();
        permit.map_err(|_| ClientError::Closed)?.send(PendingCall::new(request, answer, deadline));
        answered.await.unwrap_or(Err(ClientError::Closed))
    }

    /// The queue of this client was full until the deadline.
    fn crowded(&self) -> ClientError {
        let why = "too many requests wait for it";
        let error = std::io::Error::new(std::io::ErrorKind::TimedOut, why);
        ClientError::unreachable(&self.config.server, &error)
    }
}

/// Whether a refused request is repeated unchanged.
enum Retry {
    No,
    /// Nothing was applied; a later attempt may succeed.
    After(Duration),
    /// It may have been applied; the same request tells.
    Doubtful,
}

fn again(refusal: &Refusal) -> Retry {
    match refusal {
        Refusal::Busy { retry_after_ms } => {
            Retry::After(Duration::from_millis((*retry_after_ms).into()))
        }
        Refusal::Unavailable {
            why:
                UnavailableWhy::Backlog | UnavailableWhy::ShuttingDown | UnavailableWhy::SharedStore,
        } => Retry::After(Duration::from_millis(1)),
        Refusal::OutcomeUnknown => Retry::Doubtful,
        _ => Retry::No,
    }
}

/// Connects. A busy server is retried until the deadline.
pub(crate) async fn open(config: &ClientConfig) -> Result<(Wire, Welcome), ClientError> {
    let deadline = Instant::now() + config.deadline;
    let mut backoff = Backoff::default();
    loop {
        let refusal = match Wire::open(config).await {
            Ok(opened) => return Ok(opened),
            Err(NotOpen::Failed(error)) => {
                return Err(ClientError::unreachable(&config.server, &error));
            }
            Err(NotOpen::Refused(refusal)) => refusal,
        };
        match again(&refusal) {
            Retry::After(pause) if Instant::now() + pause < deadline => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "a pause between attempts to connect"
                )]
                sleep(pause.max(backoff.pause())).await;
            }
            _ => return Err(ClientError::Refused { refusal, version: 0 }),
        }
    }
}
