//! The second pass over the input: send the rows without an outcome, and record their outcomes.

use super::input::{Input, InputRow};
use super::job::{BatchError, BatchJob, BatchObserver, BatchServer};
use super::log::{BatchLog, LogDisk, LogRecord, PromiseState, RowCounts, RowOutcome};
use super::plan::Plan;
use boxoffice_client::ClientError;
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::{Body, Reply};
use boxoffice_client::protocol::request::Request;
use std::time::Duration;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{Instant, sleep};

/// The first pause before a retry.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
/// Pauses double up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Sends in the order of the rows, with a bounded number in flight. After a row without an outcome,
/// no more are sent, and its error is returned.
pub(super) async fn send<S: BatchServer, D: LogDisk>(
    server: &S,
    job: &BatchJob,
    plan: &Plan,
    log: &mut BatchLog<D>,
    counts: &mut RowCounts,
    observer: &mut impl BatchObserver,
) -> Result<Option<ClientError>, BatchError> {
    let sending = RowSender {
        server,
        job,
        plan,
        input: job.open_input()?,
        read: 0,
        log,
        counts,
        in_flight: JoinSet::new(),
        stopped: None,
    };
    // Tasks of one thread start in the order in which they are spawned, and so do the requests.
    LocalSet::new().run_until(sending.run(observer)).await
}

struct RowSender<'a, S, D> {
    server: &'a S,
    job: &'a BatchJob,
    plan: &'a Plan,
    input: Input,
    /// The number of rows that were read.
    read: usize,
    log: &'a mut BatchLog<D>,
    counts: &'a mut RowCounts,
    in_flight: JoinSet<(SentRow, Result<Reply, ClientError>)>,
    /// The error of a row without an outcome.
    stopped: Option<ClientError>,
}

/// A row in flight.
struct SentRow {
    promise: u64,
    /// Whether the id comes from the input.
    id_chosen: bool,
}

impl<S: BatchServer, D: LogDisk> RowSender<'_, S, D> {
    async fn run(
        mut self,
        observer: &mut impl BatchObserver,
    ) -> Result<Option<ClientError>, BatchError> {
        loop {
            self.fill()?;
            let Some(mut answer) = self.in_flight.join_next().await else { break };
            loop {
                match answer {
                    Ok((sent, outcome)) => self.take(&sent, outcome)?,
                    Err(error) => std::panic::resume_unwind(error.into_panic()),
                }
                let Some(next) = self.in_flight.try_join_next() else { break };
                answer = next;
            }
            self.log.flush().map_err(|error| self.job.not_written(error))?;
            observer.progress(self.counts);
        }
        self.log.sync().map_err(|error| self.job.not_written(error))?;
        Ok(self.stopped)
    }

    /// Sends rows up to the bound in flight.
    fn fill(&mut self) -> Result<(), BatchError> {
        while self.stopped.is_none() && self.in_flight.len() < self.job.in_flight {
            let Some(planned) = self.plan.rows.get(self.read) else { break };
            let row = self.plan.next_row(self.job, &mut self.input, self.read)?;
            self.read += 1;
            let Some(index) = planned.promise else { continue };
            if self.log.promises()[index].state == PromiseState::Open {
                self.send(row, index)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, row: InputRow, index: usize) -> Result<(), BatchError> {
        let (promise, id) = (index as u64 + 1, self.log.promises()[index].id);
        match (row.request, id) {
            (Ok(request), Some(id)) => {
                let sent = SentRow { promise, id_chosen: request.id.is_some() };
                let answer = ask(self.server.clone(), request.into_request(id), self.job.deadline);
                self.in_flight.spawn_local(async move { (sent, answer.await) });
                Ok(())
            }
            // Another version of this program planned it and found it good.
            (Err(bad), _) => {
                self.record(&LogRecord::without_answer(promise, RowOutcome::Bad, &bad.to_string()))
            }
            (Ok(_), None) => {
                let why = "this row was bad when it was planned; put it in a file of its own";
                self.record(&LogRecord::without_answer(promise, RowOutcome::Bad, why))
            }
        }
    }

    fn take(
        &mut self,
        sent: &SentRow,
        outcome: Result<Reply, ClientError>,
    ) -> Result<(), BatchError> {
        match record_of(sent, outcome) {
            Ok(record) => self.record(&record),
            Err(error) => {
                // The most important error to report is that a row may have been booked.
                let worse = !matches!(self.stopped, Some(ClientError::OutcomeUnknown));
                if self.stopped.is_none() || (worse && may_be_applied(&error)) {
                    self.stopped = Some(error);
                }
                Ok(())
            }
        }
    }

    fn record(&mut self, record: &LogRecord) -> Result<(), BatchError> {
        if let Some(outcome) = record.status {
            self.counts.add(outcome, record.refused.as_deref());
        }
        self.log.append(record).map_err(|error| self.job.not_written(error))
    }
}

fn may_be_applied(error: &ClientError) -> bool {
    matches!(error, ClientError::OutcomeUnknown | ClientError::Protocol(_))
}

/// The record of an answer; an error if there is no outcome.
fn record_of(
    sent: &SentRow,
    outcome: Result<Reply, ClientError>,
) -> Result<LogRecord, ClientError> {
    match outcome {
        Ok(Reply { body: Body::Reservation { reservation, .. }, version, .. }) => {
            Ok(LogRecord::reserved(sent.promise, &reservation, version))
        }
        Ok(_) => Err(ClientError::Protocol("the server answered another question".to_owned())),
        Err(ClientError::Refused { refusal: Refusal::OutcomeUnknown, .. }) => {
            Err(ClientError::OutcomeUnknown)
        }
        Err(ClientError::Refused { refusal, version }) if !is_passing(&refusal) => {
            let too_old = matches!(&refusal, Refusal::Invalid { field, .. } if field == "id");
            Ok(if too_old && !sent.id_chosen {
                LogRecord::without_answer(sent.promise, RowOutcome::Stale, STALE)
            } else {
                LogRecord::refused(sent.promise, &refusal, version)
            })
        }
        Err(error) => Err(error),
    }
}

/// A generated id is refused only when it is too old to be new: then the server has no reservation
/// with it. It was never made, or it has ended.
const STALE: &str = "sent first more than a day after it was planned, or made then and ended since; \
    see the customer's reservations, and run with --replan to try it with a new id";

/// Refusals that do not depend on the row. Nothing was applied.
const fn is_passing(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Busy { .. } | Refusal::Unavailable { .. })
}

/// Sends a request, and repeats it while the server is busy or unavailable, until the deadline.
async fn ask<S: BatchServer>(
    server: S,
    request: Request,
    deadline: Duration,
) -> Result<Reply, ClientError> {
    let start = Instant::now();
    let mut pause = SHORTEST_PAUSE;
    loop {
        let outcome = server.call(&request).await;
        let passing = matches!(
            &outcome, Err(ClientError::Refused { refusal, .. }) if is_passing(refusal)
        );
        if !passing || start.elapsed() + pause >= deadline {
            return outcome;
        }
        #[expect(clippy::disallowed_methods, reason = "a pause between attempts")]
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
