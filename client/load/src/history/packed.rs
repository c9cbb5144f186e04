//! The recorded exchanges of one thread, packed so that all of them fit into memory.
//!
//! An exchange takes 32 bytes, and 32 more with counts, or 4 for each seat with several seats: a
//! minute at 1.5 million reservations a second is 2.9 GB. Beyond its limit a history records nothing
//! more, but remembers when the first missing exchange was sent. Everything before that time is
//! complete, and only the complete part is replayed.

use super::exchange::{
    Exchange, ExchangeOutcome, ExchangePlaces, NEVER, RefusalClaim, RequestedReservation,
};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;

/// Bytes of an exchange with at most one seat.
pub(crate) const EXCHANGE_BYTES: usize = size_of::<PackedExchange>();

/// Resolution of times. The time of the request is rounded down, that of the reply up, so that
/// rounding never makes one exchange appear to follow another.
const TICK_NS: u64 = 16;

const MAX_VERSION: u64 = (1 << 48) - 1;

const MAX_SENT_TICKS: u64 = (1 << 48) - 1;

/// Bit of a reservation's code: the request was for a new one.
const REQUESTED_NEW: u16 = 1 << 11;

/// Stands for no reservation.
const NO_RESERVATION: u32 = u32::MAX;

/// In the order of recording until they are sorted.
#[derive(Debug)]
pub(crate) struct ThreadHistory {
    exchanges: Vec<PackedExchange>,
    seats: Vec<Seat>,
    counts: Vec<Counts>,
    limit: usize,
    left_out: u64,
    whole_until_ns: u64,
}

/// An [`Exchange`] in 32 bytes. It is sorted by `event`, then version, then form, so that the exchange
/// that made a version comes before those that saw it.
#[derive(Debug, Clone, Copy)]
struct PackedExchange {
    /// 48 bits of ticks, 16 of connection.
    sent_and_connection: u64,
    /// 48 bits of version, 4 of form, 12 of code.
    version_and_form: u64,
    event: u32,
    /// Ticks from request to reply; [`u32::MAX`] (69 s) stands for no reply.
    took: u32,
    /// The reservation's number; for a read its age.
    number: u32,
    /// Depends on the form: a seat, an index, a number of places.
    detail: u32,
}

/// The meaning of the other fields of a [`PackedExchange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum ExchangeForm {
    AppliedSeat,
    AppliedSeats,
    AppliedStanding,
    UnchangedSeat,
    UnchangedSeats,
    UnchangedStanding,
    Refused,
    RefusedSeat,
    RefusedFree,
    FreshRead,
    CachedRead,
    Unknown,
}

const FORMS: [ExchangeForm; 12] = [
    ExchangeForm::AppliedSeat,
    ExchangeForm::AppliedSeats,
    ExchangeForm::AppliedStanding,
    ExchangeForm::UnchangedSeat,
    ExchangeForm::UnchangedSeats,
    ExchangeForm::UnchangedStanding,
    ExchangeForm::Refused,
    ExchangeForm::RefusedSeat,
    ExchangeForm::RefusedFree,
    ExchangeForm::FreshRead,
    ExchangeForm::CachedRead,
    ExchangeForm::Unknown,
];

impl ThreadHistory {
    /// Records at most `limit` exchanges. The address space is reserved now and filled later, so
    /// recording never copies.
    pub(crate) fn new(limit: usize) -> Self {
        let mut exchanges = Vec::new();
        // Without such a reservation the list grows on demand.
        exchanges.try_reserve_exact(limit).ok();
        Self {
            exchanges,
            seats: Vec::new(),
            counts: Vec::new(),
            limit,
            left_out: 0,
            whole_until_ns: u64::MAX,
        }
    }

    /// Records an exchange unless the limit is reached.
    pub(crate) fn record(&mut self, exchange: &Exchange<'_>) {
        if self.exchanges.len() < self.limit {
            let packed = self.pack(exchange);
            self.exchanges.push(packed);
        } else {
            self.left_out += 1;
            self.whole_until_ns = self.whole_until_ns.min(exchange.sent_ns);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Exchanges beyond the limit.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// All exchanges sent before this time are recorded, in nanoseconds since the run began;
    /// [`u64::MAX`] if none is missing.
    pub(crate) fn whole_until_ns(&self) -> u64 {
        self.whole_until_ns
    }

    /// Memory of the exchanges.
    pub(crate) fn bytes(&self) -> usize {
        self.exchanges.len() * EXCHANGE_BYTES
            + size_of_val(self.seats.as_slice())
            + size_of_val(self.counts.as_slice())
    }

    /// Sorts by event, then version, with the exchange that made a version first.
    pub(crate) fn sort(&mut self) {
        self.exchanges.sort_unstable_by_key(PackedExchange::sort_key);
    }

    /// The sort key of exchange `index`.
    pub(crate) fn sort_key(&self, index: usize) -> Option<(u32, u64)> {
        self.exchanges.get(index).map(PackedExchange::sort_key)
    }

    /// Exchange `index`, in the present order.
    pub(crate) fn exchange(&self, index: usize) -> Option<Exchange<'_>> {
        self.exchanges.get(index).map(|packed| self.unpack(packed))
    }

    /// All exchanges, in the present order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Exchange<'_>> {
        self.exchanges.iter().map(|packed| self.unpack(packed))
    }

    fn pack(&mut self, exchange: &Exchange<'_>) -> PackedExchange {
        let sent = (exchange.sent_ns / TICK_NS).min(MAX_SENT_TICKS);
        let took = match exchange.done_ns {
            NEVER => u32::MAX,
            done => narrow(done.div_ceil(TICK_NS).saturating_sub(sent)),
        };
        let PackedOutcome { form, code, number, detail } = self.pack_outcome(exchange.outcome);
        let version = exchange.version.min(MAX_VERSION);
        PackedExchange {
            sent_and_connection: sent << 16 | u64::from(exchange.connection),
            version_and_form: version << 16 | (form as u64) << 12 | u64::from(code & 0xFFF),
            event: exchange.event,
            took,
            number,
            detail,
        }
    }

    fn pack_outcome(&mut self, outcome: ExchangeOutcome<'_>) -> PackedOutcome {
        match outcome {
            ExchangeOutcome::Reservation { number, requested, effect, status, places } => {
                let ((applied, unchanged), seats, detail) = self.pack_places(places);
                let form = if effect == Effect::Applied { applied } else { unchanged };
                let requested =
                    if requested == RequestedReservation::New { REQUESTED_NEW } else { 0 };
                PackedOutcome {
                    form,
                    code: requested | (status as u16) << 8 | seats,
                    number,
                    detail,
                }
            }
            ExchangeOutcome::Refused { code, number, claim } => {
                let (form, detail) = match claim {
                    RefusalClaim::Nothing => (ExchangeForm::Refused, 0),
                    RefusalClaim::Taken(seat) => (ExchangeForm::RefusedSeat, pack_seat(seat)),
                    RefusalClaim::Free(free) => (ExchangeForm::RefusedFree, narrow(free)),
                };
                PackedOutcome { form, code, number: number.unwrap_or(NO_RESERVATION), detail }
            }
            ExchangeOutcome::Read { age_ms, counts } => {
                let detail = narrow(self.counts.len() as u64);
                self.counts.push(counts);
                let form = if age_ms.is_some() {
                    ExchangeForm::CachedRead
                } else {
                    ExchangeForm::FreshRead
                };
                PackedOutcome { form, code: 0, number: age_ms.unwrap_or_default(), detail }
            }
            ExchangeOutcome::Unknown { number } => {
                PackedOutcome { form: ExchangeForm::Unknown, code: 0, number, detail: 0 }
            }
        }
    }

    /// The forms for such places (applied, unchanged), the number of seats, and the detail.
    fn pack_places(
        &mut self,
        places: ExchangePlaces<'_>,
    ) -> ((ExchangeForm, ExchangeForm), u16, u32) {
        match places {
            ExchangePlaces::Seat(seat) | ExchangePlaces::Seats(&[seat]) => {
                ((ExchangeForm::AppliedSeat, ExchangeForm::UnchangedSeat), 1, pack_seat(seat))
            }
            ExchangePlaces::Seats(seats) => {
                // A reservation has at most 100.
                let count = u8::try_from(seats.len()).unwrap_or(u8::MAX);
                let index = narrow(self.seats.len() as u64);
                self.seats.extend_from_slice(&seats[..seats.len().min(count.into())]);
                ((ExchangeForm::AppliedSeats, ExchangeForm::UnchangedSeats), count.into(), index)
            }
            ExchangePlaces::Standing { section, places } => {
                let detail = u32::from(section) << 24 | places.min(0xFF_FFFF);
                ((ExchangeForm::AppliedStanding, ExchangeForm::UnchangedStanding), 0, detail)
            }
        }
    }

    fn unpack(&self, packed: &PackedExchange) -> Exchange<'_> {
        let sent = packed.sent_and_connection >> 16;
        let done_ns = match packed.took {
            u32::MAX => NEVER,
            took => (sent + u64::from(took)) * TICK_NS,
        };
        Exchange {
            connection: (packed.sent_and_connection & 0xFFFF) as u16,
            event: packed.event,
            sent_ns: sent * TICK_NS,
            done_ns,
            version: packed.version_and_form >> 16,
            outcome: self.unpack_outcome(packed),
        }
    }

    fn unpack_outcome(&self, packed: &PackedExchange) -> ExchangeOutcome<'_> {
        let PackedExchange { number, detail, .. } = *packed;
        let code = (packed.version_and_form & 0xFFF) as u16;
        let form = FORMS[(packed.version_and_form >> 12 & 0xF) as usize];
        let refused = |claim| ExchangeOutcome::Refused {
            code,
            number: (number != NO_RESERVATION).then_some(number),
            claim,
        };
        let counts =
            |age_ms| ExchangeOutcome::Read { age_ms, counts: self.counts[detail as usize] };
        let reservation = |effect, places| {
            let status = Status::ALL[usize::from(code >> 8 & 7)];
            let requested = if code & REQUESTED_NEW == 0 {
                RequestedReservation::Known
            } else {
                RequestedReservation::New
            };
            ExchangeOutcome::Reservation { number, requested, effect, status, places }
        };
        let seats = || {
            let begin = detail as usize;
            ExchangePlaces::Seats(&self.seats[begin..begin + usize::from(code & 0xFF)])
        };
        let standing =
            ExchangePlaces::Standing { section: (detail >> 24) as u8, places: detail & 0xFF_FFFF };
        match form {
            ExchangeForm::AppliedSeat => {
                reservation(Effect::Applied, ExchangePlaces::Seat(unpack_seat(detail)))
            }
            ExchangeForm::AppliedSeats => reservation(Effect::Applied, seats()),
            ExchangeForm::AppliedStanding => reservation(Effect::Applied, standing),
            ExchangeForm::UnchangedSeat => {
                reservation(Effect::Unchanged, ExchangePlaces::Seat(unpack_seat(detail)))
            }
            ExchangeForm::UnchangedSeats => reservation(Effect::Unchanged, seats()),
            ExchangeForm::UnchangedStanding => reservation(Effect::Unchanged, standing),
            ExchangeForm::Refused => refused(RefusalClaim::Nothing),
            ExchangeForm::RefusedSeat => refused(RefusalClaim::Taken(unpack_seat(detail))),
            ExchangeForm::RefusedFree => refused(RefusalClaim::Free(detail.into())),
            ExchangeForm::FreshRead => counts(None),
            ExchangeForm::CachedRead => counts(Some(number)),
            ExchangeForm::Unknown => ExchangeOutcome::Unknown { number },
        }
    }
}

impl PackedExchange {
    fn sort_key(&self) -> (u32, u64) {
        (self.event, self.version_and_form)
    }
}

/// The outcome in the fields of a [`PackedExchange`].
struct PackedOutcome {
    form: ExchangeForm,
    /// A refusal's code; of a reservation the number of seats (8 bits), its status (3), [`REQUESTED_NEW`].
    code: u16,
    number: u32,
    detail: u32,
}

fn pack_seat(seat: Seat) -> u32 {
    u32::from(seat.section()) << 24 | u32::from(seat.row()) << 12 | u32::from(seat.number())
}

fn unpack_seat(bits: u32) -> Seat {
    Seat::new((bits >> 24) as u8, (bits >> 12 & 0xFFF) as u16, (bits & 0xFFF) as u16)
}

fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
