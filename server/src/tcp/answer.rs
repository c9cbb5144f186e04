//! From a request to its reply: which part of the server knows the answer.

use super::backup::AwaitedBackup;
use super::output::Output;
use super::told::Told;
use super::watches::Watches;
use crate::Shared;
use crate::catalog::{About, Answer, Asked, ReservationFilter, Step};
use crate::inventory::Command;
use crate::ledger::Position;
use crate::mutant::{self, Mutant};
use crate::views::{Aged, Aspect};
use boxoffice_protocol::id::{BackupName, EventId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Freshness, Request, ReservationKey};
use std::time::Duration;

/// What a connection remembers between its requests.
pub(super) struct Desk<'a> {
    pub(super) shared: &'a Shared,
    pub(super) output: &'a mut Output,
    pub(super) told: &'a mut Told,
    pub(super) watches: &'a mut Watches,
    pub(super) backup: &'a mut AwaitedBackup,
}

/// Whether a request was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// It was.
    Answered,
    /// Let others have a turn, then ask again.
    Again,
}

impl Desk<'_> {
    /// Answers one request.
    pub(super) fn answer(&mut self, correlation: u32, request: &Request) -> Turn {
        let catalog = &self.shared.catalog;
        let step = match request {
            Request::Hello(_) => refuse("hello", "a connection says it once"),
            Request::Ping => plain(Body::Pong { server_time: self.shared.clock.now() }),
            Request::Stats => plain(Body::Stats(self.shared.stats())),
            Request::ListEvents { after, limit, freshness } => {
                let wanted = self.told.wants_list(*freshness);
                let view = self.shared.views.of_list(catalog, after.as_ref(), *limit, wanted);
                self.told.heard_of_many(view.view.done_at);
                return self.put_view(correlation, &view);
            }
            Request::GetEvent { event, freshness } => {
                return self.view(correlation, event, Aspect::Details, *freshness);
            }
            Request::Seats { event, freshness } => {
                return self.view(correlation, event, Aspect::Seats, *freshness);
            }
            Request::CreateEvent { event, spec } => Step::Done(catalog.create(event, spec)),
            Request::UpdateEvent { event, if_version, update } => {
                catalog.update(event, *if_version, update)
            }
            Request::DeleteEvent { event, force } => catalog.delete(event, *force),
            Request::ListReservations { event, customer, after, limit } => {
                let filter =
                    ReservationFilter { event: event.as_ref(), customer: customer.as_ref() };
                Step::Done(catalog.list_reservations(filter, after.as_ref(), *limit))
            }
            Request::Watch { event, from_version } => {
                return self.watch(correlation, event, *from_version);
            }
            Request::Unwatch { event } => self.unwatch(event),
            Request::Backup { name } => return self.back_up(correlation, name),
            about_a_reservation => self.act(about_a_reservation),
        };
        match step {
            Step::Again => Turn::Again,
            Step::Done(answer) => self.put(correlation, answer),
        }
    }

    /// Answers the request with a refusal that looked at nothing.
    pub(super) fn put_refusal(&mut self, correlation: u32, refusal: Refusal) {
        self.put_body(correlation, Body::Refused(refusal));
    }

    /// Answers the request with what looked at no event.
    pub(super) fn put_body(&mut self, correlation: u32, body: Body) {
        self.put(correlation, Answer::plain(body));
    }

    fn act(&self, request: &Request) -> Step {
        let catalog = &self.shared.catalog;
        let on =
            |key: &ReservationKey, command: Command<'_>| catalog.act(&key.event, &key.id, &command);
        match request {
            Request::Hold { id, event, customer, selection, ttl_ms } => {
                let ttl = ttl_ms.map(|ms| Duration::from_millis(ms.into()));
                let fingerprint = catalog.fingerprints().of(Asked::Hold(ttl), customer, selection);
                let command = Command::Hold { id: *id, fingerprint, customer, selection, ttl };
                catalog.act(event, id, &command)
            }
            Request::Reserve { id, event, customer, selection } => {
                let fingerprint = catalog.fingerprints().of(Asked::Reserve, customer, selection);
                let command = Command::Reserve { id: *id, fingerprint, customer, selection };
                catalog.act(event, id, &command)
            }
            Request::Confirm { reservation: key, keep } => {
                let (id, customer) = (key.id, &key.customer);
                on(key, Command::Confirm { id, customer, keep: keep.as_ref() })
            }
            Request::Release { reservation: key, keep } => {
                let (id, customer) = (key.id, &key.customer);
                on(key, Command::Release { id, customer, keep: keep.as_ref() })
            }
            Request::Cancel { reservation: key, keep } => {
                let (id, customer) = (key.id, &key.customer);
                on(key, Command::Cancel { id, customer, keep: keep.as_ref() })
            }
            Request::Extend { reservation: key, until } => {
                let (id, customer) = (key.id, &key.customer);
                on(key, Command::Extend { id, customer, until: *until })
            }
            Request::GetReservation { reservation: key } => {
                on(key, Command::Look { id: key.id, customer: &key.customer })
            }
            _ => refuse("request", "it is about no reservation"),
        }
    }

    fn view(
        &mut self,
        correlation: u32,
        id: &EventId,
        aspect: Aspect,
        freshness: Freshness,
    ) -> Turn {
        let found = self.shared.catalog.find(id);
        let view = found.and_then(|event| {
            let wanted = self.told.wants(event.serial, freshness);
            let aged = self.shared.views.of_event(&event, aspect, wanted)?;
            self.told.heard(event.serial, aged.view.version, aged.view.done_at);
            Some(aged)
        });
        match view {
            Some(view) => self.put_view(correlation, &view),
            None => self.put(correlation, self.shared.catalog.event_not_found()),
        }
    }

    fn watch(&mut self, correlation: u32, id: &EventId, from: Option<u64>) -> Turn {
        let begun = match self.shared.catalog.find(id) {
            None => Err(Refusal::EventNotFound),
            Some(event) => self.watches.begin(correlation, event, from),
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

    fn unwatch(&mut self, id: &EventId) -> Step {
        self.watches.end(id);
        plain(Body::Unwatched)
    }

    fn back_up(&mut self, correlation: u32, name: &BackupName) -> Turn {
        if self.backup.is_awaited() {
            self.put_refusal(correlation, Refusal::BackupRunning);
            return Turn::Answered;
        }
        match self.shared.backups.begin(name) {
            Ok(begun) => self.backup.begin(correlation, begun),
            Err(refusal) => self.put_refusal(correlation, refusal),
        }
        Turn::Answered
    }

    fn put(&mut self, correlation: u32, answer: Answer) -> Turn {
        self.shared.metrics.requests.add(1);
        match answer.about {
            Some(About { serial, at }) => self.told.heard(serial, answer.version, at),
            None if answer.version > 0 => self.told.heard_of_many(self.shared.clock.now()),
            None => {}
        }
        if matches!(answer.body, Body::Refused(_)) {
            self.shared.metrics.refusals.add(1);
        }
        let waits_for = if is_let_go(&answer.body) { Position::default() } else { answer.position };
        let reply = Reply { version: answer.version, age_ms: 0, body: answer.body };
        self.output.put(correlation, &reply, waits_for);
        Turn::Answered
    }

    fn put_view(&mut self, correlation: u32, aged: &Aged) -> Turn {
        self.shared.metrics.requests.add(1);
        let age_ms = u32::try_from(aged.age.as_millis()).unwrap_or(u32::MAX);
        let Aged { view, .. } = aged;
        let is_let_go = mutant::on(Mutant::ViewNotGated);
        let waits_for = if is_let_go { Position::default() } else { view.position };
        self.output.put_encoded(correlation, (view.version, age_ms), &view.body, waits_for);
        Turn::Answered
    }
}

/// Whether a mutant lets an answer go that waits for its position.
fn is_let_go(body: &Body) -> bool {
    let is_refusal = matches!(body, Body::Refused(_));
    let is_own_change = matches!(
        body,
        Body::Reservation { effect: Effect::Applied, .. }
            | Body::EventSaved { effect: Effect::Applied }
    );
    is_refusal && mutant::on(Mutant::RefusalNotGated)
        || !is_own_change && mutant::on(Mutant::GatedOnOwnChangeOnly)
}

fn plain(body: Body) -> Step {
    Step::Done(Answer::plain(body))
}

fn refuse(field: &str, why: &str) -> Step {
    plain(Body::Refused(Refusal::invalid(field, why)))
}
