//! Everybody wants seats of one event. It sells out, and they go on trying.

use super::{Desk, Hall, Next, Workload};

/// How many of ten buyers want one seat, two, three, four.
const PARTIES: [(u32, u32); 4] = [(2, 1), (5, 2), (1, 3), (2, 4)];

/// Reserves one to four adjacent seats, anywhere in one of the events. Who is refused comes back as
/// somebody else and tries other seats.
#[derive(Debug)]
pub(crate) struct Rush {
    halls: Vec<Hall>,
}

impl Rush {
    /// For these events.
    pub(crate) fn new(halls: Vec<Hall>) -> Self {
        Self { halls }
    }
}

impl Workload for Rush {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        let Some(hall) = desk.rng.choice(&self.halls) else { return Next::Over };
        let mut drawn = desk.rng.u32(..PARTIES.iter().map(|(of_ten, _)| of_ten).sum::<u32>());
        let mut party = 1;
        for (of_ten, seats) in PARTIES {
            if drawn < of_ten {
                party = seats;
                break;
            }
            drawn -= of_ten;
        }
        let first = desk.rng.u32(..hall.size.places());
        desk.reserve(hall, hall.seats(first, party), now_ns)
    }
}
