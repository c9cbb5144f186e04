//! A request that waits for its event's actor: what a server admitted, with everything it names.

use super::asker::Asker;
use super::settled::{ReplyTo, Settlement};
use crate::catalog::{Answer, Caller, Catalog};
use boxoffice_inventory::{Hall, HoldRules, Inventory};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::Principal;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{EventRequest, Wish};
use std::sync::Arc;

/// A request to an event.
#[derive(Debug)]
pub(super) struct ClusterRequest {
    pub(super) wanted: Wanted,
    pub(super) asker: Asker,
    rules: HoldRules,
    pub(super) asked_at: Timestamp,
    pub(super) deadline: Timestamp,
    catalog: Arc<Catalog>,
    /// The hall of the event that it creates, whose plan is in use while this is held.
    pub(super) hall: Hall,
    /// None of one that is the server's own, or was forwarded.
    pub(super) reply: Option<ReplyTo>,
}

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "a request that has it lies in a box")]
pub(super) enum Wanted {
    /// The event decides this.
    Decision(Request),
    /// Due holds are recorded as expired, and what is shown then is as new as this.
    Confirmation,
}

/// What an event's task is told.
#[derive(Debug)]
pub(super) enum ShellAsk {
    Request(Box<ClusterRequest>),
    /// The log may have grown.
    Poke,
    /// A snapshot of the event was taken; none of a version that is known if that failed.
    Snapshot {
        version: Option<u64>,
    },
    /// Others need the memory.
    Unload,
}

impl ClusterRequest {
    /// What a client asked for, which its grant allows.
    pub(super) fn of(
        asker: Asker,
        wanted: Request,
        catalog: &Arc<Catalog>,
        times: (Timestamp, Timestamp),
        reply: ReplyTo,
    ) -> Box<Self> {
        Self::new(asker, Wanted::Decision(wanted), catalog, times, Some(reply))
    }

    /// Has the event looked at as it is now.
    pub(super) fn confirmation(
        catalog: &Arc<Catalog>,
        times: (Timestamp, Timestamp),
        reply: Option<ReplyTo>,
    ) -> Box<Self> {
        Self::new(Asker::own(), Wanted::Confirmation, catalog, times, reply)
    }

    fn new(
        asker: Asker,
        wanted: Wanted,
        catalog: &Arc<Catalog>,
        (asked_at, deadline): (Timestamp, Timestamp),
        reply: Option<ReplyTo>,
    ) -> Box<Self> {
        let caller = Caller { principal: None, allowance: asker.allowance() };
        let rules = catalog.rules_for(caller);
        let catalog = Arc::clone(catalog);
        let hall = Hall::default();
        Box::new(Self { wanted, asker, rules, asked_at, deadline, catalog, hall, reply })
    }

    /// The terms of the event that it creates.
    pub(super) fn creates(&self) -> Option<&EventSpec> {
        match &self.wanted {
            Wanted::Decision(Request::CreateEvent { spec, .. }) => Some(spec),
            _ => None,
        }
    }

    /// Says what came of it.
    pub(super) fn settle(self, mut settlement: Settlement) {
        if let Settlement::Answer(Answer { body: Body::Refused(refusal), .. }) = &mut settlement
            && self.asker.is_bound()
            && *refusal == Refusal::NotYours
        {
            *refusal = Refusal::ReservationNotFound;
        }
        if let Some(reply) = self.reply {
            reply.send(settlement);
        }
    }
}

impl EventRequest for Box<ClusterRequest> {
    fn wish(&self) -> Wish<'_> {
        match &self.wanted {
            Wanted::Decision(Request::CreateEvent { spec, .. }) => Wish::Create(spec),
            Wanted::Decision(request) => {
                let command = self.catalog.fingerprints().command(request);
                Wish::Command(command.expect("nothing else is asked of an event"))
            }
            Wanted::Confirmation => {
                Wish::Look(&|_: &Inventory, now| Body::Pong { server_time: now })
            }
        }
    }

    fn rules(&self) -> HoldRules {
        self.rules
    }

    fn principal(&self) -> Option<&Principal> {
        self.asker.principal.as_ref()
    }

    fn admit(&self, change: &Change, now: Timestamp) -> Result<(), UnavailableWhy> {
        let caller =
            Caller { principal: self.asker.principal.as_ref(), allowance: self.asker.allowance() };
        let event = match &self.wanted {
            Wanted::Decision(request) => request.event(),
            Wanted::Confirmation => None,
        };
        self.catalog.admit(event, caller, change, now)
    }

    fn deadline(&self) -> Timestamp {
        self.deadline
    }
}
