//! People who look, and some who buy.

use super::{Asked, Desk, Hall, Next, Outcome, Step, Turnover, Workload};
use boxoffice_client::protocol::request::{Freshness, PageLimit, Request};

/// Reads one kind of view of events that are chosen at random.
#[derive(Debug)]
pub(crate) struct Reads {
    halls: Vec<Hall>,
    view: View,
    freshness: Freshness,
}

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// An event and its counts.
    Event,
    /// A seat map.
    Seats,
    /// The first events of the list.
    Events,
}

/// Rows of a list that one looks at.
const PAGE_ROWS: u32 = 20;

impl Reads {
    /// Looks at these events; `freshness` says whether an answer may come from the cache.
    pub(crate) fn new(halls: Vec<Hall>, view: View, freshness: Freshness) -> Self {
        Self { halls, view, freshness }
    }

    fn read(&self, view: View, desk: &mut Desk) -> Next {
        let Some(hall) = desk.rng.choice(&self.halls) else { return Next::Over };
        let (event, freshness) = (hall.event.clone(), self.freshness);
        let (step, request) = match view {
            View::Event => (Step::Event, Request::GetEvent { event, freshness }),
            View::Seats => (Step::Seats, Request::Seats { event, freshness }),
            View::Events => {
                let limit = PageLimit::new(PAGE_ROWS).unwrap_or(PageLimit::MAX);
                (Step::Events, Request::ListEvents { after: None, limit, freshness })
            }
        };
        desk.read(step, hall, request)
    }
}

impl Workload for Reads {
    fn next(&mut self, desk: &mut Desk, _: u64) -> Next {
        self.read(self.view, desk)
    }
}

/// Of a hundred requests, 60 look at a seat map, 25 at an event, 10 at the list, and 5 change
/// something.
#[derive(Debug)]
pub(crate) struct Browse {
    reads: Reads,
    changes: Turnover,
}

impl Browse {
    /// Reads and changes the same events.
    pub(crate) fn new(reads: Reads, changes: Turnover) -> Self {
        Self { reads, changes }
    }
}

impl Workload for Browse {
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next {
        match desk.rng.u8(..100) {
            0..60 => self.reads.read(View::Seats, desk),
            60..85 => self.reads.read(View::Event, desk),
            85..95 => self.reads.read(View::Events, desk),
            _ => self.changes.next(desk, now_ns),
        }
    }

    fn told(&mut self, desk: &mut Desk, asked: &Asked, outcome: Outcome, now_ns: u64) {
        self.changes.told(desk, asked, outcome, now_ns);
    }
}
