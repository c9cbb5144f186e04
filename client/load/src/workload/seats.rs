//! Exact seats, one after the other, each once: no reservation meets another's seat.

use super::{Desk, Hall, Next, Workload};
use boxoffice_client::protocol::reservation::Selection;

/// A prime, so that steps of it visit every seat of an event that is not a multiple of it.
const SCATTER: u64 = 618_034_003;

/// Seats that nobody has asked for: event after event, in each in scattered order. The threads of
/// a run take turns, so that none meets another.
#[derive(Debug)]
pub(crate) struct Supply {
    halls: Vec<Hall>,
    next: u64,
    stride: u64,
}

impl Supply {
    /// The part of thread `thread` of `threads`. All events are of one size, and
    /// follow each other in the run's list.
    pub(crate) fn new(halls: Vec<Hall>, (thread, threads): (u32, u32)) -> Self {
        Self { halls, next: thread.into(), stride: threads.into() }
    }

    /// The event with this place in the run's list.
    pub(crate) fn hall(&self, index: u32) -> Option<&Hall> {
        let first = self.halls.first()?.index;
        self.halls.get(index.checked_sub(first)? as usize)
    }

    /// Another seat, if there is one.
    pub(crate) fn take(&mut self) -> Option<(&Hall, Selection)> {
        let seats = u64::from(self.halls.first()?.size.places());
        let (hall, number) = (self.next / seats, self.next % seats);
        self.next += self.stride;
        let hall = self.halls.get(usize::try_from(hall).ok()?)?;
        let seat = u32::try_from(number * SCATTER % seats).ok()?;
        Some((hall, hall.seats(seat, 1)))
    }
}

/// Reserves seats until none is left.
#[derive(Debug)]
pub(crate) struct Seats(pub(crate) Supply);

impl Workload for Seats {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        match self.0.take() {
            Some((hall, selection)) => desk.reserve(hall, selection, now_ns),
            None => Next::Over,
        }
    }
}
