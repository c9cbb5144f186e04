//! What the engine in memory has.

use crate::batch::{Batch, End, Stored};
use crate::error::StoreError;
use crate::lease::{Lease, LeaseAnswer};
use crate::log_id::LogId;
use crate::outcome::{LOOKED_AT, MAX_AHEAD_MS, Outcome, explain};
use crate::read::read_of;
use crate::snapshot::{Snapshot, Summary};
use crate::store::Read;
use boxoffice_mutants::{self as mutants, Mutant};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

/// Logs, snapshots and leases, with a clock.
///
/// Invariant: a log's batches follow each other without a gap, and the newest has its body.
#[derive(Debug, Clone, Default)]
pub(super) struct Logs {
    pub(super) now_ms: u64,
    pub(super) logs: BTreeMap<LogId, BTreeMap<u64, Stored>>,
    pub(super) snapshots: BTreeMap<LogId, (Snapshot, u64)>,
    pub(super) leases: BTreeMap<String, Lease>,
}

impl Logs {
    pub(super) fn append(&mut self, batch: &Batch) -> Result<Outcome, StoreError> {
        let log = self.logs.entry(batch.log().clone()).or_default();
        let newest = log.last_key_value().map(|(_, newest)| (newest.last, newest.id));
        let expected = batch.predecessor().map(|id| (batch.first() - 1, id));
        let version = |end: Option<(u64, _)>| end.map(|(version, _)| version);
        let follows = newest == expected
            || mutants::on(Mutant::StorePredecessorIgnored) && version(newest) == version(expected);
        let is_present =
            batch.at_ms() <= self.now_ms + MAX_AHEAD_MS || mutants::on(Mutant::StoreTakesTheFuture);
        if follows && is_present {
            log.insert(batch.first(), batch.into());
            return Ok(Outcome::Appended);
        }
        let before = log.range(..batch.first()).next_back().map_or(0, |(first, _)| *first);
        let found = log.range(before..).take(LOOKED_AT);
        let found = found.map(|(_, stored)| stored.clone()).collect();
        explain(batch, found, self.now_ms)
    }

    pub(super) fn begin(&mut self, batch: &Batch) -> Result<Outcome, StoreError> {
        let log = self.logs.entry(batch.log().clone()).or_default();
        let is_present = batch.at_ms() <= self.now_ms + MAX_AHEAD_MS;
        if log.is_empty() && is_present {
            log.insert(batch.first(), batch.into());
        }
        self.append(batch)
    }

    pub(super) fn read(&self, log: &LogId, after: u64, limit: usize) -> Result<Read, StoreError> {
        let Some(log) = self.logs.get(log) else { return Ok(Read::Batches(Vec::new())) };
        let found = log.values().filter(|stored| stored.last > after);
        read_of(found.take(limit).cloned().collect(), after, limit)
    }

    pub(super) fn names(&self, after: Option<LogId>, limit: usize) -> Vec<LogId> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.logs.range((from, Bound::Unbounded));
        let grown = behind.filter(|(_, log)| !log.is_empty()).take(limit);
        grown.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn end(&self, log: &LogId) -> Option<End> {
        let (_, newest) = self.logs.get(log)?.last_key_value()?;
        Some(End { version: newest.last, batch: newest.id })
    }

    pub(super) fn summaries(&self, after: Option<LogId>, limit: usize) -> Vec<Summary> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let found = self.snapshots.range((from, Bound::Unbounded)).take(limit);
        let summary = |(_, (snapshot, _)): (&LogId, &(Snapshot, u64))| Summary {
            log: snapshot.log.clone(),
            version: snapshot.end.version,
            bytes: snapshot.summary.clone(),
        };
        found.map(summary).collect()
    }

    pub(super) fn put_snapshot(&mut self, snapshot: Snapshot) -> bool {
        let kept = self.snapshots.get(&snapshot.log);
        let is_newer = |(kept, _): &(Snapshot, u64)| kept.end.version < snapshot.end.version;
        let is_newer = kept.is_none_or(is_newer) || mutants::on(Mutant::StoreSnapshotGoesBack);
        let is_own = self.had(&snapshot.log, snapshot.end);
        let is_kept = is_newer && (is_own || mutants::on(Mutant::StoreSnapshotOfLostBranch));
        if is_kept {
            let checksum = snapshot.checksum();
            self.snapshots.insert(snapshot.log.clone(), (snapshot, checksum));
        }
        is_kept
    }

    /// Whether a log ended like this once: the batch is there, or the next one follows it.
    fn had(&self, log: &LogId, end: End) -> bool {
        let Some(log) = self.logs.get(log) else { return false };
        let its = log.range(..=end.version).next_back().map(|(_, stored)| stored);
        let next = log.get(&(end.version + 1));
        its.is_some_and(|its| its.last == end.version && its.id == end.batch)
            || next.is_some_and(|next| next.predecessor == Some(end.batch))
    }

    pub(super) fn snapshot(&self, log: &LogId) -> Result<Option<Snapshot>, StoreError> {
        let kept = self.snapshots.get(log).cloned();
        kept.map(|(snapshot, checksum)| snapshot.verified(checksum)).transpose()
    }

    pub(super) fn trim(&mut self, log: &LogId, through: u64) {
        let snapshot = self.snapshots.get(log).map(|(snapshot, _)| snapshot.end);
        let is_own = |end: &End| self.had(log, *end) || mutants::on(Mutant::StoreTrimsLostBranch);
        let covered = snapshot.filter(is_own).map_or(0, |end| end.version);
        let Some(log) = self.logs.get_mut(log) else { return };
        let newest = log.last_key_value().map_or(0, |(first, _)| *first);
        let newest = if mutants::on(Mutant::StoreTrimsNewest) { 0 } else { newest };
        let covered = if mutants::on(Mutant::StoreTrimsUncovered) { through } else { covered };
        log.retain(|first, stored| *first == newest || stored.last > through.min(covered));
    }

    pub(super) fn lease(&mut self, wanted: Lease, time: Duration) -> LeaseAnswer {
        let live = self.leases.get(&wanted.name).filter(|lease| lease.until_ms > self.now_ms);
        let others = live.filter(|lease| lease.holder != wanted.holder);
        if let Some(other) = others.filter(|_| !mutants::on(Mutant::StoreLeaseTaken)) {
            return LeaseAnswer::Held(other.clone());
        }
        let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let until_ms = self.now_ms.saturating_add(time);
        self.leases.insert(wanted.name.clone(), Lease { until_ms, ..wanted });
        LeaseAnswer::Granted { until_ms }
    }

    pub(super) fn release(&mut self, name: &str, holder: &str) {
        self.leases.retain(|_, lease| lease.name != name || lease.holder != holder);
    }

    pub(super) fn leases(&self) -> Vec<Lease> {
        let live = self.leases.values().filter(|lease| lease.until_ms > self.now_ms);
        live.cloned().collect()
    }
}
