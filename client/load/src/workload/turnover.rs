//! An event that stays as full as it is: who buys the best seats pushes somebody else out.

use super::{Asked, Desk, Hall, Next, Outcome, Step, Workload};
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reservation::{PlaceCount, Selection, Together};

/// Reserves the best free seats until a part of all seats is sold, and from then on cancels another
/// reservation, chosen at random, for each that it makes.
#[derive(Debug)]
pub(crate) struct Turnover {
    halls: Vec<Hall>,
    party: PlaceCount,
    /// Reservations that shall live.
    target: usize,
    live: Vec<Living>,
    /// Reservations that were asked for and not answered.
    coming: usize,
}

/// A reservation that was made.
#[derive(Debug, Clone, Copy)]
struct Living {
    hall: usize,
    number: u32,
    id: ReservationId,
}

impl Turnover {
    /// Keeps a `part` of the seats of these events sold, in parties of so many; `threads` threads
    /// do it together.
    pub(crate) fn new(halls: Vec<Hall>, party: PlaceCount, part: f64, threads: u32) -> Self {
        let seats: u64 = halls.iter().map(|hall| u64::from(hall.size.places())).sum();
        let reservations = seats as f64 * part / f64::from(party.as_u32() * threads);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few seats")]
        let target = (reservations as usize).max(1);
        Self { halls, party, target, live: Vec::with_capacity(target), coming: 0 }
    }
}

impl Workload for Turnover {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        let full = self.live.len() + self.coming >= self.target;
        if full && !self.live.is_empty() {
            let leaves = self.live.swap_remove(desk.rng.usize(..self.live.len()));
            return desk.settle(Step::Cancel, &self.halls[leaves.hall], leaves.number, leaves.id);
        }
        let Some(hall) = desk.rng.choice(&self.halls) else { return Next::Over };
        self.coming += 1;
        let (places, together) = (self.party, Together::IfPossible);
        desk.reserve(hall, Selection::Best { places, section: None, together }, now_ns)
    }

    fn told(&mut self, _: &mut Desk, asked: &Asked, outcome: Outcome, _: u64) {
        if asked.step != Step::Reserve {
            return;
        }
        self.coming = self.coming.saturating_sub(1);
        let hall = self.halls.iter().position(|hall| hall.index == asked.event);
        if let (Outcome::Done, Some(hall)) = (outcome, hall) {
            self.live.push(Living { hall, number: asked.number, id: asked.id });
        }
    }

    /// As many seats are sold as shall be, but for those that are on their way.
    fn is_ready(&self) -> bool {
        self.live.len() + self.coming >= self.target
    }
}
