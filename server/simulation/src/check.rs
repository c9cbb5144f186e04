//! Law 6: what was said is compared with what was recorded, in one pass by version.
//!
//! Every answer is what the model says at the answer's version, at a time between question and
//! answer; every version's change was asked for once, or is an expiry.

use crate::claims::{CatalogClaim, Claim, Claims, Said};
use crate::history::{Existence, History, Life};
use crate::people::Person;
use crate::requests::reservation_of;
use boxoffice_inventory::CodeKey;
use boxoffice_inventory::model::without_reason;
use boxoffice_inventory::model::{Booked, Model};
use boxoffice_protocol::change::{Change, PlacesChanged, Recorded};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{CustomerId, EventId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Reservation;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::catalog::Fingerprints;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Panics unless everything that was said is explained by what was recorded.
pub(crate) fn check_all(mut claims: Claims, history: &History, secret: [u8; 16]) {
    let mut by_event: BTreeMap<&EventId, Vec<&Recorded>> = BTreeMap::new();
    for (event, recorded) in history.log() {
        by_event.entry(event).or_default().push(recorded);
    }
    for (event, log) in by_event {
        let check_all = Checker {
            event,
            log: &log,
            readings: &claims.readings,
            fingerprints: Fingerprints::new(secret),
            codes: CodeKey::of(&secret),
        };
        check_all.pass(&mut claims.events);
    }
    if let Some(((event, version), said)) = claims.events.first_key_value() {
        panic!("version {version} of {event} never was, but: {said:?}");
    }
    check_catalog(claims.catalog, history);
}

struct Checker<'a> {
    event: &'a EventId,
    log: &'a [&'a Recorded],
    readings: &'a [Timestamp],
    fingerprints: Fingerprints,
    codes: CodeKey,
}

/// An event at a version, and before the change that made it.
struct Scene<'a> {
    before: Option<&'a Life>,
    after: &'a Life,
    recorded: &'a Recorded,
    next: Option<&'a Recorded>,
}

impl Checker<'_> {
    fn pass(&self, events: &mut BTreeMap<(EventId, u64), Vec<Said<Claim>>>) {
        let mut life: Option<Life> = None;
        for (index, recorded) in self.log.iter().enumerate() {
            let is_expiry = matches!(
                recorded.change,
                Change::Expired { .. } | Change::SalesMoved { .. } | Change::Forfeited { .. }
            );
            assert!(recorded.principal.is_none() == is_expiry, "whose is {recorded:?}?");
            let before = life.take();
            let claims = events.remove(&(self.event.clone(), recorded.version));
            let kept = before.clone().filter(|_| claims.is_some());
            let mut after = Life::after(before, recorded);
            after.model.codes = self.codes;
            let next = self.log.get(index + 1).copied();
            let scene = Scene { before: kept.as_ref(), after: &after, recorded, next };
            let mut applied = 0;
            for said in claims.into_iter().flatten() {
                self.check(&scene, &said);
                applied += u32::from(is_applied(&said.claim));
            }
            assert!(applied <= 1, "{recorded:?} was {applied} requests' effect");
            life = Some(after);
        }
    }

    fn check(&self, scene: &Scene<'_>, said: &Said<Claim>) {
        let model = &scene.after.model;
        let is_true = match &said.claim {
            Claim::Decided(who, request, body) => {
                self.is_decided(scene, said, (who, request), body)
            }
            Claim::Details(details) => *details == model.details(self.event),
            Claim::Seats(map) => *map == model.seat_map(),
            Claim::Summary(summary) => *summary == model.summary(self.event),
            Claim::Row(row) => {
                let same = |one: &Booked| model.rendered(self.event, one) == *row;
                model.reservations.iter().any(same)
            }
            Claim::All(customer, rows) => {
                let mut rows = rows.clone();
                rows.sort_by_key(|row| row.id);
                let times = self.times(scene, said);
                times.iter().any(|&now| rows == self.all(model, customer.as_ref(), now))
            }
            Claim::Changed(changed) => {
                scene.before.is_some_and(|before| is_change(&before.model, model, changed))
            }
            Claim::NewTermsSince(known) => self.log.iter().any(|recorded| {
                let newer = *known < recorded.version && recorded.version <= model.version;
                newer && matches!(recorded.change, Change::Updated(_) | Change::SalesMoved { .. })
            }),
            Claim::Ended => model.deleted,
            Claim::ShownAt(time) => scene.next.is_none_or(|next| {
                // A start may have set the clock back since.
                let later = &self.readings[*said.between.start()..];
                next.at >= *time || later.contains(&next.at)
            }),
            Claim::NothingDue => {
                let asked_at = self.readings[*said.between.start()];
                !model.reservations.iter().any(|one| one.is_due(asked_at))
                    && !model.is_move_due(asked_at)
            }
            Claim::DueFor(age_ms) => {
                let readings = &self.readings[said.between.clone()];
                let since = |one: &Booked, now: &Timestamp| now.since(one.expires_at).as_millis();
                let moves_at = model.terms.spec.end_of_phase(model.phase);
                let is_move = |now: &Timestamp| {
                    model.is_move_due(*now)
                        && now.since(moves_at).as_millis() == u128::from(*age_ms)
                };
                readings.iter().any(is_move)
                    || model.reservations.iter().any(|one| {
                        let is_it = |now: &Timestamp| {
                            one.is_due(*now) && since(one, now) == u128::from(*age_ms)
                        };
                        readings.iter().any(is_it)
                    })
            }
        };
        assert!(
            is_true && (!model.deleted || is_of_end(&said.claim)),
            "at version {} of {}, after {:?}, this is not so: {said:?}",
            model.version,
            self.event,
            scene.recorded
        );
    }

    /// The times at which it can have been said.
    fn times(&self, scene: &Scene<'_>, said: &Said<Claim>) -> Vec<Timestamp> {
        let readings = &self.readings[said.between.clone()];
        let times: BTreeSet<_> =
            readings.iter().map(|&time| time.max(scene.after.last_at)).collect();
        times.into_iter().collect()
    }

    fn all(
        &self,
        model: &Model,
        customer: Option<&CustomerId>,
        now: Timestamp,
    ) -> Vec<Reservation> {
        let known = model.reservations.iter().filter(|one| {
            !one.is_forgotten(now) && customer.is_none_or(|customer| one.customer == *customer)
        });
        let mut all: Vec<_> = known.map(|one| model.rendered(self.event, one)).collect();
        all.sort_by_key(|one| one.id);
        all
    }

    /// Whether these are all reservations of the order that a request is about.
    fn is_order(
        &self,
        model: &Model,
        request: &Request,
        told: &[Reservation],
        times: &[Timestamp],
    ) -> bool {
        let Request::ConfirmOrder { order, .. } = request else { return false };
        let rendered = |one: &Booked| model.rendered(self.event, one);
        times.iter().any(|&now| {
            let of_order = model.of_order(order.borrowed(), now);
            of_order.into_iter().map(rendered).eq(told.iter().cloned())
        })
    }

    fn is_decided(
        &self,
        scene: &Scene<'_>,
        said: &Said<Claim>,
        (who, request): (&Person, &Request),
        body: &Body,
    ) -> bool {
        if is_applied(&said.claim) && scene.recorded.principal.as_ref() != Some(who.name()) {
            return false;
        }
        let model = &*bound(&scene.after.model, who);
        if let Request::CreateEvent { spec, .. } = request {
            return is_created(scene, spec, body);
        }
        let Some(command) = self.fingerprints.command(request) else { return false };
        let times = self.times(scene, said);
        let shown = match body {
            Body::Reservation { reservation, .. } => {
                let one = model
                    .reservations
                    .iter()
                    .rev()
                    .find(|one| Some(one.id) == reservation_of(request));
                one.is_some_and(|one| model.rendered(self.event, one) == **reservation)
            }
            Body::OrderConfirmed { reservations, .. } => {
                self.is_order(model, request, reservations, &times)
            }
            _ => true,
        };
        shown
            && match body {
                Body::Reservation { effect: Effect::Applied, .. }
                | Body::OrderConfirmed { effect: Effect::Applied, .. }
                | Body::EventSaved { effect: Effect::Applied } => {
                    let Recorded { at, change, .. } = scene.recorded;
                    let before = scene.before.map(|before| bound(&before.model, who));
                    let decided = before.map(|before| before.decide(&command, *at));
                    decided == Some(Ok(Some(change.clone()))) && times.contains(at)
                }
                // Deleting what is gone: its last version.
                Body::EventSaved { .. } if matches!(request, Request::DeleteEvent { .. }) => {
                    model.deleted
                }
                Body::Reservation { .. }
                | Body::OrderConfirmed { .. }
                | Body::EventSaved { .. } => {
                    times.iter().any(|&now| model.decide(&command, now) == Ok(None))
                }
                // Nothing was applied: that is all it says.
                Body::Refused(Refusal::Unavailable { .. }) => true,
                Body::Refused(refusal) => {
                    let refused = without_reason(Err(refusal.clone()));
                    let decide = |&now| match model.decide(&command, now) {
                        // A person bound to one customer sees no others' reservations.
                        Err(Refusal::NotYours) if who.customer().is_some() => {
                            Err(Refusal::ReservationNotFound)
                        }
                        decided => without_reason(decided),
                    };
                    times.iter().any(|now| decide(now) == refused)
                }
                _ => false,
            }
    }
}

/// The model as it decides for a person: the sales window binds customers, and they see no drafts.
fn bound<'a>(model: &'a Model, who: &Person) -> Cow<'a, Model> {
    if who.customer().is_none() {
        return Cow::Borrowed(model);
    }
    let mut model = model.clone();
    (model.is_bound_by_window, model.sees_drafts) = (true, false);
    Cow::Owned(model)
}

fn is_applied(claim: &Claim) -> bool {
    let Claim::Decided(_, _, body) = claim else { return false };
    matches!(
        body,
        Body::Reservation { effect: Effect::Applied, .. }
            | Body::OrderConfirmed { effect: Effect::Applied, .. }
            | Body::EventSaved { effect: Effect::Applied }
    )
}

/// Whether it can be said of an event that is gone.
fn is_of_end(claim: &Claim) -> bool {
    match claim {
        Claim::Ended => true,
        Claim::Decided(_, request, _) => matches!(request, Request::DeleteEvent { .. }),
        _ => false,
    }
}

fn is_created(scene: &Scene<'_>, spec: &EventSpec, body: &Body) -> bool {
    match body {
        Body::EventSaved { effect: Effect::Applied } => {
            matches!(&scene.recorded.change, Change::Created(created) if **created == *spec)
        }
        Body::EventSaved { effect: Effect::Unchanged } => scene.after.created == *spec,
        Body::Refused(Refusal::EventExists) => scene.after.created != *spec,
        _ => false,
    }
}

/// Whether a watcher was told what changed, all of it, and nothing else.
fn is_change(before: &Model, after: &Model, told: &PlacesChanged) -> bool {
    let recorded = Timestamp::default();
    let mut seats: BTreeMap<_, _> = BTreeMap::new();
    for now in &told.seats {
        seats.extend(now.seats.iter().map(|&seat| (seat, now.state)));
    }
    let seats_are_right = Model::all_seats(after.sections()).into_iter().all(|seat| {
        let (was, is) = (before.state(seat, recorded), after.state(seat, recorded));
        seats.get(&seat).map_or(was == is, |&told| told == is)
    });
    let (were, are) = (before.all_counts(), after.all_counts());
    let counts: BTreeMap<usize, _> =
        told.counts.iter().map(|&(index, counts)| (usize::from(index), counts)).collect();
    let counts_are_right = (0..are.len()).all(|index| {
        counts.get(&index).map_or(were[index] == are[index], |&told| told == are[index])
    });
    seats_are_right && counts_are_right && were.len() == are.len()
}

fn check_catalog(mut claims: BTreeMap<u64, Vec<Said<CatalogClaim>>>, history: &History) {
    let mut there = BTreeSet::new();
    let changes = std::iter::once(None).chain(history.catalog().iter().map(Some));
    for (version, change) in (0u64..).zip(changes) {
        match change {
            Some((event, Existence::Begins)) => drop(there.insert(event)),
            Some((event, Existence::Ends)) => drop(there.remove(event)),
            None => {}
        }
        for Said { claim, .. } in claims.remove(&version).into_iter().flatten() {
            let is_true = match &claim {
                CatalogClaim::Absent(event) => !there.contains(event),
                CatalogClaim::Page { after, limit, ids, next } => {
                    let behind =
                        |event: &&&EventId| after.as_ref().is_none_or(|last| **event > last);
                    let rest: Vec<&EventId> = there.iter().filter(behind).copied().collect();
                    let page = &rest[..rest.len().min(limit.as_u32() as usize)];
                    let more = page.len() < rest.len();
                    page.iter().copied().eq(ids)
                        && *next == page.last().filter(|_| more).map(|&last| last.clone())
                }
            };
            assert!(is_true, "at the catalog's version {version} this is not so: {claim:?}");
        }
    }
    assert!(claims.is_empty(), "the catalog never was at these versions: {claims:?}");
}
