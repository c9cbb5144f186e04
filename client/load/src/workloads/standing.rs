//! Standing places: of one event, where all requests meet at one counter, or of thousands.

use super::request_maker::RequestMaker;
use super::sent_request::NextRequest;
use super::venue::Venue;
use super::workload::Workload;
use boxoffice_client::protocol::reservation::{PlaceCount, Selection};

/// Reserves standing places of random events.
#[derive(Debug)]
pub(crate) struct StandingWorkload {
    venues: Vec<Venue>,
    places: PlaceCount,
}

impl StandingWorkload {
    /// Each reservation has `places` places.
    pub(crate) fn new(venues: Vec<Venue>, places: PlaceCount) -> Self {
        Self { venues, places }
    }
}

impl Workload for StandingWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        let Some(venue) = requests.rng.choice(&self.venues) else { return NextRequest::Over };
        let selection = Selection::Standing { places: self.places, section: None };
        requests.reserve(venue, selection, now_ns)
    }
}
