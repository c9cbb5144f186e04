//! The caller of one thread: it takes requests from the workload at the pace of the trial, and
//! hands every reply to the counters, the recorder and the workload. No I/O.

use super::connection::Traffic;
use super::counters::{AnswerKind, LoadCounters};
use super::in_flight::{Arrival, InFlightRequest};
use super::live::{LiveCounts, LiveStatus};
use super::pacing::{Pacer, Pacing, StopRule, ThreadTrial};
use super::recorder::Recorder;
use crate::history::packed::ThreadHistory;
use crate::workloads::{NextRequest, RequestMaker, StepOutcome, Workload};
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reply_view::{BodyView, ReplyView};
use boxoffice_client::protocol::request::Request;
use std::time::Duration;

/// Sends nothing until a trial begins.
pub(crate) struct LoadCaller {
    requests: RequestMaker,
    workload: Box<dyn Workload>,
    pacer: Pacer,
    counters: LoadCounters,
    recorder: Option<Recorder>,
}

impl LoadCaller {
    pub(crate) fn new(
        requests: RequestMaker,
        workload: Box<dyn Workload>,
        recorder: Option<Recorder>,
    ) -> Self {
        let nothing = ThreadTrial {
            begin_ns: 0,
            warm_up: Duration::ZERO,
            pacing: Pacing::Closed,
            stop: StopRule::Requests(0),
        };
        let (pacer, counters) = (Pacer::new(&nothing), LoadCounters::new(0, 0));
        Self { requests, workload, pacer, counters, recorder }
    }

    /// Begins a trial on `connections` connections.
    pub(crate) fn begin(&mut self, trial: &ThreadTrial, connections: usize) {
        self.pacer = Pacer::new(trial);
        self.counters = LoadCounters::new(connections, self.pacer.measured_from_ns);
    }

    /// Ends the trial and returns its counters.
    pub(crate) fn end(&mut self, traffic: Traffic) -> LoadCounters {
        let mut counters = std::mem::replace(&mut self.counters, LoadCounters::new(0, 0));
        counters.record_last_latency();
        counters.traffic = traffic;
        counters.unsent = self.pacer.unsent();
        counters
    }

    /// The next request, if one may be sent now.
    pub(crate) fn next_request(&mut self, now_ns: u64) -> Option<(InFlightRequest, Request)> {
        if self.pacer.is_until_ready() && self.workload.is_ready() {
            self.pacer.stop();
        }
        let due_ns = self.pacer.take(now_ns)?;
        match self.workload.next(&mut self.requests, now_ns) {
            NextRequest::Send(sent, request) => {
                Some((InFlightRequest { sent, due_ns, sent_ns: now_ns }, request))
            }
            NextRequest::Over => {
                self.pacer.stop();
                None
            }
        }
    }

    /// Takes the reply to a request.
    pub(crate) fn take_reply(
        &mut self,
        request: &InFlightRequest,
        reply: &ReplyView<'_>,
        arrival: Arrival,
    ) -> Result<(), FrameError> {
        let body = reply.body()?;
        let (answer, outcome) = match &body {
            BodyView::Refused(view) => (AnswerKind::Refused(view.code()), StepOutcome::Refused),
            BodyView::Reservation(view) if view.effect == Effect::Applied => {
                (AnswerKind::Applied, StepOutcome::Done)
            }
            _ => (AnswerKind::Seen, StepOutcome::Done),
        };
        let Arrival { connection, now_ns } = arrival;
        if self.pacer.is_measured(request.sent_ns) {
            let latency_ns = now_ns.saturating_sub(request.due_ns);
            self.counters.count(connection, now_ns, latency_ns, answer);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.record(request, reply, &body, arrival);
        }
        self.workload.answered(&mut self.requests, &request.sent, outcome, now_ns);
        Ok(())
    }

    /// The recorded exchanges, if the run is verified.
    pub(crate) fn into_history(self) -> Option<ThreadHistory> {
        self.recorder.map(Recorder::into_history)
    }

    /// When the next request is due, in an open loop.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.pacer.next_ns()
    }

    pub(crate) fn is_open_loop(&self) -> bool {
        self.pacer.is_open_loop()
    }

    /// Whether the trial sends nothing more.
    pub(crate) fn is_done(&self) -> bool {
        self.pacer.is_stopped()
    }

    /// Sends nothing more in this trial.
    pub(crate) fn stop(&mut self) {
        self.pacer.stop();
    }

    /// Adds the answers since `published` to the live status, and returns all counts so far.
    pub(crate) fn publish(&self, live: &LiveStatus, published: LiveCounts) -> LiveCounts {
        let (answers, refusals) = (self.counters.answers, self.counters.refusals);
        let counts = LiveCounts { answers, refusals };
        live.add(LiveCounts {
            answers: answers - published.answers,
            refusals: refusals - published.refusals,
        });
        counts
    }
}
