//! Has the rows go on by the events' logs. It blocks, and not on a thread of the runtime.

use super::error::ReportsError;
use super::state::ReportsState;
use super::target::ReportsTarget;
use crate::cluster::{event_log, with_plan};
use crate::ledger::rows::{RowsError, SeatTaker, SoldTwice};
use crate::plans::{PlanRegistry, Plans};
use boxoffice_inventory::{EventSecrets, Halls};
use boxoffice_protocol::id::EventId;
use boxoffice_shared::{READ_LIMIT, SnapshotLoader, decode_changes};
use boxoffice_store::{Batch, End, LogId, Pending, Read, Store};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

/// Logs whose ends are asked for at a time.
const PAGE: usize = 1_000;

/// Follows the logs of events.
pub(super) struct LogFollower {
    pub(super) store: Arc<dyn Store>,
    pub(super) target: ReportsTarget,
    pub(super) plans: Arc<Plans>,
    pub(super) state: Arc<ReportsState>,
    pub(super) runtime: Handle,
    /// The server stops.
    pub(super) stop: CancellationToken,
    /// Keys the hash tables of what is loaded.
    pub(super) seed: u64,
}

impl LogFollower {
    /// Has the rows of these events have all that their logs have. One that cannot be followed holds up
    /// no other.
    ///
    /// # Errors
    /// The rows or the store fail, or a seat was sold twice.
    pub(super) fn follow_all(&mut self, events: &[EventId]) -> Result<Followed, ReportsError> {
        if !self.target.take()? {
            return Ok(Followed::ByAnother);
        }
        let mut ahead = Vec::new();
        for page in events.chunks(PAGE) {
            let ends = self.wait(self.store.ends(page.iter().map(event_log).collect()))?;
            for (event, end) in page.iter().zip(ends) {
                let mark = self.target.mark(event);
                if end != mark {
                    let version = |end: Option<End>| end.map_or(0, |end| end.version);
                    ahead.push((event, version(end).saturating_sub(version(mark))));
                }
            }
        }
        let mut behind = ahead.iter().map(|(_, changes)| changes).sum();
        let mut followed = Followed::All;
        for (event, changes) in ahead {
            self.state.is_behind(behind);
            if self.stop.is_cancelled() {
                return Ok(Followed::NotAll);
            }
            match self.follow(event) {
                Err(error @ ReportsError::Unreadable { .. }) => {
                    tracing::error!(%error, "rows for reports lack an event's changes");
                    followed = Followed::NotAll;
                }
                done => done?,
            }
            behind -= changes;
        }
        self.state.is_behind(behind);
        Ok(followed)
    }

    /// Has the rows of an event have all that its log has.
    fn follow(&mut self, event: &EventId) -> Result<(), ReportsError> {
        let log = event_log(event);
        let mut began_anew = false;
        while !self.stop.is_cancelled() {
            let mark = self.target.mark(event);
            let after = mark.map_or(0, |mark| mark.version);
            let (batches, is_all) = match self.wait(self.store.read(&log, after, READ_LIMIT))? {
                Read::Batches(batches) => (Some(batches), true),
                Read::Part(batches) => (Some(batches), false),
                Read::Trimmed => (None, false),
            };
            let goes_on = match &batches {
                None => false,
                Some(batches) => match batches.first() {
                    Some(first) => first.predecessor() == mark.map(|mark| mark.batch),
                    None => self.end(&log)? == mark,
                },
            };
            match batches {
                Some(batches) if goes_on => {
                    self.apply(event, mark, &batches)?;
                    if is_all {
                        return Ok(());
                    }
                }
                _ if began_anew => {
                    let why = "its snapshot does not reach what is left of it".to_owned();
                    return Err(ReportsError::Unreadable { event: event.clone(), why });
                }
                _ => {
                    self.begin_anew(event, &log, mark)?;
                    began_anew = true;
                }
            }
        }
        Ok(())
    }

    fn end(&self, log: &LogId) -> Result<Option<End>, ReportsError> {
        Ok(self.wait(self.store.ends(vec![log.clone()]))?.pop().flatten())
    }

    fn apply(
        &mut self,
        event: &EventId,
        mark: Option<End>,
        batches: &[Batch],
    ) -> Result<(), ReportsError> {
        let Some(last) = batches.last() else { return Ok(()) };
        let mut changes = Vec::new();
        for batch in batches {
            changes.extend(decode_changes(batch).map_err(|why| unreadable(event, &why))?);
        }
        match self.target.follow(event, (mark, Some(last.end())), &changes) {
            Err(ReportsError::Rows(RowsError::SoldTwice(sold))) => {
                Err(self.sold_twice(&sold, batches))
            }
            done => done,
        }
    }

    /// Has an event's rows be what its snapshot says: the log does not go on from what they have. It was
    /// trimmed, or is another one since a failover to an older state.
    fn begin_anew(
        &mut self,
        event: &EventId,
        log: &LogId,
        mark: Option<End>,
    ) -> Result<(), ReportsError> {
        let snapshot = self
            .runtime
            .block_on(async { with_plan(&self.plans, self.store.snapshot(log).await).await })?;
        let halls: Arc<dyn Halls> = Arc::<PlanRegistry>::clone(self.plans.registry());
        let secrets = EventSecrets::of_tables(self.seed);
        let loader = SnapshotLoader::new(log.clone(), event.clone(), secrets);
        let loaded = loader.load(Ok(snapshot), &halls);
        let loaded = loaded.map_err(|why| unreadable(event, &format!("{why:?}")))?;
        let end = loaded.end();
        let state = loaded.into_state();
        let state = state.as_ref().map(|(inventory, last_at)| (inventory, *last_at));
        self.target.begin_anew(event, (mark, end), state)?;
        if mark.is_some() {
            self.state.begun_anew.add(1);
            let version = end.map_or(0, |end| end.version);
            tracing::warn!(%event, version, "rows for reports began anew, without what was before");
        }
        Ok(())
    }

    /// Names the batches by which a seat was sold twice.
    fn sold_twice(&self, sold: &SoldTwice, batches: &[Batch]) -> ReportsError {
        let log = event_log(&sold.event);
        let named = sold.takers.map(|SeatTaker { version, .. }| {
            let has = |batch: &&Batch| batch.first() <= version && version <= batch.last();
            let before = self.store.read(&log, version.saturating_sub(1), 1);
            let read = match batches.iter().find(has) {
                Some(batch) => return name(batch),
                None => self.wait(before),
            };
            match read {
                Ok(Read::Batches(found) | Read::Part(found)) => {
                    found.iter().find(has).map_or_else(|| UNKNOWN.to_owned(), name)
                }
                Ok(Read::Trimmed) | Err(_) => UNKNOWN.to_owned(),
            }
        });
        let [first, second] = named;
        ReportsError::SoldTwice(format!(
            "{sold}; in the log {log}, the first {first}, the second {second}"
        ))
    }

    fn wait<T>(&self, answer: Pending<T>) -> Result<T, ReportsError> {
        Ok(self.runtime.block_on(answer)?)
    }
}

/// Whether there is more to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Followed {
    All,
    NotAll,
    /// Another server does it.
    ByAnother,
}

const UNKNOWN: &str = "by a batch that was trimmed since";

fn name(batch: &Batch) -> String {
    format!("by batch {:?} of versions {} to {}", batch.id(), batch.first(), batch.last())
}

fn unreadable(event: &EventId, why: &impl ToString) -> ReportsError {
    ReportsError::Unreadable { event: event.clone(), why: why.to_string() }
}
