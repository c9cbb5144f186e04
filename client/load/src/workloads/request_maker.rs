//! The request maker of one thread: it draws chance, ids and customers, and makes requests of them.

use super::sent_request::{NextRequest, SentRequest, WorkloadStep};
use super::venue::Venue;
use crate::history::exchange::ReservationNumbers;
use boxoffice_client::protocol::id::{CustomerId, ReservationId};
use boxoffice_client::protocol::request::{IfExpired, Request, ReservationKey};
use boxoffice_client::protocol::reservation::Selection;
use boxoffice_client::protocol::time::Timestamp;
use fastrand::Rng;
use std::time::Duration;

/// Numbers and ids are unique within the run: each thread takes its own.
#[derive(Debug)]
pub(crate) struct RequestMaker {
    /// The seeded source of all choices.
    pub(crate) rng: Rng,
    /// The server's time at the beginning of the run; ids count from it.
    began: Timestamp,
    run: RunIds,
    next_number: u32,
    stride: u32,
    /// An id that no reservation has.
    no_reservation: ReservationId,
}

/// The marks that distinguish the reservations of one run from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RunIds {
    pub(crate) numbers: ReservationNumbers,
    /// The first four letters of the customers; each reservation has a customer of its own.
    pub(crate) mark: u16,
}

impl RunIds {
    pub(crate) fn new() -> Self {
        let numbers = ReservationNumbers::new(std::array::from_fn(|_| fastrand::u8(..)));
        Self { numbers, mark: fastrand::u16(..) }
    }

    /// The customer of reservation `number`, in twelve bytes.
    pub(crate) fn customer(self, number: u32) -> CustomerId {
        let text: [u8; 12] = std::array::from_fn(|place| match place {
            0..4 => digit(u32::from(self.mark), 3 - place),
            _ => digit(number, 11 - place),
        });
        let text = std::str::from_utf8(&text).expect("hexadecimal digits are ASCII");
        CustomerId::parse(text).expect("twelve visible characters are a customer")
    }
}

/// The hexadecimal digit at `place`, counted from the lowest.
const fn digit(number: u32, place: usize) -> u8 {
    b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]
}

impl RequestMaker {
    /// The request maker of thread `thread` of `threads`.
    pub(crate) fn new(
        seed: u64,
        (thread, threads): (u32, u32),
        began: Timestamp,
        run: RunIds,
    ) -> Self {
        // The second constant of SplitMix64 keeps the sequences of neighbouring threads apart.
        let rng = Rng::with_seed(seed ^ u64::from(thread).wrapping_mul(0xBF58_476D_1CE4_E5B9));
        let no_reservation = run.numbers.id(0, began);
        Self { rng, began, run, next_number: 1 + thread, stride: threads, no_reservation }
    }

    /// A new reservation, confirmed in one step.
    pub(crate) fn reserve(
        &mut self,
        venue: &Venue,
        selection: Selection,
        now_ns: u64,
    ) -> NextRequest {
        let (number, id) = self.number_and_id(now_ns);
        let (event, customer) = (venue.event.clone(), self.run.customer(number));
        let sent = sent(WorkloadStep::Reserve, venue, number, id);
        NextRequest::Send(sent, Request::Reserve { id, event, customer, selection, order: None })
    }

    /// A new hold, for the length that the event has for holds.
    pub(crate) fn hold(&mut self, venue: &Venue, selection: Selection, now_ns: u64) -> NextRequest {
        let (number, id) = self.number_and_id(now_ns);
        let (event, customer) = (venue.event.clone(), self.run.customer(number));
        let sent = sent(WorkloadStep::Hold, venue, number, id);
        NextRequest::Send(
            sent,
            Request::Hold { id, event, customer, selection, ttl_ms: venue.hold_ms, order: None },
        )
    }

    /// The next step of a reservation: confirm, release or cancel all of it.
    pub(crate) fn settle(
        &self,
        step: WorkloadStep,
        venue: &Venue,
        number: u32,
        id: ReservationId,
    ) -> NextRequest {
        let (event, customer) = (venue.event.clone(), self.run.customer(number));
        let (reservation, keep) = (ReservationKey { event, id, customer }, None);
        let request = match step {
            WorkloadStep::Confirm => {
                Request::Confirm { reservation, keep, expired: IfExpired::Refuse }
            }
            WorkloadStep::Release => Request::Release { reservation, keep },
            _ => Request::Cancel { reservation, keep },
        };
        NextRequest::Send(sent(step, venue, number, id), request)
    }

    pub(crate) fn read(&self, step: WorkloadStep, venue: &Venue, request: Request) -> NextRequest {
        NextRequest::Send(sent(step, venue, 0, self.no_reservation), request)
    }

    fn number_and_id(&mut self, now_ns: u64) -> (u32, ReservationId) {
        let number = self.next_number;
        self.next_number = number.wrapping_add(self.stride);
        let time = self.began.plus(Duration::from_nanos(now_ns));
        (number, self.run.numbers.id(number, time))
    }
}

fn sent(step: WorkloadStep, venue: &Venue, number: u32, id: ReservationId) -> SentRequest {
    SentRequest { step, part: 0, event: venue.index, number, id }
}
