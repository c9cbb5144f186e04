//! Exact seats, each once: no request is for a seat that is taken.

use super::request_maker::RequestMaker;
use super::sent_request::NextRequest;
use super::venue::Venue;
use super::workload::Workload;
use boxoffice_client::protocol::reservation::Selection;

/// A prime: steps of this size visit every seat of an event unless it has a multiple of it.
const SCATTER: u64 = 618_034_003;

/// Unused seats: event after event, scattered within each. The threads of a run take turns, so no
/// two have the same seat.
#[derive(Debug)]
pub(crate) struct SeatSupply {
    venues: Vec<Venue>,
    next: u64,
    stride: u64,
}

impl SeatSupply {
    /// The part of thread `thread` of `threads`. All events are of one size, and follow each other
    /// in the run's list.
    pub(crate) fn new(venues: Vec<Venue>, (thread, threads): (u32, u32)) -> Self {
        Self { venues, next: thread.into(), stride: threads.into() }
    }

    /// The event with this index in the run's list.
    pub(crate) fn venue(&self, index: u32) -> Option<&Venue> {
        let first = self.venues.first()?.index;
        self.venues.get(index.checked_sub(first)? as usize)
    }

    /// The next unused seat.
    pub(crate) fn take(&mut self) -> Option<(&Venue, Selection)> {
        let seats = u64::from(self.venues.first()?.size.places());
        let (venue, number) = (self.next / seats, self.next % seats);
        self.next += self.stride;
        let venue = self.venues.get(usize::try_from(venue).ok()?)?;
        let seat = u32::try_from(number * SCATTER % seats).ok()?;
        Some((venue, venue.seats(seat, 1)))
    }
}

/// Reserves seats until none is left.
#[derive(Debug)]
pub(crate) struct SeatsWorkload(pub(crate) SeatSupply);

impl Workload for SeatsWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        match self.0.take() {
            Some((venue, selection)) => requests.reserve(venue, selection, now_ns),
            None => NextRequest::Over,
        }
    }
}
