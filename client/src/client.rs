//! The client: a handle that anybody may clone, and how it tries until it knows.

use crate::backoff::Backoff;
use crate::config::ClientConfig;
use crate::connection::Connection;
use crate::error::ClientError;
use crate::pending::Pending;
use crate::session::Session;
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

/// Calls that may wait for the connection's task before further callers wait themselves.
const QUEUE: usize = 1_024;

/// A client of one server. Clones are cheap and share one connection, over which everything is
/// pipelined; the connection ends with the last clone.
///
/// A call may be dropped at any time. Its request may have been sent; what becomes of it is told
/// by the same request with the same id.
#[derive(Debug, Clone)]
pub struct Client {
    config: Arc<ClientConfig>,
    session: Arc<Session>,
    calls: mpsc::Sender<Pending>,
}

impl Client {
    /// Connects. A server that cannot be reached is an error at once; one that is busy is tried
    /// until the deadline. From then on a lost connection is renewed when it is needed.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`]; [`ClientError::Tls`] if it is not the server that was meant, or
    /// only one of them speaks TLS; [`ClientError::Refused`] if the server does not want this
    /// client, or is busy until the deadline.
    pub async fn connect(config: ClientConfig) -> Result<Self, ClientError> {
        let config = Arc::new(config.bounded());
        let (wire, welcome) = open(&config).await?;
        let session = Arc::new(Session::new(welcome));
        let (calls, queue) = mpsc::channel(QUEUE);
        tokio::spawn(Connection::new(config.clone(), session.clone(), queue).run(wire));
        Ok(Self { config, session, calls })
    }

    /// What the server said when the newest connection began.
    pub fn welcome(&self) -> Welcome {
        self.session.welcome()
    }

    /// What time it is for the server, but for half a round trip.
    pub fn server_now(&self) -> Timestamp {
        self.session.server_now()
    }

    /// An id for a new reservation, made by the server's time. Each is greater than the one before.
    ///
    /// Keep it until the outcome is known: sending again with the same id is what makes a retry
    /// safe, also after a crash of the client.
    pub fn new_id(&self) -> ReservationId {
        self.session.new_id()
    }

    /// How this client was told to behave.
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// Asks, and tries until it is answered or the deadline has passed. Every request may be sent
    /// again without a second effect, so after a lost connection it is; and while the server is
    /// busy, restarts or does not know the outcome itself. Calls that are made one after the other
    /// reach the server in that order, unless the server asked for one of them to come again.
    ///
    /// [`Request::Watch`] is answered by more than one reply: use [`watch`](Self::watch).
    ///
    /// # Errors
    /// [`ClientError`] says whether the request may have been applied.
    pub async fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        let deadline = Instant::now() + self.config.deadline;
        let mut backoff = Backoff::default();
        let mut doubtful = false;
        loop {
            let reply = match self.send(request.clone(), deadline).await {
                Err(
                    ClientError::Unreachable { .. }
                    | ClientError::Tls { .. }
                    | ClientError::Refused { .. },
                ) if doubtful => return Err(ClientError::OutcomeUnknown),
                outcome => outcome?,
            };
            let Body::Refused(refusal) = reply.body else { return Ok(reply) };
            let pause = match again(&refusal) {
                Again::No => None,
                Again::After(pause) => Some(pause.max(backoff.pause())),
                Again::Doubtful => {
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
        permit.map_err(|_| ClientError::Closed)?.send(Pending::new(request, answer, deadline));
        answered.await.unwrap_or(Err(ClientError::Closed))
    }

    /// Too many calls of this client wait for the server.
    fn crowded(&self) -> ClientError {
        let why = "too many requests wait for it";
        let error = std::io::Error::new(std::io::ErrorKind::TimedOut, why);
        ClientError::unreachable(&self.config.server, &error)
    }
}

/// Whether a refused request is worth sending again unchanged.
enum Again {
    No,
    /// Nothing was applied, and it may be otherwise after a pause.
    After(Duration),
    /// It may have been applied; only the same request tells.
    Doubtful,
}

fn again(refusal: &Refusal) -> Again {
    match refusal {
        Refusal::Busy { retry_after_ms } => {
            Again::After(Duration::from_millis((*retry_after_ms).into()))
        }
        Refusal::Unavailable { why: UnavailableWhy::Backlog | UnavailableWhy::ShuttingDown } => {
            Again::After(Duration::from_millis(1))
        }
        Refusal::OutcomeUnknown => Again::Doubtful,
        _ => Again::No,
    }
}

/// Connects; a busy server is tried again until the deadline.
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
            Again::After(pause) if Instant::now() + pause < deadline => {
                #[expect(clippy::disallowed_methods, reason = "the server said for how long")]
                sleep(pause.max(backoff.pause())).await;
            }
            _ => return Err(ClientError::Refused { refusal, version: 0 }),
        }
    }
}
