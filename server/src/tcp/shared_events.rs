//! Requests of a conversation where several servers share a store: each takes its way to its event, and is
//! answered when that has answered.

use super::answer::{Responder, Turn};
use super::conversation::{Conversation, Executed};
use super::deferred::DeferredRequest;
use super::output::Timed;
use crate::auth::Grant;
use crate::cluster::{Kept, Route, Settled, Settlement, Way};
use crate::metrics::{LaneNumber, Listener};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::request::{Freshness, Request};

impl Conversation {
    /// Takes a request on its way: it is answered at once, or waits for its event.
    #[cold]
    pub(super) fn answer_in_cluster(
        &mut self,
        lane: LaneNumber,
        correlation: u32,
        request: &Request<&str>,
    ) -> Executed {
        let cluster = self.shared.cluster.as_ref().expect("it has what is deferred");
        let grant = self.grant.as_ref().expect("no request is taken before Hello");
        let deferred = self.deferred.as_mut().expect("it has what is deferred");
        let admitted = grant.admit(request);
        let told = &self.told;
        let way = admitted.as_ref().map_or(Way::Here(Kept::new()), |_| cluster.way(request, told));
        let is_about_events = !matches!(way, Way::Here(_)) || request.event().is_some();
        if is_about_events && deferred.holds(request.event(), matches!(way, Way::Decide)) {
            return Executed::Held;
        }
        let before = deferred.route(request.event());
        let route = match (&way, request.event()) {
            (Way::Decide, Some(event)) => cluster.route(*event, before),
            _ => Some(Route::Here),
        };
        let Some(route) = route else {
            deferred.hold();
            return Executed::Held;
        };
        self.shared.metrics.counters(lane).count_request(Listener::Tcp, Some(request.kind()));
        let (timed, turn) = (Timed::of(request.kind()), self.output.turn());
        let event = request.event().map(|event| event.to_owned());
        let mut waiting = DeferredRequest { correlation, timed, turn, event, request: None };
        match (way, admitted) {
            (_, Err(refusal)) => return self.deny(correlation, refusal),
            (Way::Here(_kept), Ok(_)) => return self.answer_here(correlation, request),
            (Way::Decide, Ok(admitted)) => {
                let reply = deferred.put_decision(waiting, route);
                cluster.decide(admitted, self.peer, (route, before.is_some()), reply);
            }
            (Way::Confirm, Ok(_)) => {
                waiting.request = Some(Box::new(request.with_names()));
                let since = told.wants_list(Freshness::Cached).since;
                cluster.confirm_request(request, since, deferred.put(waiting));
            }
        }
        Executed::Quickly
    }

    /// Answers a request from what this server has.
    fn answer_here(&mut self, correlation: u32, request: &Request<&str>) -> Executed {
        let grant: Grant = self.grant.clone().expect("no request is taken before Hello");
        match grant.admit(request) {
            Ok(admitted) => {
                let timed = Timed::of(request.kind());
                let mut responder: Responder<'_> = self.responder(timed);
                match responder.answer(correlation, admitted) {
                    Turn::Again => Executed::NotYet,
                    Turn::Answered => Executed::Slowly,
                }
            }
            Err(refusal) => self.deny(correlation, refusal),
        }
    }

    /// Whether a request waits for its event.
    pub(super) fn has_deferred(&self) -> bool {
        self.deferred.as_ref().is_some_and(|deferred| !deferred.is_empty())
    }

    /// Answers a request whose event has answered, and those that came with it.
    pub(super) fn settle(&mut self, first: Settled) {
        let mut next = Some(first);
        while let Some(settled) = next {
            self.settle_one(settled);
            let deferred = self.deferred.as_mut().expect("a request was deferred");
            next = deferred.next_settled();
        }
    }

    fn settle_one(&mut self, Settled { ticket, settlement }: Settled) {
        let deferred = self.deferred.as_mut().expect("a request was deferred");
        let Some(waiting) = deferred.take(ticket) else { return };
        let DeferredRequest { correlation, timed, turn, request, .. } = waiting;
        self.output.go_on_with_turn(turn);
        let mut responder = self.responder(timed);
        // What is to be read stays loaded until it was.
        let confirmed = match settlement {
            Settlement::Answer(answer) => {
                responder.put(correlation, answer);
                return;
            }
            Settlement::Confirmed(kept) => Some(kept),
            Settlement::Unconfirmed => None,
        };
        // A decision has an answer always.
        let Some(request) = request else { return };
        let request: Request<&str> = request.with_names();
        let shown = || responder.shared.cluster.as_ref()?.may_show_to(&request);
        let Some(_kept) = confirmed.or_else(shown) else {
            let why = UnavailableWhy::SharedStore;
            responder.put_refusal(correlation, Refusal::Unavailable { why });
            return;
        };
        let executed = self.answer_here(correlation, &request);
        debug_assert!(executed != Executed::NotYet, "no hold is expired here");
    }
}
