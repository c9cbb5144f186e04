//! The actor: one event's queue, its copy and the one thing that it asks of the engine at a time.

use crate::batch_ids::BatchIds;
use crate::changes::encode_changes;
use crate::copy::EventCopy;
use crate::decide::decide;
use crate::draft::Draft;
use crate::loading::SnapshotLoader;
use crate::poke::Poke;
use crate::request::{EventRequest, NotApplied, Verdict};
use crate::requests::Requests;
use crate::store_call::{Shown, StoreCall};
use crate::unshown::Unshown;
use boxoffice_inventory::{EventSecrets, Halls, Inventory};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{Batch, LogId};
use std::sync::Arc;

/// Requests that are decided in one round at most.
const MAX_ROUND: usize = 2_048;

/// One event over a shared store, as a state machine without time, tasks or I/O.
///
/// Requests go in by [`ask`](Self::ask). [`next_call`](Self::next_call) decides those that wait and
/// says what to ask of the engine; the engine's answer goes in by the method that the call names,
/// and [`next_answer`](Self::next_answer) has what became of the requests.
///
/// # Invariants
/// - Nothing is decided while an append is on its way or its outcome is unknown.
/// - An answer leaves when its changes are in the log; one without changes when the log was seen to
///   end at the copy's end after the request came; and both when an acknowledged write of this
///   server came after all that they rest on.
#[derive(Debug)]
pub struct EventActor<R> {
    pub(crate) log: LogId,
    loader: SnapshotLoader,
    pub(crate) ids: BatchIds,
    pub(crate) copy: EventCopy,
    pub(crate) draft: Draft,
    pub(crate) requests: Requests<R>,
    pub(crate) phase: Phase,
    /// Whether the engine has been asked for what the phase says.
    pub(crate) is_out: bool,
    pub(crate) poked: Poke,
    /// The version of the newest snapshot that is known.
    pub(crate) snapshot_version: u64,
    /// How often the event was loaded since its copy was last seen to be the log's.
    pub(crate) loads: u32,
    /// Whether the copy has what may not be durable yet: what other servers appended is certain
    /// only after an acknowledged write of this one.
    pub(crate) in_doubt: bool,
    /// Whether the last append lost against another server's.
    pub(crate) contended: bool,
    pub(crate) unshown: Unshown,
}

/// What the actor is at.
#[derive(Debug)]
pub(crate) enum Phase {
    Idle,
    /// The event's snapshot is loaded.
    Loading,
    /// What is behind the snapshot is read.
    CatchingUp,
    Appending {
        batch: Batch,
        attempt: u32,
    },
    /// This server writes something, which makes all that is in the log durable. `sent` is whether
    /// the round's changes are in the log.
    Proving {
        attempt: u32,
        sent: bool,
    },
    /// The log's end is compared with the copy's; `proves` is whether a write came before.
    Confirming {
        proves: bool,
        sent: bool,
    },
    /// The log has grown, and what came is read.
    Following {
        proves: bool,
        sent: bool,
    },
    Pausing,
}

impl Phase {
    /// Whether changes of waiting requests are in the log, or may be.
    const fn has_sent(&self) -> bool {
        matches!(
            self,
            Self::Appending { .. }
                | Self::Proving { sent: true, .. }
                | Self::Confirming { sent: true, .. }
                | Self::Following { sent: true, .. }
        )
    }
}

impl<R: EventRequest> EventActor<R> {
    /// The actor of an event that is not loaded. `secrets` are as in [`Inventory::create`].
    pub fn new(
        log: LogId,
        event: EventId,
        secrets: EventSecrets,
        halls: Arc<dyn Halls>,
        ids: BatchIds,
    ) -> Self {
        Self {
            loader: SnapshotLoader::new(log.clone(), event.clone(), secrets),
            log,
            ids,
            copy: EventCopy::empty(event, secrets, halls),
            draft: Draft::new(),
            requests: Requests::new(),
            phase: Phase::Loading,
            is_out: false,
            poked: Poke::None,
            snapshot_version: 0,
            loads: 0,
            in_doubt: false,
            contended: false,
            unshown: Unshown::loading(),
        }
    }

    /// Has a request wait for its turn.
    pub fn ask(&mut self, request: R) {
        self.requests.ask(request);
    }

    /// Looks for what other servers appended, although nothing is asked: after a hint, or now and
    /// then for what is watched.
    pub const fn poke(&mut self) {
        self.poked = Poke::Wanted;
    }

    /// What to ask of the engine now; nothing while it has not answered, or if there is nothing to
    /// do. `now` is the engine's time, as this server knows it: a request whose deadline has come is
    /// not decided.
    pub fn next_call(&mut self, now: Timestamp) -> Option<StoreCall> {
        self.expire(now);
        if self.is_out {
            return None;
        }
        self.unshown.put_back(&mut self.copy);
        while matches!(self.phase, Phase::Idle) && self.has_work() {
            self.begin_round(now);
        }
        let call = match &self.phase {
            Phase::Idle => return None,
            Phase::Loading | Phase::CatchingUp if !self.has_work() => return None,
            Phase::Loading => StoreCall::Snapshot(self.loader.clone()),
            Phase::CatchingUp | Phase::Following { .. } => {
                StoreCall::Read { after: self.copy.version() }
            }
            Phase::Appending { batch, attempt } => {
                if *attempt == 1 {
                    self.poked.ask();
                }
                StoreCall::Append { batch: batch.clone(), attempt: *attempt }
            }
            Phase::Confirming { .. } => {
                self.poked.ask();
                StoreCall::End
            }
            Phase::Proving { attempt, .. } => StoreCall::Write { attempt: *attempt },
            Phase::Pausing => StoreCall::Pause,
        };
        self.is_out = true;
        Some(call)
    }

    /// What became of the next request.
    pub fn next_answer(&mut self) -> Option<(R, Verdict)> {
        self.requests.next_answer()
    }

    /// What watchers, views and figures may show next.
    pub fn next_shown(&mut self) -> Option<Shown> {
        self.unshown.next()
    }

    /// Answers the requests whose deadline has come. While an append has no outcome, that is
    /// unknown for all of them: a request that waits may repeat one that was sent.
    pub fn expire(&mut self, now: Timestamp) {
        let verdict = match self.phase.has_sent() {
            true => Verdict::OutcomeUnknown,
            false => Verdict::NotApplied(NotApplied::TooLate),
        };
        self.requests.expire(now, &verdict);
    }

    /// When [`expire`](Self::expire) has something to do.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.requests.next_deadline()
    }

    /// The event's settled state, for reads that need not be fresh: without what is on its way to
    /// the log, and without what may not be durable yet. None while it is loading, if there is no
    /// event, or while the event's creation itself may not be durable.
    pub fn settled(&mut self) -> Option<&Inventory> {
        if !mutants::on(Mutant::SpeculationShown) {
            self.draft.lift(&mut self.copy);
        }
        let is_certain =
            !self.in_doubt || mutants::on(Mutant::DoubtShown) || self.unshown.lift(&mut self.copy);
        let is_shown = is_certain && !self.unshown.is_loading();
        self.copy.inventory().filter(|_| is_shown)
    }

    /// Whether nothing would get lost with this actor: no request waits, and the engine is asked
    /// nothing. It can be made again when the event is asked for; watchers would miss what comes.
    pub fn is_idle(&self) -> bool {
        if mutants::on(Mutant::UnloadedTooEarly) {
            return self.requests.waiting.is_empty();
        }
        let is_at_rest = matches!(self.phase, Phase::Idle | Phase::Loading | Phase::CatchingUp);
        let is_told = self.requests.is_empty() && self.unshown.is_told();
        is_at_rest && is_told && !self.is_out && self.poked == Poke::None
    }

    /// Whether a [snapshot](crate::take_snapshot) is due: a new server would read more changes
    /// behind the last one than the event has reservations, and than `least`, by default
    /// [`SNAPSHOT_AFTER`](crate::SNAPSHOT_AFTER).
    pub fn snapshot_due(&self, least: u64) -> Option<u64> {
        let reservations = self.copy.inventory().map_or(0, Inventory::remembered) as u64;
        let after = reservations.max(least);
        (self.behind_snapshot() >= after).then_some(after)
    }

    /// How many changes are behind the newest snapshot that is known.
    pub fn behind_snapshot(&self) -> u64 {
        self.copy.version().saturating_sub(self.snapshot_version)
    }

    /// There is a snapshot of this version.
    pub fn snapshot_taken(&mut self, version: u64) {
        self.snapshot_version = self.snapshot_version.max(version);
    }

    fn begin_round(&mut self, now: Timestamp) {
        let now = now.max(self.copy.last_at());
        while self.requests.round.len() < MAX_ROUND && !self.draft.is_full() {
            let Some(asked) = self.requests.waiting.pop_front() else { break };
            match decide(&mut self.copy, &mut self.draft, &asked.request, now) {
                Some(decided) => self.requests.round.push((asked, decided)),
                None => {
                    self.requests.waiting.push_front(asked);
                    break;
                }
            }
        }
        self.phase = match () {
            () if !self.draft.is_empty() => self.append(now),
            () if self.trusts_copy() || self.requests.keep_fresh() => self.settle(false),
            () if self.in_doubt => Phase::Proving { attempt: 1, sent: false },
            () => Phase::Confirming { proves: false, sent: false },
        };
    }

    fn has_work(&self) -> bool {
        self.poked == Poke::Wanted || !self.requests.waiting.is_empty()
    }

    /// Whether answers without changes are not confirmed: a [`Mutant`].
    fn trusts_copy(&self) -> bool {
        mutants::on(Mutant::RefusalNotConfirmed) && !self.requests.round.is_empty()
    }

    /// The round is in the log, or the log ends where the copy does: answers it, unless it rests on
    /// what is in doubt. `sent` is whether its changes are in the log.
    pub(crate) fn settle(&mut self, sent: bool) -> Phase {
        if self.in_doubt {
            return Phase::Proving { attempt: 1, sent };
        }
        self.loads = 0;
        self.requests.answer_fresh(true);
        self.unshown.show(&mut self.copy);
        let has_won = sent && std::mem::take(&mut self.contended);
        if has_won { Phase::Pausing } else { Phase::Idle }
    }

    fn append(&mut self, now: Timestamp) -> Phase {
        let changes = self.draft.changes();
        let (count, body) = (changes.len() as u64, encode_changes(changes));
        let (log, end, id) = (self.log.clone(), self.copy.end(), self.ids.next());
        let batch = Batch::new(log, end, id, count, now.as_ms(), &body);
        Phase::Appending { batch, attempt: 1 }
    }
}
