//! The task of one event: it has the event's actor, and does what that asks for.

use super::cluster_state::ClusterState;
use super::engine_calls::{EngineAnswer, EngineCall};
use super::event_memory::EventUse;
use super::request::{ClusterRequest, ShellAsk, Wanted};
use super::settled::Settlement;
use super::shown_copy::ShownCopy;
use super::snapshotting::SnapshotOf;
use crate::catalog::{Answer, ShownEvent};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{BatchIds, Decided, EventActor, NotApplied, StoreCall, Verdict};
use boxoffice_store::{LogId, Outcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// How often requests are looked at whose deadline may have come while the engine is asked.
const TICK: Duration = Duration::from_millis(50);

/// What is due this close together happens together; an engine that does not take it is left alone that
/// long.
const BETWEEN_SWEEPS: Duration = Duration::from_millis(250);

/// Later than every deadline.
const NEVER: Timestamp = Timestamp::from_ms(u64::MAX);

/// Holds are so long overdue before a server sweeps them that is not their event's preferred one: that
/// one is gone, or has not loaded the event.
const OVERDUE: Duration = Duration::from_secs(2);

/// How long after a snapshot that could not be taken the next one is tried.
const BETWEEN_SNAPSHOTS: Duration = Duration::from_secs(10);

/// An event and its actor.
pub(super) struct EventShell {
    cluster: Arc<ClusterState>,
    id: EventId,
    log: LogId,
    actor: EventActor<Box<ClusterRequest>>,
    asked: UnboundedReceiver<ShellAsk>,
    uses: Arc<EventUse>,
    shown: ShownCopy,
    /// When due holds may be swept again.
    sweep_from: Timestamp,
    is_snapshotting: bool,
    /// When a snapshot may be taken again.
    snapshot_from: Timestamp,
    /// Whether others need the memory.
    is_to_unload: bool,
}

impl EventShell {
    pub(super) fn new(
        cluster: Arc<ClusterState>,
        id: EventId,
        random: u128,
        (asked, uses): (UnboundedReceiver<ShellAsk>, Arc<EventUse>),
    ) -> Self {
        let log = event_log(&id);
        let (secrets, ids) = (cluster.catalog.secrets(), BatchIds::new(random));
        let halls = Arc::clone(cluster.plans.registry());
        let actor = EventActor::new(log.clone(), id.clone(), secrets, halls, ids);
        let shown = ShownCopy::new(id.clone());
        Self {
            cluster,
            id,
            log,
            actor,
            asked,
            uses,
            shown,
            sweep_from: Timestamp::default(),
            is_snapshotting: false,
            snapshot_from: Timestamp::default(),
            is_to_unload: false,
        }
    }

    /// Serves the event until it is of no more use.
    pub(super) async fn run(mut self) {
        let mut call: Option<EngineCall> = None;
        loop {
            self.take_asked().await;
            let now = self.cluster.clock.now();
            if !self.cluster.clock.is_usable() {
                // Nothing is decided by a time that may be wrong.
                self.actor.expire(NEVER);
            }
            match call {
                None => {
                    let next = self.actor.next_call(now);
                    call = next.map(|next| self.begin(next));
                }
                Some(_) => self.actor.expire(now),
            }
            self.deliver().await;
            self.snapshot_if_due();
            match &mut call {
                Some(asked) => {
                    if let Some(answer) = within_a_tick(asked).await {
                        call = None;
                        self.give(answer);
                    }
                }
                None => {
                    if self.leaves() {
                        return;
                    }
                    self.rest().await;
                }
            }
        }
    }

    fn begin(&self, call: StoreCall) -> EngineCall {
        self.cluster.calls.begin(call, &self.log, &self.cluster.plans)
    }

    async fn take_asked(&mut self) {
        while let Ok(asked) = self.asked.try_recv() {
            self.take(asked).await;
        }
    }

    async fn take(&mut self, asked: ShellAsk) {
        match asked {
            ShellAsk::Request(request) => {
                self.uses.touch();
                let cluster = Arc::clone(&self.cluster);
                if let Some(request) = in_its_hall(&cluster, request).await {
                    self.actor.ask(request);
                }
            }
            ShellAsk::Poke => self.actor.poke(),
            ShellAsk::Snapshot { version } => {
                self.is_snapshotting = false;
                match version {
                    Some(version) => self.actor.snapshot_taken(version),
                    None => {
                        self.snapshot_from = self.cluster.clock.now().plus(BETWEEN_SNAPSHOTS);
                    }
                }
            }
            ShellAsk::Unload => self.is_to_unload = true,
        }
    }

    /// Whether the event is of no more use here: it was unloaded, or there is none.
    fn leaves(&mut self) -> bool {
        let shown = self.shown.event.as_ref();
        let is_to_unload = std::mem::take(&mut self.is_to_unload);
        if shown.is_some() && !(is_to_unload && self.actor.is_idle()) {
            return false;
        }
        let leaves = self.cluster.leave(&self.id, &self.asked, shown);
        if !leaves {
            // A watcher has it, or a read; others are asked first then.
            self.uses.touch();
        }
        leaves
    }

    /// Has a snapshot taken, if it is this server that does.
    fn snapshot_if_due(&mut self) {
        let Some(after) = self.actor.snapshot_due(self.cluster.snapshotting.after) else { return };
        // Where nothing asks the preferred server for the event, it does not know.
        let is_overdue = self.actor.behind_snapshot() >= 2 * after;
        let may_be = !self.is_snapshotting && self.snapshot_from <= self.cluster.clock.now();
        if may_be && (is_overdue || self.cluster.members.prefers_this(&self.id)) {
            self.is_snapshotting = true;
            let secrets = self.cluster.catalog.secrets();
            let (event, cluster) = (self.id.clone(), Arc::clone(&self.cluster));
            let of = SnapshotOf { event: event.clone(), log: self.log.clone(), secrets };
            let tell = move |version| cluster.tell(&event, ShellAsk::Snapshot { version });
            self.cluster.snapshotting.begin(of, after, tell);
        }
    }

    /// Waits until something is asked, or holds are due.
    async fn rest(&mut self) {
        let next = self.shown.event.as_ref().and_then(|event| event.next_due());
        let is_own = self.cluster.members.prefers_this(&self.id);
        let patience = if is_own { Duration::ZERO } else { OVERDUE };
        let sweep_at = next.map(|next| next.plus(patience).max(self.sweep_from));
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
                if let Some(asked) = asked {
                    self.take(asked).await;
                }
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
        let mut is_changed = false;
        while let Some(shown) = self.actor.next_shown() {
            self.shown.show(&self.cluster, shown);
            is_changed = true;
        }
        if is_changed {
            self.uses.takes(self.shown.bytes());
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
            (Wanted::Confirmation, _) => {
                let kept = self.shown.event.iter().map(Arc::clone).collect();
                return Settlement::Confirmed(kept);
            }
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

/// A request with the hall of the event that it creates; answered if there is no such hall.
async fn in_its_hall(
    cluster: &ClusterState,
    mut request: Box<ClusterRequest>,
) -> Option<Box<ClusterRequest>> {
    let Some(spec) = request.creates() else { return Some(request) };
    match cluster.hall(spec).await {
        Ok(hall) => request.hall = hall,
        Err(refusal) => {
            request.settle(refused(refusal));
            return None;
        }
    }
    Some(request)
}

fn refused(refusal: Refusal) -> Settlement {
    Settlement::Answer(Answer::plain(Body::Refused(refusal)))
}

/// The log of an event.
pub(crate) fn event_log(id: &EventId) -> LogId {
    LogId::parse(&format!("event/{id}")).expect("a slug is short")
}

async fn within_a_tick(call: &mut EngineCall) -> Option<EngineAnswer> {
    tokio::time::timeout(TICK, call).await.ok()
}
