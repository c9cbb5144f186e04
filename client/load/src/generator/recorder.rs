//! Records each exchange for verification: 32 bytes and about 10 ns apiece.

use super::in_flight::{Arrival, InFlightRequest};
use crate::history::exchange::{
    Exchange, ExchangeOutcome, ExchangePlaces, RefusalClaim, RequestedReservation,
};
use crate::history::packed::ThreadHistory;
use crate::workloads::WorkloadStep;
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::{Seat, SeatLabel};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply_view::{BodyView, PlacesView, ReplyView, ReservationView};
use boxoffice_client::protocol::request::Freshness;

/// The events of a run have one section.
const SECTION: u8 = 0;

/// Records the exchanges of one thread.
#[derive(Debug)]
pub(crate) struct Recorder {
    history: ThreadHistory,
    /// The run-wide number of the thread's first connection.
    first: usize,
    freshness: Freshness,
    /// A buffer for the seats of one reply.
    seats: Vec<Seat>,
}

impl Recorder {
    /// Keeps at most `limit` exchanges.
    pub(crate) fn new(limit: usize, first: usize, freshness: Freshness) -> Self {
        Self { history: ThreadHistory::new(limit), first, freshness, seats: Vec::new() }
    }

    pub(crate) fn into_history(self) -> ThreadHistory {
        self.history
    }

    /// Records a reply if it says anything about an event's places.
    pub(crate) fn record(
        &mut self,
        request: &InFlightRequest,
        reply: &ReplyView<'_>,
        body: &BodyView<'_>,
        arrival: Arrival,
    ) {
        let mut seats = std::mem::take(&mut self.seats);
        if let Some(outcome) = self.outcome(request, reply, body, &mut seats) {
            self.history.record(&Exchange {
                connection: u16::try_from(self.first + arrival.connection).unwrap_or(u16::MAX),
                event: request.sent.event,
                sent_ns: request.sent_ns,
                done_ns: arrival.now_ns,
                version: reply.version,
                outcome,
            });
        }
        self.seats = seats;
    }

    fn outcome<'a>(
        &self,
        request: &InFlightRequest,
        reply: &ReplyView<'_>,
        body: &BodyView<'_>,
        seats: &'a mut Vec<Seat>,
    ) -> Option<ExchangeOutcome<'a>> {
        let sent = &request.sent;
        let read = |counts: Counts| {
            let cached = self.freshness == Freshness::Cached;
            ExchangeOutcome::Read { age_ms: cached.then_some(reply.age_ms), counts }
        };
        match body {
            BodyView::Reservation(view) => Some(reservation(request, view, seats)),
            BodyView::Refused(Refusal::OutcomeUnknown) if sent.step.is_change() => {
                Some(ExchangeOutcome::Unknown { number: sent.number })
            }
            BodyView::Refused(refusal) if sent.step != WorkloadStep::Events => {
                let number = sent.step.is_change().then_some(sent.number);
                let claim = claim(refusal);
                Some(ExchangeOutcome::Refused { code: refusal.code(), number, claim })
            }
            BodyView::Event(counts) | BodyView::Seats(counts) => Some(read(*counts)),
            BodyView::Refused(_) | BodyView::Other(_) => None,
        }
    }
}

fn reservation<'a>(
    request: &InFlightRequest,
    view: &ReservationView<'_>,
    seats: &'a mut Vec<Seat>,
) -> ExchangeOutcome<'a> {
    let places = match &view.places {
        &PlacesView::Standing { places, .. } => {
            ExchangePlaces::Standing { section: SECTION, places }
        }
        PlacesView::Seats(labels) => {
            seats.clear();
            seats.extend(labels.iter().map(seat));
            match seats.as_slice() {
                [seat] => ExchangePlaces::Seat(*seat),
                seats => ExchangePlaces::Seats(seats),
            }
        }
    };
    let requested = match request.sent.step {
        WorkloadStep::Hold | WorkloadStep::Reserve => RequestedReservation::New,
        _ => RequestedReservation::Known,
    };
    let (number, effect, status) = (request.sent.number, view.effect, view.status);
    ExchangeOutcome::Reservation { number, requested, effect, status, places }
}

fn claim(refusal: &Refusal) -> RefusalClaim {
    match refusal {
        Refusal::SeatsTaken { seats } => {
            seats.first().map_or(RefusalClaim::Nothing, |label| RefusalClaim::Taken(seat(label)))
        }
        Refusal::SoldOut { free } => RefusalClaim::Free(*free),
        _ => RefusalClaim::Nothing,
    }
}

fn seat(label: &SeatLabel) -> Seat {
    label
        .lettered()
        .map_or(Seat::new(SECTION, 0, 0), |seat| Seat::new(SECTION, seat.row, seat.number))
}
