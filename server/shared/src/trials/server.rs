//! One server of a trial: its actor, its clock, and what it asked the engine.

use super::asking::TrialRequest;
use super::engine::EngineAnswer;
use crate::actor::EventActor;
use crate::batch_ids::BatchIds;
use crate::store_call::StoreCall;
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::SECRETS;
use boxoffice_inventory::{EventSecrets, Halls, NoPlans};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{LogId, Outcome, StoreError};
use std::sync::Arc;

#[derive(Debug)]
pub(super) struct TrialServer {
    pub(super) actor: EventActor<TrialRequest>,
    /// How far its clock is ahead of the engine's.
    pub(super) ahead_ms: i64,
    /// The number of what it asked, and what kind that is.
    asked: Option<(u64, StoreCall)>,
    pub(super) asleep_until_ms: u64,
    /// Requests that it has not answered.
    pub(super) unanswered: u64,
    /// What its watchers were shown since the last snapshot.
    pub(super) shown: Option<(u64, Vec<Recorded>)>,
}

impl TrialServer {
    pub(super) fn new(log: LogId, dice: &mut Dice, ahead_ms: i64) -> Self {
        let actor = Self::started(log, dice);
        Self { actor, ahead_ms, asked: None, asleep_until_ms: 0, unanswered: 0, shown: None }
    }

    fn started(log: LogId, dice: &mut Dice) -> EventActor<TrialRequest> {
        let ids = BatchIds::new(u128::from(dice.roll()) << 64 | u128::from(dice.roll()));
        let (event, halls) = (EventId::parse("film").expect("a slug"), Arc::new(NoPlans));
        let secrets = EventSecrets { seed: dice.roll(), ..SECRETS };
        EventActor::new(log, event, secrets, halls, ids)
    }

    /// It dies and starts again: what it knew is gone.
    pub(super) fn restart(&mut self, log: LogId, dice: &mut Dice) {
        *self = Self::new(log, dice, self.ahead_ms);
    }

    /// It drops an event that is idle, and makes it again.
    pub(super) fn unload(&mut self, log: LogId, dice: &mut Dice) {
        self.actor = Self::started(log, dice);
        self.shown = None;
    }

    /// The engine's time, as it knows it.
    pub(super) const fn now(&self, engine_ms: u64) -> Timestamp {
        Timestamp::from_ms(engine_ms.saturating_add_signed(self.ahead_ms))
    }

    pub(super) fn asks(&mut self, number: u64, call: &StoreCall) {
        self.asked = Some((number, call.clone()));
    }

    /// Takes the engine's answer, if it still waits for it.
    pub(super) fn take(&mut self, number: u64, answer: EngineAnswer) {
        if self.asked.take_if(|(asked, _)| *asked == number).is_none() {
            return;
        }
        match answer {
            EngineAnswer::Append(outcome) => self.actor.appended(outcome),
            EngineAnswer::End(end) => self.actor.ends_at(end),
            EngineAnswer::Snapshot(loader, answer) => {
                let halls: Arc<dyn Halls> = Arc::new(NoPlans);
                self.actor.loaded(loader.load(answer, &halls));
            }
            EngineAnswer::Read(read) => self.actor.read(read),
            EngineAnswer::Write(written) => self.actor.written(&written),
            EngineAnswer::Pause => self.actor.paused(),
        }
    }

    /// Waits no longer for an answer.
    pub(super) fn give_up(&mut self, number: u64) {
        let Some((_, call)) = self.asked.as_ref().filter(|(asked, _)| *asked == number) else {
            return;
        };
        let why = || "no answer in time".to_owned();
        let gone = StoreError::Unavailable(why());
        let answer = match call {
            StoreCall::Append { .. } => EngineAnswer::Append(Ok(Outcome::Unknown(why()))),
            StoreCall::End => EngineAnswer::End(Err(gone)),
            StoreCall::Snapshot(loader) => EngineAnswer::Snapshot(loader.clone(), Err(gone)),
            StoreCall::Read { .. } => EngineAnswer::Read(Err(gone)),
            StoreCall::Write { .. } => EngineAnswer::Write(Err(gone)),
            StoreCall::Pause => EngineAnswer::Pause,
        };
        self.take(number, answer);
    }
}
