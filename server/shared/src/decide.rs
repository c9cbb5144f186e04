//! One request's decision, on a copy and the draft that lies on it.

use crate::copy::EventCopy;
use crate::draft::Draft;
use crate::request::{Decided, EventRequest, Wish};
use boxoffice_inventory::{Answered, ChangeSink, Inventory, answer};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;

/// Decides a request; nothing if it has to wait for the next batch, because this one is full.
/// Expiries that were drafted for it stay in this one.
pub(crate) fn decide(
    copy: &mut EventCopy,
    draft: &mut Draft,
    request: &impl EventRequest,
    now: Timestamp,
) -> Option<Decided> {
    let version = copy.version();
    let Some(inventory) = copy.existing() else {
        // A batch that deletes the event comes first.
        let wish = request.wish();
        return match wish {
            Wish::Create(_) if !draft.is_empty() => None,
            Wish::Create(spec) => Some(create(draft, version + 1, request, spec, now)),
            Wish::Command(_) | Wish::Look(_) => {
                let drafted = draft.changes().last().map(|change| change.version);
                let version = drafted.unwrap_or(version);
                Some(Decided { version, at: now, body: Body::Refused(Refusal::EventNotFound) })
            }
        };
    };
    let mut drafting = draft.taking(inventory, now, request);
    let body = match request.wish() {
        Wish::Create(spec) => existing(drafting.inventory(), spec),
        Wish::Command(command) => loop {
            match answer(&mut drafting, &command, now, &request.rules()) {
                Answered::Body(body) => break body,
                Answered::Again if drafting.is_full() => return None,
                Answered::Again => {}
            }
        },
        Wish::Look(look) => {
            while let Some(expiry) = drafting.inventory().due_chunk(now) {
                if drafting.is_full() {
                    return None;
                }
                drafting.expire(expiry).ok()?;
            }
            look(drafting.inventory(), now)
        }
    };
    Some(Decided { version: drafting.inventory().version(), at: now, body })
}

fn create(
    draft: &mut Draft,
    version: u64,
    request: &impl EventRequest,
    spec: &EventSpec,
    now: Timestamp,
) -> Decided {
    let change = Change::Created(Box::new(spec.clone()));
    if let Err(why) = request.admit(&change, now) {
        let body = Body::Refused(Refusal::Unavailable { why });
        return Decided { version: version - 1, at: now, body };
    }
    draft.create(Recorded { version, at: now, principal: request.principal().cloned(), change });
    Decided { version, at: now, body: Body::EventSaved { effect: Effect::Applied } }
}

/// The answer to a creation of an event that is there.
fn existing(inventory: &Inventory, spec: &EventSpec) -> Body {
    if inventory.created_as() == spec {
        return Body::EventSaved { effect: Effect::Unchanged };
    }
    Body::Refused(Refusal::EventExists)
}
