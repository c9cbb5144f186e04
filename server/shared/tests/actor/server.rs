//! A server with one actor, over the engine in memory.

use boxoffice_inventory::model::fixtures::{BEGIN, RULES, SECRETS, count, customer, event, id_at};
use boxoffice_inventory::{Command, Halls, HoldRules, Inventory, NoPlans};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{CustomerId, EventId, Principal, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Force;
use boxoffice_protocol::reservation::Selection;
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{
    BatchIds, EventActor, EventRequest, READ_LIMIT, Shown, StoreCall, Verdict, Wish,
};
use boxoffice_store::{AppendFault, End, LogId, Memory, Pending, Store, StoreError};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

#[derive(Debug, Clone)]
pub(crate) enum Wanted {
    Create(EventSpec),
    Delete,
    Reserve(ReservationId, CustomerId, Selection),
    Look,
}

impl EventRequest for Wanted {
    fn wish(&self) -> Wish<'_> {
        match self {
            Self::Create(spec) => Wish::Create(spec),
            Self::Delete => Wish::Command(Command::Delete { force: Force::Yes }),
            Self::Reserve(id, customer, selection) => {
                let customer = customer.borrowed();
                Wish::Command(Command::Reserve {
                    id: *id,
                    fingerprint: 1,
                    customer,
                    selection,
                    order: None,
                })
            }
            Self::Look => Wish::Look(&|inventory: &Inventory, _| Body::Seats(inventory.seat_map())),
        }
    }

    fn rules(&self) -> HoldRules {
        RULES
    }

    fn principal(&self) -> Option<&Principal> {
        None
    }

    fn deadline(&self) -> Timestamp {
        LATE
    }
}

pub(crate) const LATE: Timestamp = Timestamp::from_ms(BEGIN.as_ms() + 5_000);

pub(crate) fn place(number: u64) -> Wanted {
    let selection = Selection::Standing { places: count(1), section: None };
    Wanted::Reserve(id_at(BEGIN, number), customer("ann"), selection)
}

pub(crate) fn hall(sections: &str) -> Wanted {
    Wanted::Create(event(sections))
}

pub(crate) fn log() -> LogId {
    LogId::parse("event/film").expect("a name")
}

pub(crate) fn now<T>(mut pending: Pending<T>) -> Result<T, StoreError> {
    match pending.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => panic!("the engine in memory answers at once"),
    }
}

/// One server over an engine in memory.
/// Halls without a plan.
pub(crate) fn halls() -> Arc<dyn Halls> {
    Arc::new(NoPlans)
}

pub(crate) struct Server {
    pub(crate) actor: EventActor<Wanted>,
    pub(crate) store: Memory,
}

impl Server {
    pub(crate) fn new(number: u128, store: &Memory) -> Self {
        let event = EventId::parse("film").expect("a slug");
        let ids = BatchIds::new(number << 64);
        let actor = EventActor::new(log(), event, SECRETS, halls(), ids);
        Self { actor, store: store.clone() }
    }

    /// One with an event that is loaded.
    pub(crate) fn with(sections: &str) -> Self {
        let mut server = Self::new(1, &Memory::new(BEGIN.as_ms()));
        assert_eq!(applied(&server.does(hall(sections))), Some(1));
        while server.shown().is_some() {}
        server
    }

    /// Another server over the same engine, which has loaded the event.
    pub(crate) fn another(&self) -> Self {
        let mut other = Self::new(2, &self.store);
        other.does(Wanted::Look);
        while other.shown().is_some() {}
        other
    }

    pub(crate) fn call(&mut self) -> Option<StoreCall> {
        self.actor.next_call(BEGIN)
    }

    /// Has the engine do what was asked.
    pub(crate) fn perform(&mut self, call: StoreCall) {
        match call {
            StoreCall::Append { batch, .. } => {
                let mut answers = self.store.append(vec![batch]);
                self.actor.appended(now(answers.pop().expect("an answer")));
            }
            StoreCall::End => self.actor.ends_at(self.end()),
            StoreCall::Snapshot(loader) => {
                self.actor.loaded(loader.load(now(self.store.snapshot(&log())), &halls()));
            }
            StoreCall::Read { after } => {
                self.actor.read(now(self.store.read(&log(), after, READ_LIMIT)));
            }
            StoreCall::Write { .. } => self.actor.written(&Ok(())),
            StoreCall::Pause => self.actor.paused(),
        }
    }

    pub(crate) fn end(&self) -> Result<Option<End>, StoreError> {
        now(self.store.ends(vec![log()])).map(|ends| ends[0])
    }

    /// Asks, and has the append of it meet a fault.
    pub(crate) fn ask_into(&mut self, fault: AppendFault, wanted: Wanted) {
        self.actor.ask(wanted);
        let append = self.call().expect("an append");
        self.store.inject(&log(), fault);
        self.perform(append);
    }

    /// Goes on until there is nothing to ask, and returns the kinds of calls.
    pub(crate) fn run(&mut self) -> Vec<&'static str> {
        let mut kinds = Vec::new();
        while let Some(call) = self.call() {
            kinds.push(kind(&call));
            self.perform(call);
        }
        kinds
    }

    pub(crate) fn does(&mut self, wanted: Wanted) -> Verdict {
        self.actor.ask(wanted);
        self.run();
        self.answer().expect("an answer")
    }

    pub(crate) fn answer(&mut self) -> Option<Verdict> {
        self.actor.next_answer().map(|(_, verdict)| verdict)
    }

    pub(crate) fn shown(&mut self) -> Option<Shown> {
        self.actor.next_shown()
    }
}

pub(crate) const fn kind(call: &StoreCall) -> &'static str {
    match call {
        StoreCall::Append { .. } => "append",
        StoreCall::End => "end",
        StoreCall::Snapshot(_) => "snapshot",
        StoreCall::Read { .. } => "read",
        StoreCall::Write { .. } => "write",
        StoreCall::Pause => "pause",
    }
}

/// The version that a request made.
pub(crate) fn applied(verdict: &Verdict) -> Option<u64> {
    let Verdict::Decided(decided) = verdict else { return None };
    match decided.body {
        Body::Reservation { effect: Effect::Applied, .. }
        | Body::OrderConfirmed { effect: Effect::Applied, .. }
        | Body::EventSaved { effect: Effect::Applied } => Some(decided.version),
        _ => None,
    }
}

pub(crate) fn refused(verdict: &Verdict) -> Option<(u64, &Refusal)> {
    match verdict {
        Verdict::Decided(decided) => match &decided.body {
            Body::Refused(refusal) => Some((decided.version, refusal)),
            _ => None,
        },
        _ => None,
    }
}
