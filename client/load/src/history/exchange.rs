//! An exchange: one request with its reply, as much of both as verification needs.

use boxoffice_client::protocol::event::{Counts, EventSpec};
use boxoffice_client::protocol::id::{EventId, ReservationId, Seat};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;
use boxoffice_client::protocol::time::Timestamp;

/// The time of an event that did not happen.
pub(crate) const NEVER: u64 = u64::MAX;

/// A request with its reply. Times are nanoseconds since the run began, by the generator's
/// monotonic clock, which all of its threads share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exchange<'a> {
    /// Counted over all threads.
    pub(crate) connection: u16,
    /// The index of the event within the run.
    pub(crate) event: u32,
    /// Taken before the request was given to the kernel.
    pub(crate) sent_ns: u64,
    /// Taken after the reply was read; [`NEVER`] if none came.
    pub(crate) done_ns: u64,
    /// The version of the reply; 0 without one.
    pub(crate) version: u64,
    pub(crate) outcome: ExchangeOutcome<'a>,
}

const EVENT_NOT_FOUND: u16 = 5;

impl Exchange<'_> {
    /// Whether the version is the event's at the decision. A version of the catalog is not, and an
    /// unknown outcome has none.
    pub(crate) fn has_version(&self) -> bool {
        let not_found =
            matches!(self.outcome, ExchangeOutcome::Refused { code: EVENT_NOT_FOUND, .. });
        self.version > 0 && !not_found && !matches!(self.outcome, ExchangeOutcome::Unknown { .. })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExchangeOutcome<'a> {
    /// `Reservation`: its state at the reply's version.
    Reservation {
        number: u32,
        requested: RequestedReservation,
        effect: Effect,
        status: Status,
        /// Its places; after its end the last that it had.
        places: ExchangePlaces<'a>,
    },
    Refused {
        code: u16,
        /// The reservation that the request was about, if any.
        number: Option<u32>,
        claim: RefusalClaim,
    },
    Read {
        /// The stated age in milliseconds; none for a fresh read.
        age_ms: Option<u32>,
        /// The sum over all sections.
        counts: Counts,
    },
    /// A request about a reservation had no reply, or `OutcomeUnknown`.
    Unknown { number: u32 },
}

/// The reservation that a request is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestedReservation {
    /// A new one: `Hold`, `Reserve`.
    New,
    /// An existing one: all other requests.
    Known,
}

/// The places of a reservation.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ExchangePlaces<'a> {
    Seat(Seat),
    /// In the reply's order.
    Seats(&'a [Seat]),
    Standing {
        /// The index of the section.
        section: u8,
        places: u32,
    },
}

impl ExchangePlaces<'_> {
    /// The seats; none of a standing section.
    pub(crate) fn seats(&self) -> &[Seat] {
        match self {
            Self::Seat(seat) => std::slice::from_ref(seat),
            Self::Seats(seats) => seats,
            Self::Standing { .. } => &[],
        }
    }

    /// The number of places.
    pub(crate) fn count(&self) -> u64 {
        match self {
            Self::Standing { places, .. } => u64::from(*places),
            _ => self.seats().len() as u64,
        }
    }
}

/// `Seat` equals `Seats` with the same one seat.
impl PartialEq for ExchangePlaces<'_> {
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

impl Eq for ExchangePlaces<'_> {}

/// The statement of a refusal about the event, as far as it can be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalClaim {
    Nothing,
    /// `SeatsTaken`, with the first of the seats.
    Taken(Seat),
    /// `SoldOut`, with the number of free places.
    Free(u64),
}

pub(crate) fn refusal_name(code: u16) -> &'static str {
    Refusal::name_of(code).unwrap_or("unknown")
}

/// An event of the run before the first request.
#[derive(Debug, Clone)]
pub(crate) struct EventBefore {
    pub(crate) id: EventId,
    /// The sections do not change in the run.
    pub(crate) spec: EventSpec,
    pub(crate) version: u64,
    /// The counts of each section.
    pub(crate) counts: Vec<Counts>,
    /// The length of holds in milliseconds; none if the run holds nothing.
    pub(crate) hold_ms: Option<u64>,
}

/// The numbers of a run's reservations. The number is in the last four bytes of the id, behind
/// random bits of the run, so the reservations in a list of the server can be recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReservationNumbers {
    run: [u8; 6],
}

impl ReservationNumbers {
    /// Of `run`, 42 bits are used.
    pub(crate) const fn new(run: [u8; 6]) -> Self {
        Self { run }
    }

    /// The id of reservation `number`, made at `time` of the server.
    pub(crate) fn id(&self, number: u32, time: Timestamp) -> ReservationId {
        let mut random = [0; 10];
        let (run, low) = random.split_at_mut(self.run.len());
        run.copy_from_slice(&self.run);
        low.copy_from_slice(&number.to_be_bytes());
        ReservationId::new(time, random)
    }

    /// The number of a reservation of this run; none for others.
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
        let taken = Refusal::SeatsTaken { seats: Vec::new().into() };
        let not_allowed = Refusal::NotAllowed { why: "".into() };
        for refusal in
            [Refusal::invalid("", ""), busy, unavailable, Refusal::HoldExpired, taken, not_allowed]
        {
            assert_eq!(refusal_name(refusal.code()), refusal.name());
        }
        assert_eq!(refusal_name(Refusal::BackupRunning.code()), "BackupRunning");
        assert_eq!((refusal_name(0), refusal_name(u16::MAX)), ("unknown", "unknown"));
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
