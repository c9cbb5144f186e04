//! What an event's replies come to, applied one after the other by version (law 6): every seat with
//! one live reservation at most, every id and every version with one effect.
//!
//! A hold may end by itself, and no reply tells: only a version that nobody made (a [gap](Gaps)). So
//! where a held place is taken again, a gap in between has to explain it.

use super::gaps::Gaps;
use super::hall::Hall;
use super::merged::{Exchanges, Position};
use super::recent::Recent;
use super::reservations::Reservations;
use super::{deadline, words};
use crate::exchange::{Asked, EventBefore, Exchange, Outcome, Taken};
use crate::result::{ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;

/// The replay of one event.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    pub(super) exchanges: &'a Exchanges,
    pub(super) before: &'a EventBefore,
    pub(super) reservations: &'a mut Reservations,
    pub(super) hall: Hall,
    pub(super) gaps: Gaps,
    pub(super) recent: Recent,
    /// The counts before the run, over all sections.
    pub(super) counts: Counts,
    /// The version that the replay is at.
    version: u64,
    /// What made that version.
    made: Option<Position>,
    /// The fewest and the most places of a hold.
    pub(super) hold_places: Option<(u64, u64)>,
    pub(super) outcome: Replayed,
}

/// What a replay came to.
#[derive(Debug, Default)]
pub(super) struct Replayed {
    /// Exchanges that were replayed.
    pub(super) exchanges: u64,
    /// Changes that the run made.
    pub(super) applied: u64,
    /// Requests without an answer: what became of them is not known.
    pub(super) unknown: u64,
    /// Versions that no reply accounts for.
    pub(super) gaps: u64,
    /// Reads and refusals that were compared with the replay.
    pub(super) compared: u64,
    /// The change with the highest version.
    pub(super) newest: Option<Position>,
    /// Whether it came to the end: a violation ends it, and what would come after means nothing.
    pub(super) is_right: bool,
    /// A read or a refusal that said what was not so.
    pub(super) misstated: Option<ViolationRecord>,
    /// What was misstated if every gap is a hold of the run that ended by itself.
    pub(super) suspicion: Option<ViolationRecord>,
}

/// What an exchange says of a reservation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) position: Position,
    pub(super) exchange: Exchange<'a>,
    pub(super) number: u32,
    pub(super) asked: Asked,
    pub(super) status: Status,
    pub(super) places: Taken<'a>,
}

impl<'a> Said<'a> {
    pub(super) fn by(position: Position, exchange: Exchange<'a>) -> Option<Self> {
        match exchange.outcome {
            Outcome::Reservation { number, asked, status, places, .. } => {
                Some(Self { position, exchange, number, asked, status, places })
            }
            _ => None,
        }
    }
}

type Checked = Result<(), ViolationRecord>;

impl<'a> Replay<'a> {
    pub(super) fn new(
        exchanges: &'a Exchanges,
        before: &'a EventBefore,
        reservations: &'a mut Reservations,
    ) -> Self {
        Self {
            exchanges,
            before,
            reservations,
            hall: Hall::new(before),
            gaps: Gaps::default(),
            recent: Recent::default(),
            counts: before.counts.iter().copied().sum(),
            version: before.version,
            made: None,
            hold_places: None,
            outcome: Replayed::default(),
        }
    }

    /// Applies the next exchange.
    ///
    /// # Errors
    /// The violation that it shows; nothing that comes after it means anything then.
    pub(super) fn see(&mut self, position: Position, exchange: Exchange<'a>) -> Checked {
        self.outcome.exchanges += 1;
        let effect = match exchange.outcome {
            Outcome::Unknown { .. } => {
                self.outcome.unknown += 1;
                return Ok(());
            }
            Outcome::Reservation { effect, .. } => Some(effect),
            _ => None,
        };
        if !exchange.has_version() || (effect.is_none() && exchange.version < self.version) {
            // Decided without the event, or a view of it before the run.
            return Ok(());
        }
        self.advance(exchange.version, effect);
        match (Said::by(position, exchange), exchange.outcome) {
            (Some(said), _) if effect == Some(Effect::Applied) => self.applied(said),
            (Some(said), _) => self.unchanged(said),
            (_, Outcome::Read { counts, .. }) => {
                self.read(position, counts);
                Ok(())
            }
            (_, Outcome::Refused { code, number, claim }) => {
                self.refused(position, code, number, claim)
            }
            (_, _) => Ok(()),
        }
    }

    pub(super) fn finish(mut self, is_right: bool) -> Replayed {
        self.outcome.is_right = is_right;
        self.outcome.gaps = self.gaps.all();
        self.outcome
    }

    fn advance(&mut self, version: u64, effect: Option<Effect>) {
        if self.version < version {
            let made = effect == Some(Effect::Applied);
            self.gaps.add(self.version + 1, if made { version - 1 } else { version });
            self.version = version;
            self.made = None;
        }
    }

    fn applied(&mut self, said: Said<'a>) -> Checked {
        let version = said.exchange.version;
        if let Some(other) = self.made.replace(said.position) {
            let what = format!("version {version} was made twice");
            return Err(self.violation(ViolationKind::Doubled, what, &[other, said.position]));
        }
        if version <= self.before.version {
            let what = format!(
                "version {version} was made, and the event was at {} before the run",
                self.before.version
            );
            return Err(self.violation(ViolationKind::Doubled, what, &[said.position]));
        }
        self.outcome.applied += 1;
        self.outcome.newest = Some(said.position);
        self.recent.change(said.position);
        let last = self.last(said.number);
        match (said.asked, last) {
            (Asked::New, Some(last)) => {
                let what = format!("#{} took effect twice", said.number);
                let shown = [last.position, said.position];
                return Err(self.violation(ViolationKind::Doubled, what, &shown));
            }
            (Asked::Known, Some(last)) => self.may_change(last, said)?,
            (Asked::Known, None) => self.was_made(said)?,
            (Asked::New, None) => {}
        }
        self.take(said)
    }

    fn unchanged(&mut self, said: Said<'a>) -> Checked {
        let Some(last) = self.last(said.number) else {
            self.was_made(said)?;
            return self.take(said);
        };
        let expired = self.reservations.expired(said.number);
        let same = match expired {
            Some(_) => said.status == Status::Expired,
            None => last.status == said.status && last.places == said.places,
        };
        if same {
            return Ok(());
        }
        if self.outcome.unknown > 0 {
            return self.take(said);
        }
        if expired.is_none() && (last.status, said.status) == (Status::Held, Status::Expired) {
            return self.end(last, said.position);
        }
        let what = format!("#{} is not what it was made, and nobody changed it", said.number);
        let shown: Vec<_> =
            [Some(last.position), expired, Some(said.position)].into_iter().flatten().collect();
        Err(self.violation(ViolationKind::WrongAnswer, what, &shown))
    }

    /// Whether a reservation that nothing was heard of can be there.
    fn was_made(&self, said: Said<'_>) -> Checked {
        if self.outcome.unknown > 0 {
            return Ok(());
        }
        let what = format!("#{} is there before anything made it", said.number);
        Err(self.violation(ViolationKind::WrongAnswer, what, &[said.position]))
    }

    /// Whether a reservation can become something else.
    fn may_change(&self, last: Said<'a>, said: Said<'a>) -> Checked {
        let shown = [last.position, said.position];
        if let Some(evidence) = self.reservations.expired(said.number) {
            let shown = [last.position, evidence, said.position];
            let (kind, what) = match said.status.is_live() {
                true => (ViolationKind::Oversold, "has places that it had lost"),
                false => (ViolationKind::WrongAnswer, "changed after it had ended"),
            };
            return Err(self.violation(kind, format!("#{} {what}", said.number), &shown));
        }
        if !last.status.is_live() {
            let what = format!("#{} changed after it had ended", said.number);
            return Err(self.violation(ViolationKind::WrongAnswer, what, &shown));
        }
        if said.status == Status::Confirmed
            && deadline::had_passed(self.before, last, said.exchange)
        {
            let what = format!("#{} was confirmed after its hold's deadline", said.number);
            return Err(self.violation(ViolationKind::ExpiredLate, what, &shown));
        }
        Ok(())
    }

    /// A reservation is what was said of it from now on.
    fn take(&mut self, said: Said<'a>) -> Checked {
        if !self.hall.has(said.places) {
            let what = format!("#{} has places that the event does not have", said.number);
            return Err(self.violation(ViolationKind::NoSuchPlace, what, &[said.position]));
        }
        if let Some(last) = self.live(said.number) {
            self.hall.leave(last.status, last.places);
        }
        self.reservations.set(said.number, said.position);
        if said.status == Status::Held {
            let places = said.places.count();
            let (fewest, most) = self.hold_places.unwrap_or((places, places));
            self.hold_places = Some((fewest.min(places), most.max(places)));
        }
        if !said.status.is_live() {
            return Ok(());
        }
        said.places.seats().iter().try_for_each(|&seat| self.is_free(seat, said))?;
        self.hall.enter(said.number, said.status, said.places);
        match said.places {
            Taken::Standing { section, .. } => self.has_room(section, said),
            _ => Ok(()),
        }
    }

    /// Whether nobody else has the seat, or can have lost it since.
    fn is_free(&mut self, seat: Seat, said: Said<'a>) -> Checked {
        let other = self.hall.taker(seat).filter(|&taker| taker != said.number);
        let other = other.and_then(|taker| self.live(taker));
        let Some(other) = other.filter(|other| other.places.seats().contains(&seat)) else {
            return Ok(());
        };
        let may_end = other.status == Status::Held || self.outcome.unknown > 0;
        if may_end && self.gaps.explain_after(other.exchange.version) {
            return self.ended(other, said.position);
        }
        let label = self.before.spec.sections.label(seat);
        let what = format!("#{} and #{} have seat {label}", other.number, said.number);
        Err(self.violation(ViolationKind::Oversold, what, &[other.position, said.position]))
    }

    /// Whether no more stand in a section than there is room for.
    fn has_room(&self, section: u8, said: Said<'a>) -> Checked {
        let Some((own, capacity)) = self.hall.section(section) else { return Ok(()) };
        let open = self.gaps.open();
        if self.outcome.unknown > 0 && open > 0 {
            return Ok(());
        }
        let others = match self.before.counts.get(usize::from(section)) {
            // With gaps, others may have gone.
            Some(counts) if self.gaps.all() == 0 => counts.capacity() - counts.free,
            _ => 0,
        };
        let most = self.hold_places.map_or(0, |(_, most)| most);
        let may_have_ended = own.held.min(open.saturating_mul(most));
        let live = own.held + own.sold + others;
        if live - may_have_ended <= capacity {
            return Ok(());
        }
        let shown = self.fewest_above(section, capacity - others.min(capacity), said.position);
        let what = format!("{live} places are taken where {capacity} are");
        Err(self.violation(ViolationKind::Oversold, what, &shown))
    }

    /// A hold ended by itself: a gap has to say when.
    pub(super) fn end(&mut self, last: Said<'a>, evidence: Position) -> Checked {
        if self.gaps.explain_after(last.exchange.version) {
            return self.ended(last, evidence);
        }
        let what = format!("#{} expired, and no version is left that ended it", last.number);
        let shown = [last.position, evidence];
        Err(self.violation(ViolationKind::ExpiredEarly, what, &shown))
    }

    fn ended(&mut self, last: Said<'a>, evidence: Position) -> Checked {
        self.hall.leave(last.status, last.places);
        self.reservations.expire(last.number, evidence);
        let seen_ns = self.exchanges.at(evidence).done_ns;
        if deadline::was_ahead(self.before, last, seen_ns) {
            let what = format!("#{} expired before its hold's deadline", last.number);
            let shown = [last.position, evidence];
            return Err(self.violation(ViolationKind::ExpiredEarly, what, &shown));
        }
        Ok(())
    }

    /// The last that was said of a reservation.
    pub(super) fn last(&self, number: u32) -> Option<Said<'a>> {
        let position = self.reservations.last(number)?;
        Said::by(position, self.exchanges.at(position))
    }

    /// The last that was said of a reservation, if it has places.
    pub(super) fn live(&self, number: u32) -> Option<Said<'a>> {
        let live = self.last(number).filter(|last| last.status.is_live())?;
        self.reservations.expired(number).is_none().then_some(live)
    }

    pub(super) fn violation(
        &self,
        kind: ViolationKind,
        what: impl Into<String>,
        shown: &[Position],
    ) -> ViolationRecord {
        words::violation(kind, what, self.before, self.exchanges, shown)
    }
}
