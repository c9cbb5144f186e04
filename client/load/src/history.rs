//! What a run saw, exchange by exchange, small enough to keep all of it.
//!
//! An exchange takes 32 bytes, and beside them 32 if it told counts, or 4 for each seat if it told of
//! several: a minute at 1.5 million reservations a second is 2.9 GB. Beyond its limit a
//! history keeps nothing more, but remembers when the first exchange that it left out was sent:
//! whatever the server decided before that is known whole, and only that is judged as a whole.

use super::exchange::{Asked, Claim, Exchange, NEVER, Outcome, Taken};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reservation::Status;

/// Exchanges that a run keeps if nothing else is said, over all of its threads: 640 MB, some 13 s at
/// 1.5 million a second.
pub(crate) const DEFAULT_VERIFY_LIMIT: usize = 20_000_000;

/// Bytes that an exchange takes, without seats beyond the first and without counts.
pub(crate) const EXCHANGE_BYTES: usize = size_of::<Packed>();

/// Times are kept in steps of so many nanoseconds: sent rounded down, done rounded up, so that
/// rounding never makes two exchanges look as if one followed the other.
const TICK_NS: u64 = 16;

/// The highest version that is told apart.
const MAX_VERSION: u64 = (1 << 48) - 1;

const MAX_SENT_TICKS: u64 = (1 << 48) - 1;

/// In a reservation's code: it was asked for a new one.
const ASKED_NEW: u16 = 1 << 11;

/// In place of a number where no reservation is meant.
const NO_RESERVATION: u32 = u32::MAX;

/// The exchanges of one thread of the generator.
#[derive(Debug)]
pub(crate) struct History {
    exchanges: Vec<Packed>,
    seats: Vec<Seat>,
    counts: Vec<Counts>,
    limit: usize,
    left_out: u64,
    whole_until_ns: u64,
}

/// An [`Exchange`] in 32 bytes. `event` and `version` are what it is sorted by; `form` is behind the
/// version, so that the exchange that made a version comes before those that saw it.
#[derive(Debug, Clone, Copy)]
struct Packed {
    /// 48 bits of ticks, 16 of connection.
    sent_and_connection: u64,
    /// 48 bits of version, 4 of form, 12 of code.
    version_and_form: u64,
    event: u32,
    /// Ticks from sent to done; [`u32::MAX`] (69 s) stands for never.
    took: u32,
    /// The reservation's number; of a read, its age.
    number: u32,
    /// What the form says: a seat, an index, a number of places.
    detail: u32,
}

/// What is in the other fields of a [`Packed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Form {
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

const FORMS: [Form; 12] = [
    Form::AppliedSeat,
    Form::AppliedSeats,
    Form::AppliedStanding,
    Form::UnchangedSeat,
    Form::UnchangedSeats,
    Form::UnchangedStanding,
    Form::Refused,
    Form::RefusedSeat,
    Form::RefusedFree,
    Form::FreshRead,
    Form::CachedRead,
    Form::Unknown,
];

const STATUSES: [Status; 5] =
    [Status::Held, Status::Confirmed, Status::Released, Status::Expired, Status::Cancelled];

impl History {
    /// A history that keeps at most `limit` exchanges. Their memory is set aside now, and taken from
    /// the machine as it is filled, so that recording never moves what was recorded.
    pub(crate) fn new(limit: usize) -> Self {
        let mut exchanges = Vec::new();
        // Where so much cannot be set aside, the list grows as lists do.
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

    /// Keeps an exchange if there is room.
    pub(crate) fn record(&mut self, exchange: &Exchange<'_>) {
        if self.exchanges.len() < self.limit {
            let packed = self.pack(exchange);
            self.exchanges.push(packed);
        } else {
            self.left_out += 1;
            self.whole_until_ns = self.whole_until_ns.min(exchange.sent_ns);
        }
    }

    /// How many exchanges are kept.
    pub(crate) fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// How many were left out because the limit was reached.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Nothing that was sent before this is left out, in nanoseconds since the run's start;
    /// [`u64::MAX`] if nothing is.
    pub(crate) fn whole_until_ns(&self) -> u64 {
        self.whole_until_ns
    }

    /// The memory that the exchanges take.
    pub(crate) fn bytes(&self) -> usize {
        self.exchanges.len() * EXCHANGE_BYTES
            + size_of_val(self.seats.as_slice())
            + size_of_val(self.counts.as_slice())
    }

    /// Orders the exchanges by event, then version, then the one that made the version first.
    pub(crate) fn sort(&mut self) {
        self.exchanges.sort_unstable_by_key(Packed::place);
    }

    /// What exchange `index` is sorted by.
    pub(crate) fn place(&self, index: usize) -> Option<(u32, u64)> {
        self.exchanges.get(index).map(Packed::place)
    }

    /// Exchange `index`, in the order of recording, or of [`sort`](Self::sort) after it.
    pub(crate) fn exchange(&self, index: usize) -> Option<Exchange<'_>> {
        self.exchanges.get(index).map(|packed| self.unpack(packed))
    }

    /// Every exchange.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Exchange<'_>> {
        self.exchanges.iter().map(|packed| self.unpack(packed))
    }

    fn pack(&mut self, exchange: &Exchange<'_>) -> Packed {
        let sent = (exchange.sent_ns / TICK_NS).min(MAX_SENT_TICKS);
        let took = match exchange.done_ns {
            NEVER => u32::MAX,
            done => narrow(done.div_ceil(TICK_NS).saturating_sub(sent)),
        };
        let Contents { form, code, number, detail } = self.pack_outcome(exchange.outcome);
        let version = exchange.version.min(MAX_VERSION);
        Packed {
            sent_and_connection: sent << 16 | u64::from(exchange.connection),
            version_and_form: version << 16 | (form as u64) << 12 | u64::from(code & 0xFFF),
            event: exchange.event,
            took,
            number,
            detail,
        }
    }

    fn pack_outcome(&mut self, outcome: Outcome<'_>) -> Contents {
        match outcome {
            Outcome::Reservation { number, asked, effect, status, places } => {
                let ((applied, unchanged), seats, detail) = self.pack_places(places);
                let form = if effect == Effect::Applied { applied } else { unchanged };
                let asked = if asked == Asked::New { ASKED_NEW } else { 0 };
                Contents { form, code: asked | (status as u16) << 8 | seats, number, detail }
            }
            Outcome::Refused { code, number, claim } => {
                let (form, detail) = match claim {
                    Claim::Nothing => (Form::Refused, 0),
                    Claim::Taken(seat) => (Form::RefusedSeat, pack_seat(seat)),
                    Claim::Free(free) => (Form::RefusedFree, narrow(free)),
                };
                Contents { form, code, number: number.unwrap_or(NO_RESERVATION), detail }
            }
            Outcome::Read { age_ms, counts } => {
                let detail = narrow(self.counts.len() as u64);
                self.counts.push(counts);
                let form = if age_ms.is_some() { Form::CachedRead } else { Form::FreshRead };
                Contents { form, code: 0, number: age_ms.unwrap_or_default(), detail }
            }
            Outcome::Unknown { number } => {
                Contents { form: Form::Unknown, code: 0, number, detail: 0 }
            }
        }
    }

    /// The forms that tell of such places (applied, unchanged), how many seats, and where they are.
    fn pack_places(&mut self, places: Taken<'_>) -> ((Form, Form), u16, u32) {
        match places {
            Taken::Seat(seat) | Taken::Seats(&[seat]) => {
                ((Form::AppliedSeat, Form::UnchangedSeat), 1, pack_seat(seat))
            }
            Taken::Seats(seats) => {
                // A reservation has at most 100.
                let count = u8::try_from(seats.len()).unwrap_or(u8::MAX);
                let index = narrow(self.seats.len() as u64);
                self.seats.extend_from_slice(&seats[..seats.len().min(count.into())]);
                ((Form::AppliedSeats, Form::UnchangedSeats), count.into(), index)
            }
            Taken::Standing { section, places } => {
                let detail = u32::from(section) << 24 | places.min(0xFF_FFFF);
                ((Form::AppliedStanding, Form::UnchangedStanding), 0, detail)
            }
        }
    }

    fn unpack(&self, packed: &Packed) -> Exchange<'_> {
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

    fn unpack_outcome(&self, packed: &Packed) -> Outcome<'_> {
        let Packed { number, detail, .. } = *packed;
        let code = (packed.version_and_form & 0xFFF) as u16;
        let form = FORMS[(packed.version_and_form >> 12 & 0xF) as usize];
        let refused = |claim| Outcome::Refused {
            code,
            number: (number != NO_RESERVATION).then_some(number),
            claim,
        };
        let counts = |age_ms| Outcome::Read { age_ms, counts: self.counts[detail as usize] };
        let reservation = |effect, places| {
            let status = STATUSES[usize::from(code >> 8 & 7)];
            let asked = if code & ASKED_NEW == 0 { Asked::Known } else { Asked::New };
            Outcome::Reservation { number, asked, effect, status, places }
        };
        let seats = || {
            let begin = detail as usize;
            Taken::Seats(&self.seats[begin..begin + usize::from(code & 0xFF)])
        };
        let standing =
            Taken::Standing { section: (detail >> 24) as u8, places: detail & 0xFF_FFFF };
        match form {
            Form::AppliedSeat => reservation(Effect::Applied, Taken::Seat(unpack_seat(detail))),
            Form::AppliedSeats => reservation(Effect::Applied, seats()),
            Form::AppliedStanding => reservation(Effect::Applied, standing),
            Form::UnchangedSeat => reservation(Effect::Unchanged, Taken::Seat(unpack_seat(detail))),
            Form::UnchangedSeats => reservation(Effect::Unchanged, seats()),
            Form::UnchangedStanding => reservation(Effect::Unchanged, standing),
            Form::Refused => refused(Claim::Nothing),
            Form::RefusedSeat => refused(Claim::Taken(unpack_seat(detail))),
            Form::RefusedFree => refused(Claim::Free(detail.into())),
            Form::FreshRead => counts(None),
            Form::CachedRead => counts(Some(number)),
            Form::Unknown => Outcome::Unknown { number },
        }
    }
}

impl Packed {
    fn place(&self) -> (u32, u64) {
        (self.event, self.version_and_form)
    }
}

/// The part of a [`Packed`] that says what happened.
struct Contents {
    form: Form,
    /// A refusal's code; of a reservation how many seats (8 bits), its status (3), what was asked (1).
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn outcome(kind: u8, number: u32, bits: u32, seats: &[Seat]) -> Outcome<'_> {
        let effect = if bits & 1 == 0 { Effect::Applied } else { Effect::Unchanged };
        let status = STATUSES[bits as usize % STATUSES.len()];
        let asked = if bits & 4 == 0 { Asked::New } else { Asked::Known };
        let reservation = |places| Outcome::Reservation { number, asked, effect, status, places };
        let count = u64::from(bits);
        let counts = Counts { free: count << 20, held: count, sold: count + 1, blocked: count % 3 };
        match kind {
            0 => reservation(Taken::Seats(seats)),
            1 => reservation(Taken::Standing { section: 254, places: bits % 100 }),
            2 => Outcome::Refused { code: 22, number: None, claim: Claim::Nothing },
            3 => Outcome::Refused {
                code: 16,
                number: Some(number),
                claim: Claim::Taken(unpack_seat(bits)),
            },
            4 => Outcome::Refused { code: 17, number: Some(number), claim: Claim::Free(count) },
            5 => Outcome::Read { age_ms: None, counts },
            6 => Outcome::Read { age_ms: Some(bits), counts },
            _ => Outcome::Unknown { number },
        }
    }

    proptest! {
        #[test]
        fn exchanges_read_back(
            kind in 0..8u8, number in 0..u32::MAX, bits: u32, places in 2..100u16,
            sent in 0..1u64 << 44, took in 0..1u64 << 34, version in 0..1u64 << 48,
            connection: u16, event: u32,
        ) {
            let seats: Vec<_> = (0..places).map(|number| Seat::new(3, 17, number)).collect();
            let outcome = outcome(kind, number, bits, &seats);
            let (sent_ns, done_ns) = (sent, sent + took);
            let exchange = Exchange { connection, event, sent_ns, done_ns, version, outcome };
            let mut history = History::new(1);
            history.record(&exchange);
            let kept = history.exchange(0).expect("one was recorded");
            prop_assert!(kept.sent_ns <= sent_ns && sent_ns - kept.sent_ns < TICK_NS);
            prop_assert!(kept.done_ns >= done_ns && kept.done_ns - done_ns < TICK_NS);
            prop_assert_eq!(Exchange { sent_ns, done_ns, ..kept }, exchange);
        }
    }

    fn unanswered(sent_ns: u64, done_ns: u64) -> Exchange<'static> {
        let outcome = Outcome::Unknown { number: 1 };
        Exchange { connection: 0, event: 0, sent_ns, done_ns, version: 0, outcome }
    }

    #[test]
    fn what_never_came_or_took_very_long_is_never_done() {
        for done_ns in [NEVER, 70_000_000_000] {
            let mut history = History::new(1);
            history.record(&unanswered(0, done_ns));
            assert_eq!(history.exchange(0).map(|exchange| exchange.done_ns), Some(NEVER));
        }
    }

    #[test]
    fn a_full_history_knows_until_when_it_is_whole() {
        let mut history = History::new(2);
        for (sent_ns, done_ns) in [(100, 200), (300, 400), (350, 900), (330, 950)] {
            history.record(&unanswered(sent_ns, done_ns));
        }
        assert_eq!((history.len(), history.left_out(), history.whole_until_ns()), (2, 2, 330));
        assert_eq!((EXCHANGE_BYTES, history.bytes()), (32, 64));
    }
}
