//! What every workload needs to make requests: chance, ids, numbers, customers.

use super::{Asked, Hall, Next, Step};
use crate::exchange::ReservationNumbers;
use boxoffice_client::protocol::id::{CustomerId, ReservationId};
use boxoffice_client::protocol::request::{Request, ReservationKey};
use boxoffice_client::protocol::reservation::Selection;
use boxoffice_client::protocol::time::Timestamp;
use fastrand::Rng;
use std::time::Duration;

/// One thread's own chance, ids and numbers: none is drawn twice in a run.
#[derive(Debug)]
pub(crate) struct Desk {
    /// Where all choices come from.
    pub(crate) rng: Rng,
    /// The server's time when the run began, by which it judges ids.
    began: Timestamp,
    run: Run,
    next_number: u32,
    stride: u32,
    /// The id of what is no reservation.
    nobodys: ReservationId,
}

/// How the reservations of a run are told from any other run's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run {
    /// Its ids.
    pub(crate) ids: ReservationNumbers,
    /// The first four letters of its customers. Each reservation has its own.
    pub(crate) mark: u16,
}

impl Run {
    /// A run that was never before.
    pub(crate) fn new() -> Self {
        let ids = ReservationNumbers::new(std::array::from_fn(|_| fastrand::u8(..)));
        Self { ids, mark: fastrand::u16(..) }
    }

    /// Whom reservation `number` is for, in twelve bytes.
    pub(crate) fn customer(self, number: u32) -> CustomerId {
        let text: [u8; 12] = std::array::from_fn(|place| match place {
            0..4 => digit(u32::from(self.mark), 3 - place),
            _ => digit(number, 11 - place),
        });
        let text = std::str::from_utf8(&text).expect("hexadecimal digits are ASCII");
        CustomerId::parse(text).expect("twelve visible characters are a customer")
    }
}

/// The hexadecimal digit of `number` at `place`, from the lowest.
const fn digit(number: u32, place: usize) -> u8 {
    b"0123456789abcdef"[(number >> (4 * place) & 15) as usize]
}

impl Desk {
    /// The desk of thread `thread` of `threads`.
    pub(crate) fn new(
        seed: u64,
        (thread, threads): (u32, u32),
        began: Timestamp,
        run: Run,
    ) -> Self {
        // The second constant of SplitMix64, so that neighbouring threads draw apart.
        let rng = Rng::with_seed(seed ^ u64::from(thread).wrapping_mul(0xBF58_476D_1CE4_E5B9));
        let nobodys = run.ids.id(0, began);
        Self { rng, began, run, next_number: 1 + thread, stride: threads, nobodys }
    }

    /// Asks for a new reservation, confirmed at once.
    pub(crate) fn reserve(&mut self, hall: &Hall, selection: Selection, now_ns: u64) -> Next {
        let (number, id) = self.number_and_id(now_ns);
        let (event, customer) = (hall.event.clone(), self.run.customer(number));
        let asked = asked(Step::Reserve, hall, number, id);
        Next::Ask(asked, Request::Reserve { id, event, customer, selection })
    }

    /// Asks for a new hold that lasts as long as the event's do.
    pub(crate) fn hold(&mut self, hall: &Hall, selection: Selection, now_ns: u64) -> Next {
        let (number, id) = self.number_and_id(now_ns);
        let (event, customer) = (hall.event.clone(), self.run.customer(number));
        let asked = asked(Step::Hold, hall, number, id);
        Next::Ask(asked, Request::Hold { id, event, customer, selection, ttl_ms: hall.hold_ms })
    }

    /// Asks for the next step of a reservation's life, of all its places.
    pub(crate) fn settle(&self, step: Step, hall: &Hall, number: u32, id: ReservationId) -> Next {
        let (event, customer) = (hall.event.clone(), self.run.customer(number));
        let (reservation, keep) = (ReservationKey { event, id, customer }, None);
        let request = match step {
            Step::Confirm => Request::Confirm { reservation, keep },
            Step::Release => Request::Release { reservation, keep },
            _ => Request::Cancel { reservation, keep },
        };
        Next::Ask(asked(step, hall, number, id), request)
    }

    /// Asks for a look at an event, or at all.
    pub(crate) fn read(&self, step: Step, hall: &Hall, request: Request) -> Next {
        Next::Ask(asked(step, hall, 0, self.nobodys), request)
    }

    fn number_and_id(&mut self, now_ns: u64) -> (u32, ReservationId) {
        let number = self.next_number;
        self.next_number = number.wrapping_add(self.stride);
        let time = self.began.plus(Duration::from_nanos(now_ns));
        (number, self.run.ids.id(number, time))
    }
}

fn asked(step: Step, hall: &Hall, number: u32, id: ReservationId) -> Asked {
    Asked { step, part: 0, event: hall.index, number, id }
}
