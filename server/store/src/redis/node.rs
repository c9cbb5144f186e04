//! A primary, and a few connections to it.

use super::address::RedisAddress;
use super::connection::Link;
use super::endpoint::Endpoint;
use super::failure::{CommandFailure, CommandFate};
use super::keys::Bucket;
use super::library;
use super::sentinel;
use super::server_settings;
use super::settings::RedisSettings;
use super::values::number;
use deadpool::Runtime;
use deadpool::managed::{
    Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult, TimeoutType,
};
use redis::{Cmd, Pipeline, Value};
use std::pin::Pin;
use std::sync::Arc;

/// A command about keys of one bucket.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) bucket: Bucket,
    pub(super) command: Cmd,
    pub(super) effect: Effect,
}

impl Request {
    pub(super) const fn to_read(bucket: Bucket, command: Cmd) -> Self {
        Self { bucket, command, effect: Effect::Reads }
    }

    pub(super) const fn to_write(bucket: Bucket, command: Cmd) -> Self {
        Self { bucket, command, effect: Effect::Writes }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    Reads,
    /// It counts once enough replicas have it.
    Writes,
}

/// What a request has for an answer.
pub(super) type Told = Result<Value, CommandFailure>;

/// Where redirections lead.
pub(super) trait Redirects: Send + Sync {
    /// Follows an answer that redirects, and returns the last one.
    fn follow(
        self: Arc<Self>,
        request: Request,
        told: Told,
    ) -> Pin<Box<dyn Future<Output = Told> + Send>>;

    /// Learns where the keys are by now if a failure may come of a failover.
    fn note(&self, failure: &CommandFailure);
}

/// Which server a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    At(Endpoint),
    /// The one that the sentinels name.
    Primary,
}

pub(super) struct Node {
    /// Connections for appends.
    pub(super) appends: NodePool,
    /// Connections for everything else.
    pub(super) others: NodePool,
    settings: Arc<RedisSettings>,
}

impl Node {
    pub(super) fn new(
        place: &Place,
        address: &Arc<RedisAddress>,
        settings: &Arc<RedisSettings>,
    ) -> Self {
        let connections = || NodePool::new(place.clone(), address, settings);
        Self { appends: connections(), others: connections(), settings: Arc::clone(settings) }
    }

    /// Runs requests together, each answered by itself. An error is that of all.
    pub(super) async fn ask(
        &self,
        requests: &[Request],
        is_asking: bool,
    ) -> Result<Vec<Told>, CommandFailure> {
        let connection = self.others.connection().await?;
        self.ask_over(connection, requests, is_asking).await
    }

    /// The same over one of its connections. `is_asking` has a cluster's node answer for a slot that
    /// it is only getting.
    pub(super) async fn ask_over(
        &self,
        mut connection: Object<Connector>,
        requests: &[Request],
        is_asking: bool,
    ) -> Result<Vec<Told>, CommandFailure> {
        let waits =
            self.settings.replicas > 0 && requests.iter().any(|it| it.effect == Effect::Writes);
        let mut commands = Pipeline::with_capacity(requests.len() + 1);
        for request in requests {
            if is_asking {
                commands.cmd("ASKING");
            }
            commands.add_command(request.command.clone());
        }
        if waits {
            let timeout = u64::try_from(self.settings.replica_wait.as_millis()).unwrap_or(1_000);
            // Zero would be for ever.
            commands.cmd("WAIT").arg(self.settings.replicas).arg(timeout.max(1));
        }
        let answers = connection.send(&commands).await;
        let mut answers = match answers {
            Ok(answers) => answers,
            Err(failure) => {
                drop(Object::take(connection));
                return Err(failure);
            }
        };
        let shortfall = if waits { self.shortfall(answers.pop()) } else { None };
        let step = if is_asking { 2 } else { 1 };
        let answers = answers.into_iter().skip(step - 1).step_by(step);
        let told = answers.zip(requests).map(|(answer, request)| match answer {
            Value::ServerError(error) => Err(CommandFailure::told(&error, connection.endpoint())),
            _ if shortfall.is_some() && request.effect == Effect::Writes => {
                Err(CommandFailure::unknown(shortfall.clone().unwrap_or_default()))
            }
            answer => Ok(answer),
        });
        let told: Vec<_> = told.collect();
        let is_spoilt = |told: &Told| told.as_ref().is_err_and(CommandFailure::is_of_connection);
        if shortfall.is_some() || told.iter().any(is_spoilt) {
            drop(Object::take(connection));
        }
        Ok(told)
    }

    /// Why what was written may be lost in a failover, from the answer to `WAIT`.
    fn shortfall(&self, answer: Option<Value>) -> Option<String> {
        let needed = self.settings.replicas;
        let have = match answer {
            Some(Value::ServerError(error)) => return Some(error.to_string()),
            answer => answer.and_then(number).unwrap_or_default(),
        };
        let wait = self.settings.replica_wait.as_millis();
        let is_short = usize::try_from(have).is_ok_and(|have| have < needed);
        is_short.then(|| format!("{have} of {needed} replicas had it within {wait} ms"))
    }
}

/// Connections that are made when they are needed, and used again.
pub(super) struct NodePool {
    pool: Pool<Connector>,
    wait_ms: u128,
}

impl NodePool {
    fn new(place: Place, address: &Arc<RedisAddress>, settings: &Arc<RedisSettings>) -> Self {
        let wait = settings.connection_wait;
        let (address, settings) = (Arc::clone(address), Arc::clone(settings));
        let connections = settings.connections;
        let pool = Pool::builder(Connector { place, address, settings })
            .max_size(connections)
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .build()
            .expect("timeouts have their runtime");
        Self { pool, wait_ms: wait.as_millis() }
    }

    /// A connection; an error means that nothing was sent.
    pub(super) async fn connection(&self) -> Result<Object<Connector>, CommandFailure> {
        let failed = match self.pool.get().await {
            Ok(connection) => return Ok(connection),
            // Whatever it is, nothing of this request was sent.
            Err(PoolError::Backend(failure)) if failure.fate == CommandFate::Unknown => {
                return Err(CommandFailure::unavailable(failure.why));
            }
            Err(PoolError::Backend(failure)) => return Err(failure),
            Err(PoolError::Timeout(TimeoutType::Wait)) => "no connection was free",
            Err(PoolError::Timeout(_)) => "the server took no connection",
            Err(_) => return Err(CommandFailure::unavailable("the store is closed")),
        };
        let wait = self.wait_ms;
        Err(CommandFailure::unavailable(format!(
            "{failed} within the connection wait of {wait} ms"
        )))
    }
}

pub(super) struct Connector {
    place: Place,
    address: Arc<RedisAddress>,
    settings: Arc<RedisSettings>,
}

impl Manager for Connector {
    type Type = Link;
    type Error = CommandFailure;

    async fn create(&self) -> Result<Link, CommandFailure> {
        let endpoint = match &self.place {
            Place::At(endpoint) => endpoint.clone(),
            Place::Primary => sentinel::primary(&self.address).await?,
        };
        let mut connection = Link::open(&endpoint, &self.address).await?;
        server_settings::check(&mut connection, &self.settings).await?;
        library::load(&mut connection).await?;
        Ok(connection)
    }

    async fn recycle(&self, connection: &mut Link, _: &Metrics) -> RecycleResult<CommandFailure> {
        match connection.is_closed() {
            true => Err(RecycleError::message("it is closed")),
            false => Ok(()),
        }
    }
}
