//! The watch of an event: a stream of changes of its places.

use crate::backoff::Backoff;
use crate::client::open;
use crate::config::ClientConfig;
use crate::error::ClientError;
use crate::silence::{Heard, Silence};
use crate::wire::{NotOpen, Wire};
use boxoffice_protocol::change::PlacesChanged;
use boxoffice_protocol::event::SeatMap;
use boxoffice_protocol::frame::{FrameError, ReplyFrame};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::Request;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The correlation id of the watch on its own connection.
const WATCH: u32 = 1;
/// The correlation id of a probe on it.
const PROBE: u32 = 2;

/// An item of a watch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// All places: at the beginning, after a gap, and after a change of the event's terms.
    Snapshot {
        version: u64,
        /// The states of all places.
        map: SeatMap,
    },
    /// A change of some places.
    Changed {
        /// The version of the change.
        version: u64,
        /// The places, with their new states.
        places: PlacesChanged,
    },
    /// Changes were skipped because the watcher was too slow. A snapshot follows.
    Gap,
    /// The event was deleted. It is the last item.
    Ended,
}

/// A watch of one event, made by [`Client::watch`](crate::Client::watch).
///
/// It has a connection of its own, so a slow watcher delays no other request. Changes that it does not
/// take wait in the buffers of the sockets, then at the server up to a bound; beyond that it gets a
/// [`Gap`](WatchEvent::Gap). A lost connection is renewed from the last version on, without a change
/// twice or left out.
#[derive(Debug)]
pub struct EventWatch {
    config: ClientConfig,
    event: EventId,
    version: Option<u64>,
    state: WatchState,
    backoff: Backoff,
}

#[derive(Debug)]
enum WatchState {
    Open {
        wire: Wire,
        silence: Silence,
    },
    /// The connection is lost and will be renewed.
    Lost {
        retry_at: Instant,
        give_up_at: Instant,
    },
    Ended,
}

impl EventWatch {
    pub(crate) async fn open(
        mut config: ClientConfig,
        event: EventId,
        from_version: Option<u64>,
    ) -> Result<Self, ClientError> {
        config.in_flight = 0;
        let (wire, _) = open(&config).await?;
        let mut wire = subscribed(wire, &event, from_version);
        let sent = wire.send().await;
        let state = WatchState::Open { wire, silence: Silence::new(config.silence()) };
        let backoff = Backoff::default();
        let mut watch = Self { config, event, version: from_version, state, backoff };
        if sent.is_err() {
            watch.lose();
        }
        Ok(watch)
    }

    pub const fn event(&self) -> &EventId {
        &self.event
    }

    /// Waits for the next item; none after the event's end or an error. If the future is dropped, no
    /// item is lost, but a renewal of the connection starts again.
    pub async fn next(&mut self) -> Option<Result<WatchEvent, ClientError>> {
        loop {
            let outcome = match &mut self.state {
                WatchState::Ended => return None,
                WatchState::Open { wire, silence } => {
                    let outcome = timeout_at(silence.until(), wire.frame()).await;
                    if outcome.is_ok() {
                        silence.broken();
                    }
                    outcome
                }
                WatchState::Lost { retry_at, give_up_at } => {
                    let (retry_at, give_up_at) = (*retry_at, *give_up_at);
                    sleep_until(retry_at).await;
                    if let Err(error) = self.renew(give_up_at).await {
                        return Some(self.end(error));
                    }
                    continue;
                }
            };
            match outcome {
                Ok(Ok(frame)) => {
                    if let Some(seen) = self.take(frame) {
                        return Some(seen);
                    }
                }
                Ok(Err(FrameError::Io(_))) => self.lose(),
                Ok(Err(error)) => return Some(self.end(ClientError::Protocol(error.to_string()))),
                Err(_elapsed) => self.check_silence(),
            }
        }
    }

    /// The item of a frame, if it belongs to the watch and is new.
    fn take(&mut self, frame: ReplyFrame) -> Option<Result<WatchEvent, ClientError>> {
        self.backoff.reset();
        let Reply { version, body, .. } = frame.reply;
        if frame.correlation != WATCH {
            return None;
        }
        Some(Ok(match body {
            Body::Snapshot(map) => {
                self.version = Some(version);
                WatchEvent::Snapshot { version, map }
            }
            Body::PlacesChanged(_) if self.version.is_some_and(|seen| version <= seen) => {
                return None;
            }
            Body::PlacesChanged(places) => {
                self.version = Some(version);
                WatchEvent::Changed { version, places }
            }
            Body::Gap => {
                self.version = None;
                WatchEvent::Gap
            }
            Body::WatchEnded => {
                self.state = WatchState::Ended;
                WatchEvent::Ended
            }
            Body::Refused(Refusal::Busy { .. } | Refusal::Unavailable { .. }) => {
                self.lose();
                return None;
            }
            Body::Refused(refusal) => {
                return Some(self.end(ClientError::Refused { refusal, version }));
            }
            body => {
                return Some(self.end(ClientError::unexpected(&Reply {
                    version,
                    age_ms: 0,
                    body,
                })));
            }
        }))
    }

    /// Probes a silent server, and gives it up if it does not answer.
    fn check_silence(&mut self) {
        let WatchState::Open { wire, silence } = &mut self.state else { return };
        match silence.check() {
            Heard::Enough => {}
            Heard::TooLittle => wire.put(PROBE, &Request::Ping),
            Heard::Nothing => self.lose(),
        }
    }

    fn lose(&mut self) {
        let now = Instant::now();
        let retry_at = now + self.backoff.pause();
        self.state = WatchState::Lost { retry_at, give_up_at: now + self.config.deadline };
    }

    /// One attempt to connect.
    async fn renew(&mut self, give_up_at: Instant) -> Result<(), ClientError> {
        let (error, pause) = match Wire::open(&self.config).await {
            Ok((wire, _)) => {
                let wire = subscribed(wire, &self.event, self.version);
                let silence = Silence::new(self.config.silence());
                self.state = WatchState::Open { wire, silence };
                return Ok(());
            }
            Err(NotOpen::Refused(Refusal::Busy { retry_after_ms })) => {
                let error = io::Error::other("the server has no connection left");
                (error, Duration::from_millis(retry_after_ms.into()))
            }
            Err(NotOpen::Refused(refusal)) => {
                return Err(ClientError::Refused { refusal, version: 0 });
            }
            Err(NotOpen::Failed(error)) => (error, Duration::ZERO),
        };
        let retry_at = Instant::now() + pause.max(self.backoff.pause());
        if retry_at >= give_up_at {
            return Err(ClientError::unreachable(&self.config.server, &error));
        }
        self.state = WatchState::Lost { retry_at, give_up_at };
        Ok(())
    }

    fn end(&mut self, error: ClientError) -> Result<WatchEvent, ClientError> {
        self.state = WatchState::Ended;
        Err(error)
    }
}

fn subscribed(mut wire: Wire, event: &EventId, from_version: Option<u64>) -> Wire {
    wire.put(WATCH, &Request::Watch { event: event.clone(), from_version });
    wire
}
