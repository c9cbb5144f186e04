//! Reads: one kind of view, or a mixture with a few changes.

use super::request_maker::RequestMaker;
use super::sent_request::{NextRequest, SentRequest, StepOutcome, WorkloadStep};
use super::turnover::TurnoverWorkload;
use super::venue::Venue;
use super::workload::Workload;
use boxoffice_client::protocol::request::{Freshness, PageLimit, Request};

/// Reads one kind of view of random events.
#[derive(Debug)]
pub(crate) struct ReadWorkload {
    venues: Vec<Venue>,
    view: ReadView,
    freshness: Freshness,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReadView {
    Event,
    Seats,
    /// The first page of the list.
    Events,
}

/// Rows of a page of the list.
const PAGE_ROWS: u32 = 20;

impl ReadWorkload {
    /// `freshness` decides whether replies may come from the cache.
    pub(crate) fn new(venues: Vec<Venue>, view: ReadView, freshness: Freshness) -> Self {
        Self { venues, view, freshness }
    }

    fn read(&self, view: ReadView, requests: &mut RequestMaker) -> NextRequest {
        let Some(venue) = requests.rng.choice(&self.venues) else { return NextRequest::Over };
        let (event, freshness) = (venue.event.clone(), self.freshness);
        let (step, request) = match view {
            ReadView::Event => (WorkloadStep::Event, Request::GetEvent { event, freshness }),
            ReadView::Seats => (WorkloadStep::Seats, Request::Seats { event, freshness }),
            ReadView::Events => {
                let limit = PageLimit::new(PAGE_ROWS).unwrap_or(PageLimit::MAX);
                (WorkloadStep::Events, Request::ListEvents { after: None, limit, freshness })
            }
        };
        requests.read(step, venue, request)
    }
}

impl Workload for ReadWorkload {
    fn next(&mut self, requests: &mut RequestMaker, _: u64) -> NextRequest {
        self.read(self.view, requests)
    }
}

/// 60 % seat maps, 25 % events, 10 % lists, 5 % changes.
#[derive(Debug)]
pub(crate) struct BrowseWorkload {
    reads: ReadWorkload,
    changes: TurnoverWorkload,
}

impl BrowseWorkload {
    /// `reads` and `changes` are of the same events.
    pub(crate) fn new(reads: ReadWorkload, changes: TurnoverWorkload) -> Self {
        Self { reads, changes }
    }
}

impl Workload for BrowseWorkload {
    fn next(&mut self, requests: &mut RequestMaker, now_ns: u64) -> NextRequest {
        match requests.rng.u8(..100) {
            0..60 => self.reads.read(ReadView::Seats, requests),
            60..85 => self.reads.read(ReadView::Event, requests),
            85..95 => self.reads.read(ReadView::Events, requests),
            _ => self.changes.next(requests, now_ns),
        }
    }

    fn answered(
        &mut self,
        requests: &mut RequestMaker,
        sent: &SentRequest,
        outcome: StepOutcome,
        now_ns: u64,
    ) {
        self.changes.answered(requests, sent, outcome, now_ns);
    }
}
