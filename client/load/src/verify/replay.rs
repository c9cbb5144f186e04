//! The replay of one event: its replies are applied by version (law 6). A seat has at most one live
//! reservation; every id and every version has one effect.
//!
//! No reply tells of an expired hold; it only leaves a version that no reply explains (a
//! [gap](Gaps)). Where a held place is taken again, a gap in between has to explain it.

use super::gaps::Gaps;
use super::merged_history::{ExchangePosition, MergedHistory};
use super::occupancy::Occupancy;
use super::recent_changes::RecentChanges;
use super::reservation_reply::ReservationReply;
use super::reservations::ReplayedReservations;
use super::wording;
use crate::history::exchange::{EventBefore, ExchangePlaces, RequestedReservation};
use crate::result::{ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;

/// The state of an event between two of its versions.
#[derive(Debug)]
pub(super) struct Replay<'a> {
    pub(super) exchanges: &'a MergedHistory,
    pub(super) before: &'a EventBefore,
    pub(super) reservations: &'a mut ReplayedReservations,
    pub(super) occupancy: Occupancy,
    pub(super) gaps: Gaps,
    pub(super) recent: RecentChanges,
    /// The counts before the run, over all sections.
    pub(super) counts: Counts,
    /// The version that the replay has reached.
    pub(super) version: u64,
    /// The exchange that made this version.
    made: Option<ExchangePosition>,
    /// The smallest and the largest number of places of a hold.
    pub(super) hold_places: Option<(u64, u64)>,
    pub(super) outcome: ReplayOutcome,
}

/// The result of a replay.
#[derive(Debug, Default)]
pub(super) struct ReplayOutcome {
    pub(super) exchanges: u64,
    /// Changes by the run.
    pub(super) applied: u64,
    /// Requests with an unknown outcome.
    pub(super) unknown: u64,
    /// Versions that no reply explains.
    pub(super) gaps: u64,
    /// Reads and refusals that were compared.
    pub(super) compared: u64,
    /// The change with the highest version.
    pub(super) newest: Option<ExchangePosition>,
    /// Whether the replay reached its end; a violation by a change ends it early.
    pub(super) is_right: bool,
    /// A wrong read or refusal.
    pub(super) misstated: Option<ViolationRecord>,
    /// A read or refusal that is wrong if every gap is an expired hold of the run.
    pub(super) suspicion: Option<ViolationRecord>,
}

pub(super) type ReplayResult = Result<(), ViolationRecord>;

impl<'a> Replay<'a> {
    pub(super) fn new(
        exchanges: &'a MergedHistory,
        before: &'a EventBefore,
        reservations: &'a mut ReplayedReservations,
    ) -> Self {
        Self {
            exchanges,
            before,
            reservations,
            occupancy: Occupancy::new(before),
            gaps: Gaps::default(),
            recent: RecentChanges::default(),
            counts: before.counts.iter().copied().sum(),
            version: before.version,
            made: None,
            hold_places: None,
            outcome: ReplayOutcome::default(),
        }
    }

    pub(super) fn finish(mut self, is_right: bool) -> ReplayOutcome {
        self.outcome.is_right = is_right;
        self.outcome.gaps = self.gaps.all();
        self.outcome
    }

    pub(super) fn advance(&mut self, version: u64, effect: Option<Effect>) {
        if self.version < version {
            let made = effect == Some(Effect::Applied);
            self.gaps.add(self.version + 1, if made { version - 1 } else { version });
            self.version = version;
            self.made = None;
        }
    }

    pub(super) fn applied(&mut self, reply: ReservationReply<'a>) -> ReplayResult {
        let version = reply.exchange.version;
        if let Some(other) = self.made.replace(reply.position) {
            let what = format!("version {version} was made twice");
            return Err(self.violation(ViolationKind::Doubled, what, &[other, reply.position]));
        }
        if version <= self.before.version {
            let what = format!(
                "version {version} was made, and the event was at {} before the run",
                self.before.version
            );
            return Err(self.violation(ViolationKind::Doubled, what, &[reply.position]));
        }
        self.outcome.applied += 1;
        self.outcome.newest = Some(reply.position);
        self.recent.change(reply.position);
        let last = self.last(reply.number);
        match (reply.requested, last) {
            (RequestedReservation::New, Some(last)) => {
                let what = format!("#{} took effect twice", reply.number);
                let shown = [last.position, reply.position];
                return Err(self.violation(ViolationKind::Doubled, what, &shown));
            }
            (RequestedReservation::Known, Some(last)) => self.may_change(last, reply)?,
            (RequestedReservation::Known, None) => self.was_made(reply)?,
            (RequestedReservation::New, None) => {}
        }
        self.take(reply)
    }

    pub(super) fn unchanged(&mut self, reply: ReservationReply<'a>) -> ReplayResult {
        let Some(last) = self.last(reply.number) else {
            self.was_made(reply)?;
            return self.take(reply);
        };
        let expired = self.reservations.expired(reply.number);
        let same = match expired {
            Some(_) => reply.status == Status::Expired,
            None => last.status == reply.status && last.places == reply.places,
        };
        if same {
            return Ok(());
        }
        if self.outcome.unknown > 0 {
            return self.take(reply);
        }
        if expired.is_none() && (last.status, reply.status) == (Status::Held, Status::Expired) {
            return self.end(last, reply.position);
        }
        let what = format!("#{} is not what it was made, and no request changed it", reply.number);
        let shown: Vec<_> =
            [Some(last.position), expired, Some(reply.position)].into_iter().flatten().collect();
        Err(self.violation(ViolationKind::WrongAnswer, what, &shown))
    }

    /// Checks a reply about a reservation that no reply has made.
    fn was_made(&self, reply: ReservationReply<'_>) -> ReplayResult {
        if self.outcome.unknown > 0 {
            return Ok(());
        }
        let what = format!("#{} is there before anything made it", reply.number);
        Err(self.violation(ViolationKind::WrongAnswer, what, &[reply.position]))
    }

    /// Checks that a reservation may change.
    fn may_change(&self, last: ReservationReply<'a>, reply: ReservationReply<'a>) -> ReplayResult {
        let shown = [last.position, reply.position];
        if let Some(evidence) = self.reservations.expired(reply.number) {
            let shown = [last.position, evidence, reply.position];
            let (kind, what) = match reply.status.is_live() {
                true => (ViolationKind::Oversold, "has places that it had lost"),
                false => (ViolationKind::WrongAnswer, "changed after it had ended"),
            };
            return Err(self.violation(kind, format!("#{} {what}", reply.number), &shown));
        }
        if !last.status.is_live() {
            let what = format!("#{} changed after it had ended", reply.number);
            return Err(self.violation(ViolationKind::WrongAnswer, what, &shown));
        }
        if reply.status == Status::Confirmed
            && last.deadline_had_passed(self.before, reply.exchange)
        {
            let what = format!("#{} was confirmed after its hold's deadline", reply.number);
            return Err(self.violation(ViolationKind::ExpiredLate, what, &shown));
        }
        Ok(())
    }

    /// Makes the reply the state of its reservation.
    fn take(&mut self, reply: ReservationReply<'a>) -> ReplayResult {
        if !self.occupancy.has(reply.places) {
            let what = format!("#{} has places that the event does not have", reply.number);
            return Err(self.violation(ViolationKind::NoSuchPlace, what, &[reply.position]));
        }
        if let Some(last) = self.live(reply.number) {
            self.occupancy.leave(last.status, last.places);
        }
        self.reservations.set(reply.number, reply.position);
        if reply.status == Status::Held {
            let places = reply.places.count();
            let (fewest, most) = self.hold_places.unwrap_or((places, places));
            self.hold_places = Some((fewest.min(places), most.max(places)));
        }
        if !reply.status.is_live() {
            return Ok(());
        }
        reply.places.seats().iter().try_for_each(|&seat| self.is_free(seat, reply))?;
        self.occupancy.enter(reply.number, reply.status, reply.places);
        match reply.places {
            ExchangePlaces::Standing { section, .. } => self.has_room(section, reply),
            _ => Ok(()),
        }
    }

    /// Checks that no other reservation has the seat, unless a gap explains that it has expired.
    fn is_free(&mut self, seat: Seat, reply: ReservationReply<'a>) -> ReplayResult {
        let other = self.occupancy.taker(seat).filter(|&taker| taker != reply.number);
        let other = other.and_then(|taker| self.live(taker));
        let Some(other) = other.filter(|other| other.places.seats().contains(&seat)) else {
            return Ok(());
        };
        let may_end = other.status == Status::Held || self.outcome.unknown > 0;
        if may_end && self.gaps.explain_after(other.exchange.version) {
            return self.ended(other, reply.position);
        }
        let label = self.before.spec.sections.label(seat);
        let what = format!("#{} and #{} have seat {label}", other.number, reply.number);
        Err(self.violation(ViolationKind::Oversold, what, &[other.position, reply.position]))
    }

    /// Checks the capacity of a standing section.
    fn has_room(&self, section: u8, reply: ReservationReply<'a>) -> ReplayResult {
        let Some((own, capacity)) = self.occupancy.section(section) else { return Ok(()) };
        let (_, open) = self.gaps.open();
        if self.outcome.unknown > 0 && open > 0 {
            return Ok(());
        }
        let others = match self.before.counts.get(usize::from(section)) {
            // With gaps, reservations of other clients may have ended.
            Some(counts) if self.gaps.all() == 0 => counts.capacity() - counts.free,
            _ => 0,
        };
        let most = self.hold_places.map_or(0, |(_, most)| most);
        let may_have_ended = own.held.min(open.saturating_mul(most));
        let live = own.held + own.sold + others;
        if live - may_have_ended <= capacity {
            return Ok(());
        }
        let shown = self.fewest_above(section, capacity - others.min(capacity), reply.position);
        let what = format!("{live} places are taken where {capacity} are");
        Err(self.violation(ViolationKind::Oversold, what, &shown))
    }

    /// A hold has expired; a gap must explain it.
    pub(super) fn end(
        &mut self,
        last: ReservationReply<'a>,
        evidence: ExchangePosition,
    ) -> ReplayResult {
        if self.gaps.explain_after(last.exchange.version) {
            return self.ended(last, evidence);
        }
        let what = format!("#{} expired, and no version is left that ended it", last.number);
        let shown = [last.position, evidence];
        Err(self.violation(ViolationKind::ExpiredEarly, what, &shown))
    }

    fn ended(&mut self, last: ReservationReply<'a>, evidence: ExchangePosition) -> ReplayResult {
        self.occupancy.leave(last.status, last.places);
        self.reservations.expire(last.number, evidence);
        let seen_ns = self.exchanges.at(evidence).done_ns;
        if last.deadline_was_ahead(self.before, seen_ns) {
            let what = format!("#{} expired before its hold's deadline", last.number);
            let shown = [last.position, evidence];
            return Err(self.violation(ViolationKind::ExpiredEarly, what, &shown));
        }
        Ok(())
    }

    /// The newest reply about a reservation.
    pub(super) fn last(&self, number: u32) -> Option<ReservationReply<'a>> {
        let position = self.reservations.last(number)?;
        ReservationReply::by(position, self.exchanges.at(position))
    }

    /// The newest reply about a live reservation.
    pub(super) fn live(&self, number: u32) -> Option<ReservationReply<'a>> {
        let live = self.last(number).filter(|last| last.status.is_live())?;
        self.reservations.expired(number).is_none().then_some(live)
    }

    pub(super) fn violation(
        &self,
        kind: ViolationKind,
        what: impl Into<String>,
        shown: &[ExchangePosition],
    ) -> ViolationRecord {
        wording::violation(kind, what, self.before, self.exchanges, shown)
    }
}
