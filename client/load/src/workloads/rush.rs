//! An on-sale rush: every request is for seats of the same event, also after it has sold out.

use super::request_maker::RequestMaker;
use super::sent_request::NextRequest;
use super::venue::Venue;
use super::workload::Workload;

/// Of ten requests, how many are for one, two, three and four seats.
const PARTIES: [(u32, u32); 4] = [(2, 1), (5, 2), (1, 3), (2, 4)];

/// Reserves one to four adjacent seats at a random place of a random event. After a refusal, another
/// customer tries other seats.
#[derive(Debug)]
pub(crate) struct RushWorkload {
    venues: Vec<Venue>,
}

impl RushWorkload {
    pub(crate) fn new(venues: Vec<Venue>) -> Self {
        Self { venues }
    }
}

impl Workload for RushWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        let Some(venue) = requests.rng.choice(&self.venues) else { return NextRequest::Over };
        let mut drawn = requests.rng.u32(..PARTIES.iter().map(|(of_ten, _)| of_ten).sum::<u32>());
        let mut party = 1;
        for (of_ten, seats) in PARTIES {
            if drawn < of_ten {
                party = seats;
                break;
            }
            drawn -= of_ten;
        }
        let first = requests.rng.u32(..venue.size.places());
        requests.reserve(venue, venue.seats(first, party), now_ns)
    }
}
