//! Keeps what came of each request, for verification. An exchange that is kept takes 32 bytes and
//! some 10 ns.

use super::asker::Arrival;
use super::exchange::{Asked, Claim, Exchange, Outcome, Taken};
use super::history::History;
use super::slots::InFlight;
use super::workload::Step;
use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::id::{Seat, SeatLabel};
use boxoffice_client::protocol::reply_view::{
    BodyView, PlacesView, RefusalView, ReplyView, ReservationView,
};
use boxoffice_client::protocol::request::Freshness;

/// The code of `OutcomeUnknown`.
const OUTCOME_UNKNOWN: u16 = 21;
/// The events of a run have one section each.
const SECTION: u8 = 0;

/// One thread's history, as it grows.
#[derive(Debug)]
pub(crate) struct Recorder {
    history: History,
    /// The number in the run of the thread's first connection.
    first: usize,
    /// How the run reads.
    freshness: Freshness,
    /// The seats of one reply, reused.
    seats: Vec<Seat>,
}

impl Recorder {
    /// Nothing yet; keeps at most `limit` exchanges.
    pub(crate) fn new(limit: usize, first: usize, freshness: Freshness) -> Self {
        Self { history: History::new(limit), first, freshness, seats: Vec::new() }
    }

    /// All that was kept.
    pub(crate) fn into_history(self) -> History {
        self.history
    }

    /// Keeps what a reply says, if it says something of an event's places.
    pub(crate) fn record(
        &mut self,
        request: &InFlight,
        reply: &ReplyView<'_>,
        body: &BodyView<'_>,
        arrival: Arrival,
    ) -> Result<(), FrameError> {
        let mut seats = std::mem::take(&mut self.seats);
        if let Some(outcome) = self.outcome(request, reply, body, &mut seats)? {
            self.history.record(&Exchange {
                connection: u16::try_from(self.first + arrival.line).unwrap_or(u16::MAX),
                event: request.asked.event,
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
        request: &InFlight,
        reply: &ReplyView<'_>,
        body: &BodyView<'_>,
        seats: &'a mut Vec<Seat>,
    ) -> Result<Option<Outcome<'a>>, FrameError> {
        let asked = &request.asked;
        let read = |counts: Counts| {
            let cached = self.freshness == Freshness::Cached;
            Outcome::Read { age_ms: cached.then_some(reply.age_ms), counts }
        };
        Ok(match body {
            BodyView::Reservation(view) => Some(reservation(request, view, seats)?),
            BodyView::Refused(view) if view.code == OUTCOME_UNKNOWN && asked.step.is_change() => {
                Some(Outcome::Unknown { number: asked.number })
            }
            BodyView::Refused(view) if asked.step != Step::Events => {
                let number = asked.step.is_change().then_some(asked.number);
                Some(Outcome::Refused { code: view.code, number, claim: claim(view)? })
            }
            BodyView::Event(counts) | BodyView::Seats(counts) => Some(read(*counts)),
            BodyView::Refused(_) | BodyView::Other(_) => None,
        })
    }
}

fn reservation<'a>(
    request: &InFlight,
    view: &ReservationView<'_>,
    seats: &'a mut Vec<Seat>,
) -> Result<Outcome<'a>, FrameError> {
    let places = match view.places {
        PlacesView::Standing(places) => Taken::Standing { section: SECTION, places },
        PlacesView::Seats(labels) => {
            seats.clear();
            for label in labels {
                seats.push(seat(label)?);
            }
            match seats.as_slice() {
                [seat] => Taken::Seat(*seat),
                seats => Taken::Seats(seats),
            }
        }
    };
    let asked = match request.asked.step {
        Step::Hold | Step::Reserve => Asked::New,
        _ => Asked::Known,
    };
    let (number, effect, status) = (request.asked.number, view.effect, view.status);
    Ok(Outcome::Reservation { number, asked, effect, status, places })
}

fn claim(view: &RefusalView<'_>) -> Result<Claim, FrameError> {
    if let Some(label) = view.taken().and_then(|mut labels| labels.next()) {
        return Ok(Claim::Taken(seat(label)?));
    }
    Ok(view.free().map_or(Claim::Nothing, Claim::Free))
}

fn seat(label: Result<SeatLabel, InvalidField>) -> Result<Seat, FrameError> {
    let label = label.map_err(|error| FrameError::Malformed { why: error.to_string() })?;
    Ok(Seat::new(SECTION, label.row, label.number))
}
