//! Answers to requests.

use super::awaited::Awaited;
use super::output::{OutputBuffer, Timed};
use super::watches::Watches;
use crate::auth::Admitted;
use crate::catalog::{Answer, DueHolds, ExpiryTurn, Step, Viewer};
use crate::fairness::Principal;
use crate::ledger::Position;
use crate::metrics::Listener;
use crate::plans::PlanAnswer;
use crate::server_state::ServerState;
use crate::views::{Aged, Aspect, Form, MonotonicReads, Viewed};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::id::{BackupName, EventId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Freshness, Request, RequestKind};
use boxoffice_protocol::reservation::Selection;
use std::net::IpAddr;

/// The parts of a conversation that an answer takes.
pub(super) struct Responder<'a> {
    pub(super) shared: &'a ServerState,
    pub(super) output: &'a mut OutputBuffer,
    pub(super) told: &'a mut MonotonicReads,
    pub(super) watches: &'a mut Watches,
    pub(super) awaited: &'a mut Awaited,
    /// The client's address.
    pub(super) peer: IpAddr,
    pub(super) timed: Timed,
}

impl Timed {
    /// The histogram that a request's duration is counted in.
    pub(super) const fn of(kind: RequestKind) -> Self {
        match kind {
            RequestKind::CreateEvent
            | RequestKind::UpdateEvent
            | RequestKind::DeleteEvent
            | RequestKind::Hold
            | RequestKind::Reserve
            | RequestKind::Confirm
            | RequestKind::Release
            | RequestKind::Extend
            | RequestKind::Leave
            | RequestKind::Transfer
            | RequestKind::Exchange
            | RequestKind::SetOrder
            | RequestKind::ConfirmOrder
            | RequestKind::Cancel
            | RequestKind::PutPlan => Self::Change,
            _ => Self::Look,
        }
    }
}

/// Whether a request is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Answered,
    /// Unfinished: other tasks have a turn before the next attempt.
    Again,
}

impl Responder<'_> {
    pub(super) fn answer(&mut self, correlation: u32, admitted: Admitted<'_>) -> Turn {
        let viewer = || Viewer::of(admitted.role(), admitted.is_visitors());
        let step = match *admitted.request() {
            Request::ListEvents { after, limit, freshness } => {
                let page = (after, limit);
                let view = self.shared.view_list(self.told, page, viewer(), Form::Wire, freshness);
                return view.map_or(Turn::Again, |view| self.put_view(correlation, &view));
            }
            Request::GetEvent { event, freshness } => {
                return self.view(correlation, (event, viewer()), Aspect::Details, freshness);
            }
            Request::Seats { event, freshness } => {
                return self.view(correlation, (event, viewer()), Aspect::Seats, freshness);
            }
            Request::Watch { event, from_version } => {
                return self.watch(correlation, (event, viewer()), from_version);
            }
            Request::Unwatch { event } => self.unwatch(event),
            Request::Backup { ref name } => return self.back_up(correlation, name),
            Request::PutPlan { digest, offset, ref bytes } => {
                let by = Principal::of(admitted.principal(), self.peer);
                let part = (offset, bytes.as_bytes());
                let answer = self.shared.plans.put_part(by, digest, part);
                return self.put_plan_answer(correlation, answer);
            }
            Request::GetPlan { digest, offset } => {
                let answer = self.shared.plans.part(digest, offset);
                return self.put_plan_answer(correlation, answer);
            }
            _ => self.shared.decide(admitted),
        };
        match step {
            Step::Again => Turn::Again,
            Step::Done(answer) => self.put(correlation, answer),
        }
    }

    /// Puts a refusal that rests on no event.
    pub(super) fn put_refusal(&mut self, correlation: u32, refusal: Refusal) {
        self.put_body(correlation, Body::Refused(refusal));
    }

    /// Puts an answer that rests on no event.
    pub(super) fn put_body(&mut self, correlation: u32, body: Body) {
        self.put(correlation, Answer::plain(body));
    }

    fn view(
        &mut self,
        correlation: u32,
        id: (EventId<&str>, Viewer),
        aspect: Aspect,
        freshness: Freshness,
    ) -> Turn {
        let view = self.shared.view_event(self.told, id, aspect, Form::Wire, freshness);
        match view {
            Viewed::View(view) => self.put_view(correlation, &view),
            Viewed::Again => Turn::Again,
            Viewed::Gone => self.put(correlation, self.shared.catalog.event_not_found()),
        }
    }

    fn watch(
        &mut self,
        correlation: u32,
        (id, viewer): (EventId<&str>, Viewer),
        from: Option<u64>,
    ) -> Turn {
        let catalog = &self.shared.catalog;
        let begun = match catalog.find_for(id, viewer) {
            None => Err(Refusal::EventNotFound),
            Some(event) => match catalog.expire_due(&event, &mut ExpiryTurn::default()) {
                DueHolds::Remain => return Turn::Again,
                DueHolds::Recorded | DueHolds::Refused => {
                    self.watches.begin(correlation, catalog, event, from)
                }
            },
        };
        match begun {
            Ok(()) => {}
            Err(Refusal::EventNotFound) => {
                self.put(correlation, self.shared.catalog.event_not_found());
            }
            Err(refusal) => self.put_refusal(correlation, refusal),
        }
        Turn::Answered
    }

    fn unwatch(&mut self, id: EventId<&str>) -> Step {
        self.watches.end(id);
        Step::Done(Answer::plain(Body::Unwatched))
    }

    fn back_up(&mut self, correlation: u32, name: &BackupName) -> Turn {
        match self.shared.backups.begin(name) {
            Ok(begun) => self.awaited.begin(correlation, async move {
                let why = "the server failed at it".to_owned().into();
                begun.await.unwrap_or(Body::Refused(Refusal::BackupFailed { why }))
            }),
            Err(refusal) => self.put_refusal(correlation, refusal),
        }
        Turn::Answered
    }

    fn put_plan_answer(&mut self, correlation: u32, answer: PlanAnswer) -> Turn {
        match answer {
            PlanAnswer::Now(body) => self.put_body(correlation, body),
            PlanAnswer::Later(body) => self.awaited.begin(correlation, body),
        }
        Turn::Answered
    }

    pub(super) fn put(&mut self, correlation: u32, answer: Answer) -> Turn {
        self.told.heard_answer(&answer, &self.shared.clock);
        if let Body::Refused(refusal) = &answer.body {
            self.shared.metrics.here().count_refusal(Listener::Tcp, refusal);
        }
        let waits_for = if is_let_go(&answer.body) { Position::default() } else { answer.position };
        let reply = Reply { version: answer.version, age_ms: 0, body: answer.body };
        self.output.put(correlation, &reply, waits_for, self.timed);
        Turn::Answered
    }

    fn put_view(&mut self, correlation: u32, aged: &Aged) -> Turn {
        let age_ms = u32::try_from(aged.age.as_millis()).unwrap_or(u32::MAX);
        let Aged { view, .. } = aged;
        let is_let_go = mutants::on(Mutant::ViewNotGated);
        let waits_for = if is_let_go { Position::default() } else { view.position };
        let told = (view.version, age_ms);
        self.output.put_encoded(correlation, told, &view.body, waits_for, self.timed);
        Turn::Answered
    }
}

/// Whether a mutant sends an answer before its position is durable.
fn is_let_go(body: &Body) -> bool {
    let is_refusal = matches!(body, Body::Refused(_));
    let is_own_change = matches!(
        body,
        Body::Reservation { effect: Effect::Applied, .. }
            | Body::OrderConfirmed { effect: Effect::Applied, .. }
            | Body::EventSaved { effect: Effect::Applied }
    );
    is_refusal && mutants::on(Mutant::RefusalNotGated)
        || !is_own_change && mutants::on(Mutant::GatedOnOwnChangeOnly)
}

/// Whether a request may take so long that the connection's turn is measured.
pub(super) fn may_take_long(request: &Request<&str>) -> bool {
    match request {
        Request::Hold { selection, .. } | Request::Reserve { selection, .. } => {
            matches!(selection.parts().0, Selection::Best { .. })
        }
        Request::ListEvents { .. }
        | Request::ListReservations { .. }
        | Request::Seats { .. }
        | Request::CreateEvent { .. }
        | Request::UpdateEvent { .. }
        | Request::DeleteEvent { .. }
        | Request::PutPlan { .. }
        | Request::Watch { .. } => true,
        _ => false,
    }
}
