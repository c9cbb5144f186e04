//! Hints of other servers, by messages of the engine.
//!
//! A cluster passes a message on to all of its nodes, so one subscription gets what was published on
//! any of them. A message has the names of several logs.

use super::address::RedisAddress;
use super::connection::listen as subscribe_at;
use super::endpoint::Endpoint;
use super::failure::CommandFailure;
use super::router::Router;
use super::sentinel;
use crate::log_id::LogId;
use futures_util::StreamExt as _;
use redis::aio::PubSub;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::{MissedTickBehavior, interval, timeout};

pub(super) const CHANNEL: &str = "boxoffice";

/// No name of a log has it.
pub(super) const SEPARATOR: &str = "\n";

/// The pause between two tries to connect.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the server is asked whether it is there, and how long it may take to answer.
const ALIVE: Duration = Duration::from_secs(5);

/// A connection that gets messages.
pub(super) struct HintListener(PubSub);

impl HintListener {
    /// Listens at the first server that lets it.
    pub(super) async fn open(
        router: &Router,
        address: &RedisAddress,
    ) -> Result<Self, CommandFailure> {
        let mut failed = CommandFailure::unavailable("no primary is known");
        let primaries = match address.sentinel {
            Some(_) => vec![sentinel::primary(address).await?],
            None => router.endpoints(),
        };
        for primary in primaries {
            match timeout(ALIVE, subscribed(&primary, address)).await {
                Ok(Ok(listening)) => return Ok(Self(listening)),
                Ok(Err(failure)) => failed = failure,
                Err(_) => {
                    failed = CommandFailure::unavailable(format!("{primary} does not answer"));
                }
            }
        }
        Err(failed)
    }

    /// Passes hints on until the connection ends.
    async fn pass(self, hints: &broadcast::Sender<LogId>) {
        let (mut ask, mut messages) = self.0.split();
        let mut alive = interval(ALIVE);
        loop {
            tokio::select! {
                message = messages.next() => {
                    let Some(message) = message else { return };
                    let names = String::from_utf8_lossy(message.get_payload_bytes()).into_owned();
                    for log in names.split(SEPARATOR).filter_map(|name| LogId::parse(name).ok()) {
                        // It fails where nothing listens: then the hint is of no use.
                        drop(hints.send(log));
                    }
                }
                _ = alive.tick() => match timeout(ALIVE, ask.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => {}
                    _ => return,
                }
            }
        }
    }
}

async fn subscribed(primary: &Endpoint, address: &RedisAddress) -> Result<PubSub, CommandFailure> {
    let mut listening = subscribe_at(primary, address).await?;
    let subscribed = listening.subscribe(CHANNEL).await;
    subscribed.map_err(|error| CommandFailure::unavailable(format!("{primary}: {error}")))?;
    Ok(listening)
}

/// Passes hints on, and connects again where the connection is lost. What is missed meanwhile is
/// found by the ends of logs.
pub(super) async fn listen(
    first: HintListener,
    router: Weak<Router>,
    address: Arc<RedisAddress>,
    hints: broadcast::Sender<LogId>,
) {
    first.pass(&hints).await;
    let mut pace = interval(PAUSE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        let Some(router) = router.upgrade() else { return };
        let opened = HintListener::open(&router, &address).await;
        drop(router);
        if let Ok(listener) = opened {
            listener.pass(&hints).await;
        }
    }
}
