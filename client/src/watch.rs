//! Watching an event's places change.

use crate::backoff::Backoff;
use crate::client::open;
use crate::config::ClientConfig;
use crate::error::ClientError;
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
use tokio::time::{Instant, sleep_until, timeout};

/// The correlation id of the watch on its own connection.
const WATCH: u32 = 1;
/// The correlation id of a probe on it.
const PROBE: u32 = 2;

/// What a watcher sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WatchEvent {
    /// All places as they are: at the beginning, after a gap, and when the event's terms changed.
    Snapshot {
        /// At which version.
        version: u64,
        /// The places.
        map: SeatMap,
    },
    /// Places changed.
    Changed {
        /// The version that the change made.
        version: u64,
        /// Which places, and what they are now.
        places: PlacesChanged,
    },
    /// Changes were skipped, because this watcher was too slow. A snapshot follows.
    Gap,
    /// The event was deleted. Nothing follows.
    Ended,
}

/// A watch of one event, made by [`Client::watch`](crate::Client::watch).
///
/// It has a connection of its own, so that a watcher who is slow to look holds up nobody else: what
/// it does not take waits in the sockets' buffers, then at the server up to its bound, and beyond
/// that the watcher is told of a [`Gap`](WatchEvent::Gap). A lost connection is renewed from the
/// last version that was seen, without a change seen twice or left out.
#[derive(Debug)]
pub struct Watch {
    config: ClientConfig,
    event: EventId,
    version: Option<u64>,
    state: State,
    backoff: Backoff,
    probed: bool,
}

#[derive(Debug)]
enum State {
    Open(Wire),
    /// Lost: when to try next, and until when.
    Lost {
        retry_at: Instant,
        give_up_at: Instant,
    },
    Ended,
}

impl Watch {
    pub(crate) async fn open(
        mut config: ClientConfig,
        event: EventId,
        from_version: Option<u64>,
    ) -> Result<Self, ClientError> {
        config.in_flight = 0;
        let (wire, _) = open(&config).await?;
        let mut wire = subscribed(wire, &event, from_version);
        let sent = wire.send().await;
        let state = State::Open(wire);
        let backoff = Backoff::default();
        let mut watch =
            Self { config, event, version: from_version, state, backoff, probed: false };
        if sent.is_err() {
            watch.lose();
        }
        Ok(watch)
    }

    /// Which event is watched.
    pub const fn event(&self) -> &EventId {
        &self.event
    }

    /// Waits for what happens next; nothing after the event's end or an error. Nothing is lost if
    /// the future is dropped, but a connection that is being renewed is begun anew.
    pub async fn next(&mut self) -> Option<Result<WatchEvent, ClientError>> {
        loop {
            let outcome = match &mut self.state {
                State::Ended => return None,
                State::Open(wire) => timeout(self.config.silence(), wire.frame()).await,
                State::Lost { retry_at, give_up_at } => {
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
                Err(_silence) => self.probe(),
            }
        }
    }

    /// What a frame tells the watcher, if it is of the watch and new.
    fn take(&mut self, frame: ReplyFrame) -> Option<Result<WatchEvent, ClientError>> {
        self.probed = false;
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
                self.state = State::Ended;
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

    /// Nothing came for a while: asks whether the server is still there, once.
    fn probe(&mut self) {
        match &mut self.state {
            State::Open(wire) if !self.probed => {
                self.probed = true;
                wire.put(PROBE, &Request::Ping);
            }
            _ => self.lose(),
        }
    }

    fn lose(&mut self) {
        self.probed = false;
        let now = Instant::now();
        let retry_at = now + self.backoff.pause();
        self.state = State::Lost { retry_at, give_up_at: now + self.config.deadline };
    }

    /// Tries once to connect again.
    async fn renew(&mut self, give_up_at: Instant) -> Result<(), ClientError> {
        let (error, pause) = match Wire::open(&self.config).await {
            Ok((wire, _)) => {
                self.state = State::Open(subscribed(wire, &self.event, self.version));
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
        self.state = State::Lost { retry_at, give_up_at };
        Ok(())
    }

    fn end(&mut self, error: ClientError) -> Result<WatchEvent, ClientError> {
        self.state = State::Ended;
        Err(error)
    }
}

fn subscribed(mut wire: Wire, event: &EventId, from_version: Option<u64>) -> Wire {
    wire.put(WATCH, &Request::Watch { event: event.clone(), from_version });
    wire
}
