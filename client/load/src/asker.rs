//! What decides what is asked, and learns what came of it: a thread's workload, its pace, and its
//! count. No I/O.

use super::connection::Traffic;
use super::history::History;
use super::live::Live;
use super::pacing::{Pacer, Pacing, Stop, Trial};
use super::record::Recorder;
use super::slots::InFlight;
use super::tally::{Answer, Tally};
use super::workload::{Desk, Next, Outcome, Workload};
use boxoffice_client::protocol::frame::FrameError;
use boxoffice_client::protocol::reply::Effect;
use boxoffice_client::protocol::reply_view::{BodyView, ReplyView};
use boxoffice_client::protocol::request::Request;
use std::time::Duration;

/// Asks in a workload's name.
pub(crate) struct Asker {
    desk: Desk,
    workload: Box<dyn Workload>,
    pacer: Pacer,
    tally: Tally,
    recorder: Option<Recorder>,
}

/// Where and when a reply came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// The connection, from 0 in its thread.
    pub(crate) line: usize,
    /// When.
    pub(crate) now_ns: u64,
}

impl Asker {
    /// Asks nothing until a trial begins.
    pub(crate) fn new(desk: Desk, workload: Box<dyn Workload>, recorder: Option<Recorder>) -> Self {
        let nothing = Trial {
            begin_ns: 0,
            warm_up: Duration::ZERO,
            pacing: Pacing::Closed,
            stop: Stop::Requests(0),
        };
        Self { desk, workload, pacer: Pacer::new(&nothing), tally: Tally::new(0, 0), recorder }
    }

    /// Begins a trial on so many connections.
    pub(crate) fn begin(&mut self, trial: &Trial, connections: usize) {
        self.pacer = Pacer::new(trial);
        self.tally = Tally::new(connections, self.pacer.measured_from_ns);
    }

    /// Ends the trial and says what was counted.
    pub(crate) fn end(&mut self, traffic: Traffic) -> Tally {
        let mut tally = std::mem::replace(&mut self.tally, Tally::new(0, 0));
        tally.settle();
        tally.traffic = traffic;
        tally.missed = self.pacer.missed();
        tally
    }

    /// The next request, if one may be sent now.
    pub(crate) fn ask(&mut self, now_ns: u64) -> Option<(InFlight, Request)> {
        if self.pacer.is_until_ready() && self.workload.is_ready() {
            self.pacer.stop();
        }
        let due_ns = self.pacer.take(now_ns)?;
        match self.workload.next(&mut self.desk, now_ns) {
            Next::Ask(asked, request) => {
                Some((InFlight { asked, due_ns, sent_ns: now_ns }, request))
            }
            Next::Over => {
                self.pacer.stop();
                None
            }
        }
    }

    /// Takes the answer to a request.
    pub(crate) fn learn(
        &mut self,
        request: &InFlight,
        reply: &ReplyView<'_>,
        arrival: Arrival,
    ) -> Result<(), FrameError> {
        let body = reply.body()?;
        let (answer, outcome) = match body {
            BodyView::Refused(view) => (Answer::Refused(view.code), Outcome::Refused),
            BodyView::Reservation(view) if view.effect == Effect::Applied => {
                (Answer::Applied, Outcome::Done)
            }
            _ => (Answer::Seen, Outcome::Done),
        };
        let Arrival { line, now_ns } = arrival;
        if self.pacer.is_measured(request.due_ns) {
            let latency_ns = now_ns.saturating_sub(request.due_ns);
            self.tally.count(line, now_ns, latency_ns, answer);
        }
        if let Some(recorder) = &mut self.recorder {
            recorder.record(request, reply, &body, arrival)?;
        }
        self.workload.told(&mut self.desk, &request.asked, outcome, now_ns);
        Ok(())
    }

    /// What was recorded, where something was.
    pub(crate) fn into_history(self) -> Option<History> {
        self.recorder.map(Recorder::into_history)
    }

    /// When the next request is due, where that is fixed.
    pub(crate) fn next_ns(&self) -> Option<u64> {
        self.pacer.next_ns()
    }

    /// Whether requests have fixed times.
    pub(crate) fn is_open(&self) -> bool {
        self.pacer.is_open()
    }

    /// Whether nothing more will be asked.
    pub(crate) fn is_done(&self) -> bool {
        self.pacer.is_stopped()
    }

    /// Asks nothing more.
    pub(crate) fn stop(&mut self) {
        self.pacer.stop();
    }

    /// Shows the others what came in since they were `told` last, and returns what they know now.
    pub(crate) fn tell(&self, live: &Live, told: (u64, u64)) -> (u64, u64) {
        let (answers, refusals) = self.tally.so_far();
        live.add(answers - told.0, refusals - told.1);
        (answers, refusals)
    }
}
