//! Records each exchange for verification: 32 bytes and about 10 ns apiece.

use super::in_flight::{Arrival, InFlightRequest};
use crate::history::exchange::{
    Exchange, ExchangeOutcome, RefusalClaim, RequestedReservation, TakenPlaces,
};
use crate::history::packed::ThreadHistory;
use crate::workloads::WorkloadStep;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::id::{Seat, SeatLabel};
use boxoffice_client::protocol::reply_view::{
    BodyView, PlacesView, RefusalView, ReplyView, ReservationView,
};
use boxoffice_client::protocol::request::Freshness;

/// The code of the refusal `OutcomeUnknown`.
const OUTCOME_UNKNOWN: u16 = 21;
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
    ) -> Result<(), FrameError> {
        let mut seats = std::mem::take(&mut self.seats);
        if let Some(outcome) = self.outcome(request, reply, body, &mut seats)? {
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
        Ok(())
    }

    fn outcome<'a>(
        &self,
        request: &InFlightRequest,
        reply: &ReplyView<'_>,
        body: &BodyView<'_>,
        seats: &'a mut Vec<Seat>,
    ) -> Result<Option<ExchangeOutcome<'a>>, FrameError> {
        let sent = &request.sent;
        let read = |counts: Counts| {
            let cached = self.freshness == Freshness::Cached;
            ExchangeOutcome::Read { age_ms: cached.then_some(reply.age_ms), counts }
        };
        Ok(match body {
            BodyView::Reservation(view) => Some(reservation(request, view, seats)?),
            BodyView::Refused(view) if view.code == OUTCOME_UNKNOWN && sent.step.is_change() => {
                Some(ExchangeOutcome::Unknown { number: sent.number })
            }
            BodyView::Refused(view) if sent.step != WorkloadStep::Events => {
                let number = sent.step.is_change().then_some(sent.number);
                Some(ExchangeOutcome::Refused { code: view.code, number, claim: claim(view)? })
            }
            BodyView::Event(counts) | BodyView::Seats(counts) => Some(read(*counts)),
            BodyView::Refused(_) | BodyView::Other(_) => None,
        })
    }
}

fn reservation<'a>(
    request: &InFlightRequest,
    view: &ReservationView<'_>,
    seats: &'a mut Vec<Seat>,
) -> Result<ExchangeOutcome<'a>, FrameError> {
    let places = match view.places {
        PlacesView::Standing(places) => TakenPlaces::Standing { section: SECTION, places },
        PlacesView::Seats(labels) => {
            seats.clear();
            for label in labels {
                seats.push(seat(label)?);
            }
            match seats.as_slice() {
                [seat] => TakenPlaces::Seat(*seat),
                seats => TakenPlaces::Seats(seats),
            }
        }
    };
    let requested = match request.sent.step {
        WorkloadStep::Hold | WorkloadStep::Reserve => RequestedReservation::New,
        _ => RequestedReservation::Known,
    };
    let (number, effect, status) = (request.sent.number, view.effect, view.status);
    Ok(ExchangeOutcome::Reservation { number, requested, effect, status, places })
}

fn claim(view: &RefusalView<'_>) -> Result<RefusalClaim, FrameError> {
    if let Some(label) = view.taken().and_then(|mut labels| labels.next()) {
        return Ok(RefusalClaim::Taken(seat(label)?));
    }
    Ok(view.free().map_or(RefusalClaim::Nothing, RefusalClaim::Free))
}

fn seat(label: Result<SeatLabel, InvalidField>) -> Result<Seat, FrameError> {
    let label = label.map_err(|error| FrameError::Malformed { why: error.to_string() })?;
    Ok(Seat::new(SECTION, label.row, label.number))
}
