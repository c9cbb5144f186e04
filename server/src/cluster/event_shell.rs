//! The task of one event: it has the event's actor, and does what that asks for.

use super::cluster_state::ClusterState;
use super::engine_calls::{EngineAnswer, EngineCall};
use super::request::{ClusterRequest, ShellAsk, Wanted};
use super::settled::Settlement;
use super::shown_copy::ShownCopy;
use crate::catalog::{Answer, ShownEvent};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{BatchIds, Decided, EventActor, NotApplied, Verdict};
use boxoffice_store::{LogId, Outcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How often requests are looked at whose deadline may have come while the engine is asked.
const TICK: Duration = Duration::from_millis(50);

/// Holds that are due this close together expire together; an engine that does not take their
/// expiries is left alone that long.
const BETWEEN_SWEEPS: Duration = Duration::from_millis(250);

/// An event and its actor.
pub(super) struct EventShell {
    cluster: Arc<ClusterState>,
    id: EventId,
    log: LogId,
    actor: EventActor<Box<ClusterRequest>>,
    asked: UnboundedReceiver<ShellAsk>,
    shown: ShownCopy,
    /// When due holds may be swept again.
    sweep_from: Timestamp,
}

impl EventShell {
    pub(super) fn new(
        cluster: Arc<ClusterState>,
        id: EventId,
        random: u128,
        asked: UnboundedReceiver<ShellAsk>,
    ) -> Self {
        let log = event_log(&id);
        let (seed, ids) = (cluster.catalog.seed(), BatchIds::new(random));
        let actor = EventActor::new(log.clone(), id.clone(), seed, ids);
        let shown = ShownCopy::new(id.clone());
        Self { cluster, id, log, actor, asked, shown, sweep_from: Timestamp::default() }
    }

    /// Serves the event until it is of no more use.
    pub(super) async fn run(mut self) {
        let mut call: Option<EngineCall> = None;
        loop {
            self.take_asked();
            let now = self.cluster.clock.now();
            match call {
                None => {
                    let next = self.actor.next_call(now);
                    call = next.map(|next| self.cluster.calls.begin(next, &self.log));
                }
                Some(_) => self.actor.expire(now),
            }
            self.deliver().await;
            match &mut call {
                Some(asked) => {
                    if let Some(answer) = within_a_tick(asked).await {
                        call = None;
                        self.give(answer);
                    }
                }
                None => {
                    if self.shown.event.is_none() && self.cluster.leave(&self.id, &self.asked) {
                        return;
                    }
                    self.rest().await;
                }
            }
        }
    }

    fn take_asked(&mut self) {
        while let Ok(asked) = self.asked.try_recv() {
            self.take(asked);
        }
    }

    fn take(&mut self, asked: ShellAsk) {
        match asked {
            ShellAsk::Request(request) => self.actor.ask(request),
            ShellAsk::Poke => self.actor.poke(),
        }
    }

    /// Waits until something is asked, or holds are due.
    async fn rest(&mut self) {
        let next = self.shown.event.as_ref().and_then(|event| event.next_expiry());
        let sweep_at = next.map(|next| next.max(self.sweep_from));
        let clock = self.cluster.clock.clone();
        let due = async {
            match sweep_at {
                Some(at) => clock.reached(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            asked = self.asked.recv() => {
                // The cluster has the other end while this task lives.
                asked.into_iter().for_each(|asked| self.take(asked));
            }
            () = due => {
                let now = self.cluster.clock.now();
                self.sweep_from = now.plus(BETWEEN_SWEEPS);
                let (catalog, times) = (&self.cluster.catalog, self.cluster.times(now));
                self.actor.ask(ClusterRequest::confirmation(catalog, times, None));
            }
        }
    }

    fn give(&mut self, answer: EngineAnswer) {
        let actor = &mut self.actor;
        self.cluster.health(&answer);
        match answer {
            EngineAnswer::Append(outcome) => {
                if outcome == Ok(Outcome::Appended) {
                    self.cluster.appended.add(1);
                    self.cluster.calls.hint(self.log.clone());
                }
                actor.appended(outcome);
            }
            EngineAnswer::End(end) => actor.ends_at(end),
            EngineAnswer::Loaded(loaded) => actor.loaded(*loaded),
            EngineAnswer::Read(read) => actor.read(read),
            EngineAnswer::Write(written) => actor.written(&written),
            EngineAnswer::Pause => actor.paused(),
        }
    }

    /// Shows what is durable, and answers what rests on it.
    async fn deliver(&mut self) {
        while let Some(shown) = self.actor.next_shown() {
            self.shown.show(&self.cluster, shown);
        }
        while let Some((request, verdict)) = self.actor.next_answer() {
            let settlement = match verdict {
                Verdict::Decided(decided) => self.decided(&request, decided).await,
                _ if matches!(request.wanted, Wanted::Confirmation) => Settlement::Unconfirmed,
                Verdict::OutcomeUnknown => refused(Refusal::OutcomeUnknown),
                Verdict::NotApplied(why) => {
                    self.report(&why);
                    refused(Refusal::Unavailable { why: UnavailableWhy::SharedStore })
                }
            };
            request.settle(settlement);
        }
    }

    async fn decided(&mut self, request: &ClusterRequest, decided: Decided) -> Settlement {
        let Decided { version, at, body } = decided;
        if let Some(event) = &self.shown.event {
            event.confirm(request.asked_at);
        }
        let patience = self.cluster.patience;
        match (&request.wanted, &body) {
            (_, Body::Refused(Refusal::EventNotFound)) => {
                return match self.cluster.index.confirmed_version(patience).await {
                    Some(version) => {
                        let body = Body::Refused(Refusal::EventNotFound);
                        Settlement::Answer(Answer { version, ..Answer::plain(body) })
                    }
                    None => refused(Refusal::Unavailable { why: UnavailableWhy::SharedStore }),
                };
            }
            (Wanted::Confirmation, _) => return Settlement::Confirmed,
            (Wanted::Decision(wanted), Body::EventSaved { .. }) => {
                let is_live = !matches!(wanted, Request::DeleteEvent { .. });
                let is_listed = matches!(wanted, Request::UpdateEvent { .. })
                    || self.cluster.index.has(&self.id, version, is_live, patience).await;
                if !is_listed {
                    return refused(Refusal::OutcomeUnknown);
                }
            }
            (Wanted::Decision(_), _) => {}
        }
        let about = self.shown.event.as_ref();
        let about = about.map(|event| ShownEvent { serial: event.serial, at });
        Settlement::Answer(Answer { version, about, ..Answer::plain(body) })
    }

    /// Tells of what is more than an engine that does not answer.
    fn report(&self, why: &NotApplied) {
        match why {
            NotApplied::Store(error) => tracing::debug!(event = %self.id, %error, "not applied"),
            NotApplied::TooLate => {}
            NotApplied::Log(misfit) => {
                tracing::error!(event = %self.id, %misfit, "the event's log cannot be read");
            }
            why => tracing::error!(event = %self.id, ?why, "not applied"),
        }
    }
}

fn refused(refusal: Refusal) -> Settlement {
    Settlement::Answer(Answer::plain(Body::Refused(refusal)))
}

/// The log of an event.
pub(super) fn event_log(id: &EventId) -> LogId {
    LogId::parse(&format!("event/{id}")).expect("a slug is short")
}

async fn within_a_tick(call: &mut EngineCall) -> Option<EngineAnswer> {
    tokio::time::timeout(TICK, call).await.ok()
}
