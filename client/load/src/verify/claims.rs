//! The statements of reads and refusals about an event, against its replay.

use super::merged_history::ExchangePosition;
use super::recent_changes::LONGEST;
use super::replay::Replay;
use super::wording;
use crate::history::exchange::{ExchangePlaces, RefusalClaim};
use crate::result::{ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reservation::Status;
use std::ops::RangeInclusive;

const RESERVATION_NOT_FOUND: u16 = 7;
const HOLD_EXPIRED: u16 = 13;

/// The counts that a read may show. Of expired holds only the number is known, so the number of
/// their places lies between bounds.
struct ExpectedCounts {
    free: RangeInclusive<u64>,
    held: RangeInclusive<u64>,
    sold: u64,
    blocked: u64,
}

impl ExpectedCounts {
    fn allows(&self, counts: &Counts) -> bool {
        let sum = self.held.end() + self.free.start();
        self.held.contains(&counts.held)
            && self.free.contains(&counts.free)
            && counts.held + counts.free == sum
            && (counts.sold, counts.blocked) == (self.sold, self.blocked)
    }

    fn wording(&self) -> String {
        let range = |range: &RangeInclusive<u64>| match (range.start(), range.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first} to {last}"),
        };
        let (free, held) = (range(&self.free), range(&self.held));
        format!("{free} free, {held} held, {} sold, {} blocked", self.sold, self.blocked)
    }
}

impl Replay<'_> {
    /// Checks the counts of a read.
    pub(super) fn read(&mut self, position: ExchangePosition, counts: Counts) {
        if self.outcome.unknown > 0 {
            return;
        }
        self.outcome.compared += 1;
        let expected = self.expected();
        if expected.allows(&counts) {
            self.recent.read(position);
            return;
        }
        let (shown, left_out) = self.recent.leading_to(position);
        let mut what = format!("it should say {}", expected.wording());
        if left_out > 0 {
            what += &format!("; {left_out} more changes are between these and the read");
        }
        let mut wrong = self.violation(ViolationKind::WrongCount, what, &shown);
        if self.recent.is_from_the_beginning() {
            let said = format!("before the run: {}", wording::counts(&self.counts));
            wrong.history.insert(0, wording::observation(self.before.version, said));
        }
        self.suspect(wrong);
    }

    /// Checks the reason of a refusal.
    pub(super) fn refused(
        &mut self,
        position: ExchangePosition,
        code: u16,
        number: Option<u32>,
        claim: RefusalClaim,
    ) -> Result<(), ViolationRecord> {
        if self.outcome.unknown > 0 {
            return Ok(());
        }
        let last = number.and_then(|number| self.last(number));
        match (code, last, claim) {
            (RESERVATION_NOT_FOUND, Some(last), _) => {
                let what = format!("#{} was acknowledged, and is not there", last.number);
                let shown = [last.position, position];
                Err(self.violation(ViolationKind::Missing, what, &shown))
            }
            (HOLD_EXPIRED, Some(last), _) if self.reservations.expired(last.number).is_none() => {
                match last.status {
                    Status::Held => self.end(last, position),
                    Status::Expired => Ok(()),
                    status => {
                        let what = format!("#{} was {status}, and no hold", last.number);
                        let shown = [last.position, position];
                        Err(self.violation(ViolationKind::WrongRefusal, what, &shown))
                    }
                }
            }
            (_, _, RefusalClaim::Taken(seat)) => {
                self.is_taken(position, seat);
                Ok(())
            }
            (_, _, RefusalClaim::Free(free)) => {
                self.are_free(position, free);
                Ok(())
            }
            (_, _, RefusalClaim::Nothing) => Ok(()),
        }
    }

    /// A reservation must have the seat.
    fn is_taken(&mut self, position: ExchangePosition, seat: Seat) {
        let others = self.before.counts.get(usize::from(seat.section()));
        if others.is_none_or(|counts| counts.free != counts.capacity()) {
            return;
        }
        self.outcome.compared += 1;
        let taker = self.occupancy.taker(seat);
        let has_it =
            |taker| self.live(taker).is_some_and(|live| live.places.seats().contains(&seat));
        if taker.is_some_and(has_it) {
            return;
        }
        let what = format!("{} was free", wording::places(ExchangePlaces::Seat(seat), self.before));
        let last = taker.and_then(|taker| self.last(taker)).map(|last| last.position);
        let shown: Vec<_> = last.into_iter().chain([position]).collect();
        let wrong = self.violation(ViolationKind::WrongRefusal, what, &shown);
        self.suspect(wrong);
    }

    /// This number of places must be free. It is about the requested section, so it is checked for events
    /// with one section.
    fn are_free(&mut self, position: ExchangePosition, free: u64) {
        if self.before.counts.len() != 1 {
            return;
        }
        self.outcome.compared += 1;
        let expected = self.expected();
        if expected.free.contains(&free) {
            return;
        }
        let (shown, _) = self.recent.leading_to(position);
        let what = format!("it should say {}", expected.wording());
        let wrong = self.violation(ViolationKind::WrongRefusal, what, &shown);
        self.suspect(wrong);
    }

    fn expected(&self) -> ExpectedCounts {
        let (own, capacity) = self.occupancy.all();
        let (fewest, most) = self.hold_places.unwrap_or_default();
        let (open_least, open_most) = self.gaps.open();
        let ended_least = open_least.saturating_mul(fewest).min(own.held);
        let ended_most = open_most.saturating_mul(most).min(own.held);
        let held = self.counts.held + own.held;
        let sold = self.counts.sold + own.sold;
        let blocked = self.counts.blocked;
        let free_or_held = capacity.saturating_sub(sold + blocked);
        let (least, most) = (held - ended_most, (held - ended_least).min(free_or_held));
        let free = free_or_held - most..=free_or_held.saturating_sub(least);
        ExpectedCounts { free, held: least..=most, sold, blocked }
    }

    /// Without gaps this is a violation; with gaps only if all of them are expired holds of the run. The
    /// replay goes on either way.
    fn suspect(&mut self, wrong: ViolationRecord) {
        let certain = self.gaps.all() == 0;
        let (first, other) = (&mut self.outcome.misstated, &mut self.outcome.suspicion);
        (if certain { first } else { other }).get_or_insert(wrong);
    }

    /// The fewest reservations, with the one at `newest`, that have more than `limit` places in a
    /// section; at most [`LONGEST`].
    pub(super) fn fewest_above(
        &self,
        section: u8,
        limit: u64,
        newest: ExchangePosition,
    ) -> Vec<ExchangePosition> {
        let in_section = |places: ExchangePlaces<'_>| match places {
            ExchangePlaces::Standing { section: other, places } if other == section => {
                u64::from(places)
            }
            _ => 0,
        };
        let event = self.exchanges.at(newest).event;
        let live = self.reservations.iter().filter_map(|known| self.live(known.number));
        let here = live.filter(|reply| reply.exchange.event == event);
        let mut found: Vec<_> = here
            .map(|reply| (in_section(reply.places), reply))
            .filter(|(places, _)| *places > 0)
            .collect();
        found.sort_by_key(|(places, reply)| {
            (reply.position != newest, std::cmp::Reverse(*places), reply.exchange.version)
        });
        let mut sum = 0;
        let needed = found.iter().take_while(|(places, _)| {
            let is_needed = sum <= limit;
            sum += places;
            is_needed
        });
        let mut shown: Vec<_> = needed.take(LONGEST).map(|(_, reply)| *reply).collect();
        shown.sort_by_key(|reply| reply.exchange.version);
        shown.into_iter().map(|reply| reply.position).collect()
    }
}
