//! A new data folder, written of what a store has.
//!
//! Events are written one after another into a state file of another name, which no server opens. An
//! event's transaction is durable before the next one begins, so a copy that was killed goes on with
//! the next event. When all are there and compared, the file gets its name.

use super::copied::Copied;
use super::error::CopyingError;
use crate::cluster::{event_log, event_of, index_log, kept_key};
use crate::ledger::rows::{
    Identity, InHalls, PlanRow, PlanRows, Restored, Rows, RowsMark, RowsReader, StillWanted,
};
use crate::ledger::{STATE_FILE, UNFINISHED_COPY, has_journal};
use crate::plans::{KeptPlan, PlanRegistry, plan_in_log, plan_of_log};
use crate::randomness::Randomness;
use boxoffice_inventory::{EventSecrets, Halls, Inventory, UsedIds};
use boxoffice_journal::disk::{Caching, FolderLock, RealDisk};
use boxoffice_protocol::id::{EventId, PlanDigest};
use boxoffice_protocol::time::Timestamp;
use boxoffice_shared::{LoadedCopy, NotApplied, READ_LIMIT, SnapshotLoader, decode_changes};
use boxoffice_store::{Batch, CopySource, LogId, Read, StoreError};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names of logs that are asked for at a time.
const PAGE: usize = 1_000;

/// Copies everything into a data folder that has nothing yet, or an unfinished copy of the same.
pub(super) async fn copy_into(
    from: &(impl CopySource + ?Sized),
    folder: &Path,
    progress: &mut (dyn FnMut(&Copied) + Send),
) -> Result<Copied, CopyingError> {
    let failed = |source| CopyingError::Store { place: "source", source };
    let key = kept_key(from).await.map_err(failed)?.ok_or(CopyingError::Empty)?;
    let mut target = FolderTarget::open(folder, key)?;
    let mut copied = Copied::default();
    let mut names = Names::default();
    while let Some(plan) = names.next(from, plan_of_log).await.map_err(failed)? {
        target.copy_plan(from, plan, &mut copied).await?;
    }
    let mut names = Names::default();
    while let Some(event) = names.next(from, event_of).await.map_err(failed)? {
        target.copy_event(from, &event, &mut copied).await?;
        copied.logs += 1;
        progress(&copied);
    }
    let ends = from.ends(vec![index_log()]).await.map_err(failed)?;
    let version = ends.first().copied().flatten().map_or(0, |end| end.version);
    target.rows.take_over_version(version)?;
    target.check(from).await?;
    target.finish()?;
    Ok(copied)
}

/// The events or plans that have a log, in order.
#[derive(Default)]
struct Names {
    page: std::vec::IntoIter<LogId>,
    last: Option<LogId>,
}

impl Names {
    async fn next<T>(
        &mut self,
        from: &(impl CopySource + ?Sized),
        named: fn(&LogId) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        loop {
            for log in self.page.by_ref() {
                let found = named(&log);
                self.last = Some(log);
                if found.is_some() {
                    return Ok(found);
                }
            }
            let page = from.logs(self.last.clone(), PAGE).await?;
            if page.is_empty() {
                return Ok(None);
            }
            self.page = page.into_iter();
        }
    }
}

struct FolderTarget {
    folder: PathBuf,
    rows: Rows,
    plan_rows: PlanRows,
    plans: Arc<PlanRegistry>,
    /// The versions of the events that an earlier try has written.
    versions: BTreeMap<EventId, u64>,
    _lock: FolderLock,
}

impl FolderTarget {
    fn open(folder: &Path, fingerprint_key: [u8; 16]) -> Result<Self, CopyingError> {
        let failed = |source| CopyingError::Disk { path: folder.to_owned(), source };
        RealDisk::open(folder, Caching::Cached).map_err(failed)?;
        let lock = FolderLock::take(folder)
            .map_err(|source| CopyingError::Lock { path: folder.to_owned(), source })?;
        let path = folder.join(UNFINISHED_COPY);
        if folder.join(STATE_FILE).exists() || has_journal(folder) {
            return Err(CopyingError::FolderNotEmpty { path: folder.to_owned() });
        }
        let identity = Identity { folder: Randomness::System.number()?, fingerprint_key };
        let mut rows = Rows::open(&path, &identity)?;
        if rows.identity().fingerprint_key != fingerprint_key {
            return Err(CopyingError::OtherSource { path });
        }
        let (plan_rows, plans) = (PlanRows::open(&path)?, Arc::<PlanRegistry>::default());
        rows.reader().plans(|row| plans.restore(row))?;
        let Restored { events, deleted } = rows.restore(InHalls(|| 0, &*plans))?;
        let live = events.iter().map(|(event, _)| (event.id().clone(), event.version()));
        let gone = deleted.into_iter().map(|tombstone| (tombstone.id, tombstone.version));
        let versions = live.chain(gone).collect();
        let folder = folder.to_owned();
        Ok(Self { folder, rows, plan_rows, plans, versions, _lock: lock })
    }

    /// Copies a plan. One that is there in part is none.
    async fn copy_plan(
        &mut self,
        from: &(impl CopySource + ?Sized),
        digest: PlanDigest,
        copied: &mut Copied,
    ) -> Result<(), CopyingError> {
        let found = plan_in_log(&digest, |log, after| from.read(log, after, READ_LIMIT)).await;
        let found = found.map_err(|source| CopyingError::Store { place: "source", source })?;
        let Some(canonical) = found.filter(|_| self.plans.find(&digest).is_none()) else {
            return Ok(());
        };
        let unusable = |why| CopyingError::Plan { digest, why };
        let kept = KeptPlan::read(digest, canonical.clone()).map_err(unusable)?;
        let at = self.rows.mark().at;
        self.plan_rows.put(&PlanRow { digest, at, canonical })?;
        self.plans.add(Arc::new(kept), at);
        copied.logs += 1;
        Ok(())
    }

    async fn copy_event(
        &mut self,
        from: &(impl CopySource + ?Sized),
        event: &EventId,
        copied: &mut Copied,
    ) -> Result<(), CopyingError> {
        let log = event_log(event);
        let mut version = self.versions.get(event).copied().unwrap_or(0);
        if version == 0 {
            let loaded = loaded(from, event, &self.halls()).await?;
            version = loaded.version();
            if let Some((inventory, last_at)) = loaded.into_state() {
                self.rows.take_over(&inventory, last_at)?;
                copied.snapshots += 1;
            }
        }
        loop {
            let (batches, is_all) = behind(from, event, &log, version).await?;
            self.apply(event, &batches)?;
            copied.batches += batches.len() as u64;
            version = batches.last().map_or(version, Batch::last);
            if is_all {
                return Ok(());
            }
        }
    }

    fn halls(&self) -> Arc<dyn Halls> {
        Arc::<PlanRegistry>::clone(&self.plans)
    }

    fn apply(&mut self, event: &EventId, batches: &[Batch]) -> Result<(), CopyingError> {
        let mut changes = Vec::new();
        for batch in batches {
            let decoded = decode_changes(batch).map_err(|why| CopyingError::CannotFollow {
                event: event.clone(),
                why: why.into(),
            })?;
            changes.extend(decoded);
        }
        let Some(at) = changes.iter().map(|change| change.at).max() else { return Ok(()) };
        let mark = RowsMark { at: self.rows.mark().at.max(at), ..self.rows.mark() };
        Ok(self.rows.apply(changes.iter().map(|change| (event, change)), mark)?)
    }

    /// Sees that every event is the same here and there.
    async fn check(&mut self, from: &(impl CopySource + ?Sized)) -> Result<(), CopyingError> {
        let failed = |source| CopyingError::Store { place: "source", source };
        let Restored { events, deleted } = self.rows.restore(InHalls(|| 0, &*self.plans))?;
        let named = events.into_iter().map(|(event, at)| (event.id().clone(), (event, at)));
        let mut live: BTreeMap<EventId, (Inventory, Timestamp)> = named.collect();
        let named = deleted.into_iter().map(|it| (it.id, (it.version, it.used_ids)));
        let mut gone: BTreeMap<EventId, (u64, UsedIds)> = named.collect();
        let mut names = Names::default();
        while let Some(event) = names.next(from, event_of).await.map_err(failed)? {
            let (here, left) = (live.remove(&event), gone.remove(&event));
            if let Some(what) = difference(newest(from, &event, &self.halls()).await?, here, left) {
                return Err(CopyingError::Differs { event, what });
            }
        }
        match live.into_keys().chain(gone.into_keys()).next() {
            Some(event) => {
                let what = "the source does not have it".to_owned();
                Err(CopyingError::Differs { event, what })
            }
            None => Ok(()),
        }
    }

    /// Gives the state file its name, durably.
    fn finish(self) -> Result<(), CopyingError> {
        let Self { folder, rows, .. } = &self;
        rows.reader().backup_to(&folder.join(STATE_FILE), || StillWanted::Yes)?;
        let folder = folder.clone();
        drop((self.rows, self.plan_rows));
        for beside in ["", "-wal", "-shm"] {
            let path = folder.join(format!("{UNFINISHED_COPY}{beside}"));
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|source| CopyingError::Disk { path, source })?,
            }
        }
        // What is written has to be read again: by what opens it.
        RowsReader::open(&folder.join(STATE_FILE))?;
        Ok(())
    }
}

/// The state of an event's snapshot.
async fn loaded(
    from: &(impl CopySource + ?Sized),
    event: &EventId,
    halls: &Arc<dyn Halls>,
) -> Result<LoadedCopy, CopyingError> {
    let log = event_log(event);
    let snapshot = from.snapshot(&log).await;
    let loaded =
        SnapshotLoader::new(log, event.clone(), EventSecrets::of_tables(0)).load(snapshot, halls);
    loaded.map_err(|why| CopyingError::unreadable(event, why))
}

/// The state of an event at its log's end.
async fn newest(
    from: &(impl CopySource + ?Sized),
    event: &EventId,
    halls: &Arc<dyn Halls>,
) -> Result<LoadedCopy, CopyingError> {
    let (mut loaded, log) = (loaded(from, event, halls).await?, event_log(event));
    loop {
        let (batches, is_all) = behind(from, event, &log, loaded.version()).await?;
        let followed = loaded.follow(&batches);
        followed.map_err(|why| CopyingError::CannotFollow { event: event.clone(), why })?;
        if is_all {
            return Ok(loaded);
        }
    }
}

/// The next batches behind a version, and whether there are no more.
async fn behind(
    from: &(impl CopySource + ?Sized),
    event: &EventId,
    log: &LogId,
    version: u64,
) -> Result<(Vec<Batch>, bool), CopyingError> {
    let unreadable = |why| CopyingError::unreadable(event, why);
    let read = from.read(log, version, READ_LIMIT).await;
    match read.map_err(|error| unreadable(NotApplied::Store(error)))? {
        Read::Batches(batches) => Ok((batches, true)),
        Read::Part(batches) => Ok((batches, false)),
        Read::Trimmed => Err(unreadable(NotApplied::Trimmed)),
    }
}

/// What is different of an event in source and target, in words.
fn difference(
    source: LoadedCopy,
    live: Option<(Inventory, Timestamp)>,
    gone: Option<(u64, UsedIds)>,
) -> Option<String> {
    let Some((mut there, last_at)) = source.into_state() else {
        return (live.is_some() || gone.is_some()).then(|| "it never was".to_owned());
    };
    there.forget(last_at, usize::MAX);
    match (live, gone, there.used_ids()) {
        (Some((mut here, at)), None, None) => {
            here.forget(last_at, usize::MAX);
            let when = || format!("the time of its last change: {last_at:?}, {at:?}");
            there.difference(&here).or_else(|| (at != last_at).then(when))
        }
        (None, Some((version, left)), Some(used)) => {
            let is_same = version == there.version() && left == used;
            (!is_same).then(|| "what its deletion left".to_owned())
        }
        _ => Some("whether there is such an event".to_owned()),
    }
}
