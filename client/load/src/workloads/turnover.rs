//! Turnover: events that stay partly sold, because every reservation is followed by a cancellation.

use super::request_maker::RequestMaker;
use super::sent_request::{NextRequest, SentRequest, StepOutcome, WorkloadStep};
use super::venue::Venue;
use super::workload::Workload;
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reservation::{PlaceCount, Selection, Together};

/// Reserves the best free seats until a part of all seats is sold. From then on it cancels a random
/// reservation for each one that it makes.
#[derive(Debug)]
pub(crate) struct TurnoverWorkload {
    venues: Vec<Venue>,
    party: PlaceCount,
    /// The wanted number of live reservations.
    target: usize,
    live: Vec<LiveReservation>,
    in_flight: usize,
}

#[derive(Debug, Clone, Copy)]
struct LiveReservation {
    venue: usize,
    number: u32,
    id: ReservationId,
}

impl TurnoverWorkload {
    /// Keeps a `part` of the seats sold, in parties of `party`. `threads` threads share the work.
    pub(crate) fn new(venues: Vec<Venue>, party: PlaceCount, part: f64, threads: u32) -> Self {
        let seats: u64 = venues.iter().map(|venue| u64::from(venue.size.places())).sum();
        let reservations = seats as f64 * part / f64::from(party.as_u32() * threads);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few seats")]
        let target = (reservations as usize).max(1);
        Self { venues, party, target, live: Vec::with_capacity(target), in_flight: 0 }
    }
}

impl Workload for TurnoverWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        let full = self.live.len() + self.in_flight >= self.target;
        if full && !self.live.is_empty() {
            let leaves = self.live.swap_remove(requests.rng.usize(..self.live.len()));
            return requests.settle(
                WorkloadStep::Cancel,
                &self.venues[leaves.venue],
                leaves.number,
                leaves.id,
            );
        }
        let Some(venue) = requests.rng.choice(&self.venues) else { return NextRequest::Over };
        self.in_flight += 1;
        let (places, together) = (self.party, Together::IfPossible);
        requests.reserve(venue, Selection::Best { places, section: None, together }, now_ns)
    }

    fn answered(&mut self, _: &mut RequestMaker, sent: &SentRequest, outcome: StepOutcome, _: u64) {
        if sent.step != WorkloadStep::Reserve {
            return;
        }
        self.in_flight = self.in_flight.saturating_sub(1);
        let venue = self.venues.iter().position(|venue| venue.index == sent.event);
        if let (StepOutcome::Done, Some(venue)) = (outcome, venue) {
            self.live.push(LiveReservation { venue, number: sent.number, id: sent.id });
        }
    }

    /// Reservations in flight count as sold.
    fn is_ready(&self) -> bool {
        self.live.len() + self.in_flight >= self.target
    }
}
