//! Standing places, one reservation each: of one event, one counter; of thousands, a season.

use super::{Desk, Hall, Next, Workload};
use boxoffice_client::protocol::reservation::{PlaceCount, Selection};

/// Reserves standing places of events that are chosen at random.
#[derive(Debug)]
pub(crate) struct Standing {
    halls: Vec<Hall>,
    places: PlaceCount,
}

impl Standing {
    /// Of these events, so many places each time.
    pub(crate) fn new(halls: Vec<Hall>, places: PlaceCount) -> Self {
        Self { halls, places }
    }
}

impl Workload for Standing {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        let Some(hall) = desk.rng.choice(&self.halls) else { return Next::Over };
        let selection = Selection::Standing { places: self.places, section: None };
        desk.reserve(hall, selection, now_ns)
    }
}
