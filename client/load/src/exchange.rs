//! One request and what was answered, as much of it as verification needs.

use boxoffice_client::protocol::event::{Counts, EventSpec};
use boxoffice_client::protocol::id::{EventId, ReservationId, Seat};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;
use boxoffice_client::protocol::time::Timestamp;

/// The time of what did not happen.
pub(crate) const NEVER: u64 = u64::MAX;

/// A request and its reply. Times are nanoseconds since the run's start, by the generator's
/// monotonic clock, which all of its threads share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exchange<'a> {
    /// Which connection, counted over all threads.
    pub(crate) connection: u16,
    /// Which event: an index into the run's events.
    pub(crate) event: u32,
    /// Read before the request was given to the kernel.
    pub(crate) sent_ns: u64,
    /// Read after the reply was had; [`NEVER`] if none came.
    pub(crate) done_ns: u64,
    /// The version that the reply carries; 0 without a reply.
    pub(crate) version: u64,
    /// What was answered.
    pub(crate) outcome: Outcome<'a>,
}

/// `EventNotFound`.
const EVENT_NOT_FOUND: u16 = 5;

impl Exchange<'_> {
    /// Whether the version is the event's as it was when this was decided; no version, or the
    /// catalog's, is not.
    pub(crate) fn has_version(&self) -> bool {
        let not_found = matches!(self.outcome, Outcome::Refused { code: EVENT_NOT_FOUND, .. });
        self.version > 0 && !not_found && !matches!(self.outcome, Outcome::Unknown { .. })
    }
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome<'a> {
    /// `Reservation`: what it is at the reply's version.
    Reservation {
        /// Its number in the run: see [`ReservationNumbers`].
        number: u32,
        /// Whether it was asked for a new one.
        asked: Asked,
        /// Whether this request made it so.
        effect: Effect,
        /// Where it stands.
        status: Status,
        /// What it has; of an ended one, what it had at last.
        places: Taken<'a>,
    },
    /// `Refused`, with anything but `OutcomeUnknown`.
    Refused {
        /// The refusal's code.
        code: u16,
        /// The reservation that the request was about.
        number: Option<u32>,
        /// What the refusal says of the event.
        claim: Claim,
    },
    /// `Event` or `Seats`.
    Read {
        /// How old the reply says it may be, in milliseconds; none if it was asked for fresh.
        age_ms: Option<u32>,
        /// The counts that it shows, over all sections.
        counts: Counts,
    },
    /// No reply came to a request about a reservation, or it was `OutcomeUnknown`.
    Unknown {
        /// The reservation's number in the run.
        number: u32,
    },
}

/// What a request about a reservation wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// One that was not there before: `Hold`, `Reserve`.
    New,
    /// One that was: the others.
    Known,
}

/// The places of a reservation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Taken<'a> {
    /// One seat.
    Seat(Seat),
    /// Seats, in the reply's order.
    Seats(&'a [Seat]),
    /// Standing places.
    Standing {
        /// The section's index.
        section: u8,
        /// How many.
        places: u32,
    },
}

impl Taken<'_> {
    /// The seats; none where people stand.
    pub(crate) fn seats(&self) -> &[Seat] {
        match self {
            Self::Seat(seat) => std::slice::from_ref(seat),
            Self::Seats(seats) => seats,
            Self::Standing { .. } => &[],
        }
    }

    /// How many places.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Standing { places, .. } => u64::from(*places),
            _ => self.seats().len() as u64,
        }
    }
}

/// One seat is one seat, however it is written down.
impl PartialEq for Taken<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Standing { section, places },
                Self::Standing { section: other_section, places: other_places },
            ) => section == other_section && places == other_places,
            (Self::Standing { .. }, _) | (_, Self::Standing { .. }) => false,
            _ => self.seats() == other.seats(),
        }
    }
}

impl Eq for Taken<'_> {}

/// What a refusal says of the event, where it can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Nothing.
    Nothing,
    /// `SeatsTaken`: this is the first of them.
    Taken(Seat),
    /// `SoldOut`: so many are free where it was asked.
    Free(u64),
}

/// The name of a refusal, by its code.
pub(crate) fn refusal_name(code: u16) -> &'static str {
    Refusal::name_of(code).unwrap_or("unknown")
}

/// An event of the run, as it was before the run's first request.
#[derive(Debug, Clone)]
pub(crate) struct EventBefore {
    /// Its slug.
    pub(crate) id: EventId,
    /// Its sections; they must not change in the run.
    pub(crate) spec: EventSpec,
    /// Its version.
    pub(crate) version: u64,
    /// The counts of each section, as `Event` tells them.
    pub(crate) counts: Vec<Counts>,
    /// For how long the run holds, in milliseconds; none where it holds nothing.
    pub(crate) hold_ms: Option<u32>,
}

/// How the reservations are numbered that a run records, and no others: the number is in the id's
/// last four bytes, and the run's own bits are before it, so that a list of the server's is read
/// back into numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReservationNumbers {
    run: [u8; 6],
}

impl ReservationNumbers {
    /// Numbers of a run that has these random bits, 42 of which are used.
    pub(crate) const fn new(run: [u8; 6]) -> Self {
        Self { run }
    }

    /// The id of reservation `number`, made at `time`, the server's.
    pub(crate) fn id(&self, number: u32, time: Timestamp) -> ReservationId {
        let mut random = [0; 10];
        let (run, low) = random.split_at_mut(self.run.len());
        run.copy_from_slice(&self.run);
        low.copy_from_slice(&number.to_be_bytes());
        ReservationId::new(time, random)
    }

    /// The number of a reservation of this run; none of others'.
    pub(crate) fn number(&self, id: &ReservationId) -> Option<u32> {
        let (_, low) = id.as_bytes().split_last_chunk::<4>()?;
        let number = u32::from_be_bytes(*low);
        (self.id(number, id.time()) == *id).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_client::protocol::refusal::UnavailableWhy;
    use proptest::prelude::*;

    #[test]
    fn refusals_have_the_protocols_names() {
        let busy = Refusal::Busy { retry_after_ms: 1 };
        let unavailable = Refusal::Unavailable { why: UnavailableWhy::Backlog };
        let taken = Refusal::SeatsTaken { seats: Vec::new() };
        let not_allowed = Refusal::NotAllowed { why: String::new() };
        for refusal in
            [Refusal::invalid("", ""), busy, unavailable, Refusal::HoldExpired, taken, not_allowed]
        {
            assert_eq!(refusal_name(refusal.code()), refusal.name());
        }
        assert_eq!(refusal_name(Refusal::BackupRunning.code()), "BackupRunning");
        assert_eq!((refusal_name(0), refusal_name(27)), ("unknown", "unknown"));
    }

    proptest! {
        #[test]
        fn ids_are_numbers_of_their_run(run: [u8; 6], number: u32, ms in 0..1u64 << 48) {
            let numbers = ReservationNumbers::new(run);
            let id = numbers.id(number, Timestamp::from_ms(ms));
            prop_assert_eq!(numbers.number(&id), Some(number));
            let mut other = run;
            other[3] ^= 1;
            prop_assert_eq!(ReservationNumbers::new(other).number(&id), None);
        }
    }
}
