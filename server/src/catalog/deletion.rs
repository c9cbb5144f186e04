//! Deletions. An event goes from the map when its deletion is recorded, under the map's lock and
//! its own: no request finds an event that is gone, or misses one that is not.
//!
//! What takes its time comes before, without the map's lock: due holds are expired a chunk at a
//! time, and the ids that the tombstone keeps are gathered and put in order. They stand while the
//! event's version does; otherwise they are gathered again.

use super::answer::{Answer, Step};
use super::caller::Caller;
use super::catalog::Catalog;
use super::context::{Context, Holdings, seats};
use super::event::Event;
use super::event_map::{EventEntry, Gone};
use super::local_changes::LocalChanges;
use boxoffice_inventory::{Answered, ChangeSink, Command, Decision, UsedIds, settle};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::id::{EventId, Principal, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;

/// How often the ids are gathered without the map's lock. An event that other threads change all
/// the time is held still for the last attempt.
const ATTEMPTS: usize = 3;

/// What an event leaves if it is deleted at this version.
struct Tombstone {
    version: u64,
    used_ids: UsedIds,
}

impl Catalog {
    /// Deletes an event. Its slug and version are kept; deleting it again changes nothing.
    pub fn delete(&self, id: EventId<&str>, force: Force, principal: Option<&Principal>) -> Step {
        self.forget();
        let caller = Caller::named(principal);
        let event = match self.to_delete(id) {
            Ok(event) => event,
            Err(answer) => return Step::Done(answer),
        };
        for _ in 0..ATTEMPTS {
            let Tombstone { version, used_ids } =
                match event.prepare_deletion(&self.context, force, caller) {
                    Ok(tombstone) => tombstone,
                    Err(mut step) => {
                        self.unless_gone(&mut step);
                        return step;
                    }
                };
            let stands = |now: &LocalChanges<'_>| now.inventory().version() == version;
            let buried = self.bury(&event, caller, |now| stands(now).then_some(used_ids));
            if let Some(answer) = buried {
                return Step::Done(answer);
            }
        }
        let command = Command::Delete { force };
        let can_be =
            |now: &LocalChanges<'_>| matches!(now.decide(&command), Decision::Answer(Ok(_)));
        let buried = self.bury(&event, caller, |now| can_be(now).then(|| used_ids(now.ids())));
        buried.map_or(Step::Again, Step::Done)
    }

    fn to_delete(&self, id: EventId<&str>) -> Result<Arc<Event>, Answer> {
        let events = self.events.read();
        match events.by_id.get(id.as_str()) {
            Some(EventEntry::Live(event)) => Ok(Arc::clone(event)),
            Some(EventEntry::Deleted(gone)) => {
                let body = Body::EventSaved { effect: Effect::Unchanged };
                Err(Answer { version: gone.version, ..events.answer(body) })
            }
            None => Err(events.answer(Body::Refused(Refusal::EventNotFound))),
        }
    }

    /// Records a deletion and puts the tombstone in the event's place. Nothing if its slug stands
    /// for something else by now, or there are no `used_ids` as the event is now.
    fn bury(
        &self,
        event: &Arc<Event>,
        caller: Caller<'_>,
        used_ids: impl FnOnce(&LocalChanges<'_>) -> Option<UsedIds>,
    ) -> Option<Answer> {
        let mut events = self.events.write();
        events.live(event.id.borrowed()).filter(|live| Arc::ptr_eq(live, event))?;
        let mut changes = LocalChanges::new(event, &self.context, caller);
        let used_ids = used_ids(&changes)?;
        if let Err(why) = changes.make(Change::Deleted) {
            return Some(changes.answer(Body::Refused(Refusal::Unavailable { why })));
        }
        let answer = changes.answer(Body::EventSaved { effect: Effect::Applied });
        let used_ids = Arc::new(used_ids.deleted_at(changes.now));
        let gone = Gone { version: answer.version, used_ids };
        let inventory = changes.inventory();
        self.context.count(Holdings::of(inventory), gone.holdings());
        self.context.count_seats(seats(inventory.spec()), 0);
        drop(changes);
        events.delete(event.id.borrowed(), gone, answer.position);
        Some(answer)
    }
}

impl Event {
    /// The tombstone of the event if it can be deleted; otherwise the answer, or another turn.
    fn prepare_deletion(
        &self,
        context: &Context,
        force: Force,
        caller: Caller<'_>,
    ) -> Result<Tombstone, Step> {
        let mut changes = LocalChanges::new(self, context, caller);
        let (now, rules) = (changes.now, context.rules_for(caller.allowance));
        match settle(&mut changes, &Command::Delete { force }, now, &rules) {
            Ok(_) => {}
            Err(Answered::Again) => return Err(Step::Again),
            Err(Answered::Body(body)) => return Err(Step::Done(changes.answer(body))),
        }
        let (version, ids) = (changes.inventory().version(), changes.ids());
        // To put a million ids in order takes its time.
        drop(changes);
        Ok(Tombstone { version, used_ids: used_ids(ids) })
    }
}

impl LocalChanges<'_> {
    fn ids(&self) -> Ids {
        let (own, predecessors) = self.inventory().ids_used_until(self.now);
        Ids { at: self.now, own, predecessors }
    }
}

/// The ids that an event leaves if it is deleted at this time.
struct Ids {
    at: Timestamp,
    own: Vec<ReservationId>,
    predecessors: Arc<UsedIds>,
}

fn used_ids(Ids { at, own, predecessors }: Ids) -> UsedIds {
    UsedIds::new(at, own.into_iter().chain(predecessors.iter()))
}
