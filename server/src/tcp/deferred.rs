//! The requests of a connection that wait for an event's actor, where several servers share a store.
//!
//! Each is answered when its event has answered, so a slow event holds up no other. Decisions of one event
//! are answered in the order in which they were sent. A read shows all that is durable, so it waits
//! until those before it are answered, and what is behind it waits for it: no answer shows an older version
//! than one before it.

use super::output::Timed;
use crate::cluster::{ReplyTo, Route, Settled, queue};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::Request;
use std::collections::HashMap;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::Instant;

/// Invariant: `of_events` and `lists` count what `waiting` has.
#[derive(Debug)]
pub(super) struct Deferred {
    to: UnboundedSender<Settled>,
    settled: UnboundedReceiver<Settled>,
    tickets: u64,
    waiting: HashMap<u64, DeferredRequest>,
    of_events: HashMap<EventId, WaitingOf>,
    /// Reads of many events.
    lists: usize,
    /// Whether the next request has to wait for those before it.
    is_held: bool,
}

/// How many requests wait for one event.
#[derive(Debug, Default)]
struct WaitingOf {
    decisions: usize,
    reads: usize,
    /// That of the decisions.
    route: Option<Route>,
}

/// A request that waits.
#[derive(Debug)]
pub(super) struct DeferredRequest {
    pub(super) correlation: u32,
    pub(super) timed: Timed,
    /// The beginning of the turn that took it.
    pub(super) turn: Instant,
    pub(super) event: Option<EventId>,
    /// What is answered here, once it is known what the event is now.
    pub(super) request: Option<Box<Request>>,
}

impl Deferred {
    pub(super) fn new() -> Self {
        let (to, settled) = queue();
        let (waiting, of_events) = (HashMap::new(), HashMap::new());
        Self { to, settled, tickets: 0, waiting, of_events, lists: 0, is_held: false }
    }

    /// Whether another request may wait, of so many at most, and need not wait for those before it.
    pub(super) fn has_room(&self, most: usize) -> bool {
        !self.is_held && self.waiting.len() < most
    }

    /// Holds a request if it has to wait for those before it: a read for all of them, a decision for reads.
    pub(super) fn holds(&mut self, event: Option<&EventId<&str>>, is_decision: bool) -> bool {
        self.is_held = match event {
            None => !self.waiting.is_empty(),
            Some(event) => {
                let of_event = self.of_events.get(event.as_str());
                let is_behind = of_event.is_some_and(|of| of.reads > 0 || !is_decision);
                is_behind || self.lists > 0
            }
        };
        self.is_held
    }

    /// The route of the decisions about an event that wait, if any does.
    pub(super) fn route(&self, event: Option<&EventId<&str>>) -> Option<Route> {
        let of = self.of_events.get(event?.as_str())?;
        of.route.filter(|_| of.decisions > 0)
    }

    /// Holds a request until those before it are answered.
    pub(super) const fn hold(&mut self) {
        self.is_held = true;
    }

    /// Has a decision wait that takes this route.
    pub(super) fn put_decision(&mut self, request: DeferredRequest, route: Route) -> ReplyTo {
        let event = request.event.clone();
        let reply = self.put(request);
        if let Some(of) = event.and_then(|event| self.of_events.get_mut(&event)) {
            of.route = Some(route);
        }
        reply
    }

    pub(super) fn put(&mut self, request: DeferredRequest) -> ReplyTo {
        let is_read = request.request.is_some();
        match &request.event {
            None => self.lists += 1,
            Some(event) => {
                let of = self.of_events.entry(event.clone()).or_default();
                *(if is_read { &mut of.reads } else { &mut of.decisions }) += 1;
            }
        }
        self.tickets += 1;
        self.waiting.insert(self.tickets, request);
        ReplyTo { to: self.to.clone(), ticket: self.tickets }
    }

    pub(super) fn take(&mut self, ticket: u64) -> Option<DeferredRequest> {
        let taken = self.waiting.remove(&ticket)?;
        self.is_held = false;
        let Some(event) = &taken.event else {
            self.lists -= 1;
            return Some(taken);
        };
        if let Some(of) = self.of_events.get_mut(event) {
            let is_read = taken.request.is_some();
            *(if is_read { &mut of.reads } else { &mut of.decisions }) -= 1;
            if of.decisions + of.reads == 0 {
                self.of_events.remove(event);
            }
        }
        Some(taken)
    }

    /// Whether no request waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// What came of another request meanwhile.
    pub(super) fn next_settled(&mut self) -> Option<Settled> {
        self.settled.try_recv().ok()
    }

    /// Returns what came of a request; never returns where none waits. Nothing is lost when the future
    /// is dropped.
    pub(super) async fn settled(&mut self) -> Settled {
        match self.settled.recv().await {
            Some(settled) => settled,
            None => std::future::pending().await,
        }
    }
}
