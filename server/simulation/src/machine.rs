//! A machine with a server on it: a disk and a state file that outlive the process, and a process
//! that is started, does its work one step at a time, is stopped, or dies.

use crate::history::History;
use crate::people::Person;
use boxoffice_inventory::model::fixtures::{AGENTS, BEGIN, RULES};
use boxoffice_inventory::{CodeKey, EventSecrets, Hall};
use boxoffice_journal::disk::FolderLock;
use boxoffice_journal::disk::simulated::SimulatedDisk;
use boxoffice_journal::{JournalError, JournalOptions, Writing};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::{EventId, PlanDigest};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::auth::VisitorKeys;
use boxoffice_server::catalog::{Contradiction, Recovery};
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{CatalogLimits, Config, HoldTimes, SyncPolicy};
use boxoffice_server::ledger::rows::{Identity, Made, Restored};
use boxoffice_server::ledger::{
    Committer, DataFolder, FolderError, FolderLayout, FollowError, Followed, Follower, Going,
    LedgerWork, Recover, Site, Workshop,
};
use boxoffice_server::open::Opened;
use boxoffice_server::randomness::Randomness;
use boxoffice_server::server_state::{EarlyState, ServerState};
use boxoffice_server::sweeper;
use fastrand::Rng;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// How many blocks the journal's segments have: so few that they are changed often.
const SEGMENT_BLOCKS: u64 = 14;
const BATCH_BLOCKS: u64 = 6;
const BLOCK: u64 = 4096;

/// Changes that a watcher may be behind: so few that watchers fall behind.
const WATCH_LAG: usize = 6;

/// A server without threads: what its clients share, and the work behind it.
pub(crate) struct Process {
    pub(crate) shared: Arc<ServerState>,
    /// None once it failed, or has ended.
    committer: Option<Committer<SimulatedDisk>>,
    workshop: Workshop<SimulatedDisk>,
    follower: Option<Follower<SimulatedDisk>>,
    _lock: FolderLock,
}

pub(crate) struct Machine {
    folder: TempDir,
    pub(crate) disk: SimulatedDisk,
    identity: Identity,
    journal_key: u64,
    /// The time of a correct wall clock.
    pub(crate) wall: Timestamp,
    pub(crate) process: Option<Process>,
}

impl Machine {
    pub(crate) fn new(random: &mut Rng) -> Self {
        let mut fingerprint_key = [0; 16];
        random.fill(&mut fingerprint_key);
        Self {
            folder: memory_folder(),
            disk: SimulatedDisk::new(random.u64(..)),
            identity: Identity { folder: random.u64(..), fingerprint_key },
            journal_key: random.u64(..),
            wall: BEGIN,
            process: None,
        }
    }

    /// The secret of fingerprints.
    pub(crate) fn secret(&self) -> [u8; 16] {
        self.identity.fingerprint_key
    }

    /// Starts the server, whose wall clock is `behind` what it should be. What it recovers is
    /// compared with the history.
    pub(crate) fn start(
        &mut self,
        history: &mut History,
        behind: Duration,
    ) -> Result<(), FolderError> {
        let mut witness = Witness {
            recovery: Recovery::new(Randomness::Repeated.hashing()),
            restored: 0,
            log: Vec::new(),
        };
        let folder = DataFolder::recover(self.site(), &mut witness)?;
        let wall = Timestamp::from_ms(
            self.wall.as_ms() - u64::try_from(behind.as_millis()).unwrap_or_default(),
        );
        let clock = Clock::manual(wall.max(folder.last_at()));
        let secret = folder.secret();
        let (ledger, work) = folder.into_work(clock.clone());
        history.recovered(witness.restored, &witness.log);
        let defaults = Config::default();
        let config = Config {
            holds: RULES,
            limits: CatalogLimits {
                watch_lag: WATCH_LAG,
                agent_holds: HoldTimes { max: AGENTS.max, life: AGENTS.life },
                ..defaults.limits
            },
            output_bytes: 8 << 10,
            ..defaults
        };
        let ledger = Arc::new(ledger);
        let early = EarlyState { tokens: Person::tokens(), ..EarlyState::default() };
        let visitor_keys = VisitorKeys::in_memory().expect("random bytes");
        let recovery = witness.recovery;
        let randomness = Randomness::Repeated;
        let opened = Opened::alone(recovery, ledger, clock, visitor_keys, secret, randomness);
        let shared = Arc::new(ServerState::new(config, opened, early));
        let LedgerWork { committer, workshop, follower, lock, .. } = work;
        let (committer, follower) = (Some(committer), Some(follower));
        self.process = Some(Process { shared, committer, workshop, follower, _lock: lock });
        self.check(history);
        Ok(())
    }

    fn site(&self) -> Site<SimulatedDisk> {
        Site {
            lock: FolderLock::take(self.folder.path()).expect("no other process has it"),
            disk: self.disk.clone(),
            state_file: self.folder.path().join("boxoffice.db"),
            identity: self.identity,
            layout: FolderLayout {
                journal: JournalOptions {
                    segment_bytes: SEGMENT_BLOCKS * BLOCK,
                    max_body_bytes: BATCH_BLOCKS * BLOCK - 64,
                    writing: Writing::Durable,
                    new_key: self.journal_key,
                },
                batch_bytes: 8 << 10,
                backlog_bytes: 1 << 20,
                sync: SyncPolicy::Always,
            },
        }
    }

    /// Checks that memory holds what was recorded.
    fn check(&self, history: &History) {
        let Some(process) = &self.process else { return };
        let (catalog, now) = (&process.shared.catalog, process.shared.clock.now());
        catalog.invariants();
        let events = history.live_events();
        assert_eq!(catalog.len(), events.len(), "events after a start");
        for (id, model) in events {
            let event = catalog.find(id.borrowed()).unwrap_or_else(|| panic!("{id} is lost"));
            let mut model = model.clone();
            model.codes = CodeKey::of(&self.secret());
            event.look(|inventory| model.assert_seen(inventory, now));
        }
    }

    /// The process dies at once. What the disk's cache has stays.
    pub(crate) fn kill(&mut self) {
        self.process = None;
        self.disk.repair();
    }

    /// The process dies because there is no power; what was not synced may be lost.
    pub(crate) fn lose_power(&mut self) {
        self.kill();
        self.disk.lose_power();
    }
}

impl Process {
    pub(crate) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.shared.ledger.is_failed()
    }

    /// A step of the committer; what became durable goes into the history.
    pub(crate) fn commit(&mut self, history: &mut History) -> Result<Going, JournalError> {
        let Some(committer) = &mut self.committer else { return Ok(Going::Ended) };
        let went = committer.step(Duration::ZERO);
        if went.is_err() {
            // As when its thread ends: dropping it fails the ledger.
            self.committer = None;
        }
        self.learn(history);
        went
    }

    fn learn(&self, history: &mut History) {
        if let Some(follower) = &self.follower {
            for (position, event, recorded) in follower.on_their_way(history.position() + 1) {
                history.learn(position, &event, &recorded);
            }
        }
    }

    /// A job of the thread that prepares and removes segments.
    pub(crate) fn work_on_segments(&self) {
        self.workshop.step();
    }

    /// A transaction of the rows.
    pub(crate) fn follow(&mut self) {
        let Some(follower) = &mut self.follower else { return };
        match follower.step() {
            Ok(Followed::All) => {}
            // As when its thread ends: dropping it fails the ledger.
            Err(FollowError::Journal(_)) => self.follower = None,
            Ok(Followed::NotNow(error)) | Err(FollowError::Rows(error)) => {
                panic!("the rows: {error}")
            }
        }
    }

    pub(crate) fn sweep(&self) -> sweeper::Swept {
        let ServerState { catalog, clock, metrics, .. } = &*self.shared;
        sweeper::step(catalog, clock, metrics)
    }

    /// Stops in good order, after the connections. Says whether it could.
    pub(crate) fn stop(mut self, history: &mut History) -> Stopped {
        self.shared.ledger.close();
        for _ in 0..200 {
            match self.commit(history) {
                Ok(Going::On) => self.work_on_segments(),
                Ok(Going::Ended) => return self.close(history),
                Err(_) => return Stopped::Failed,
            }
        }
        // It waits for room on a full disk.
        Stopped::Failed
    }

    fn close(mut self, history: &mut History) -> Stopped {
        let Some(committer) = self.committer.take() else { return Stopped::Failed };
        let closed = committer.close();
        self.learn(history);
        while self.shared.ledger.backlog() > 0 && self.follower.is_some() {
            self.follow();
        }
        let Some(follower) = self.follower.take() else { return Stopped::Failed };
        follower.close();
        if closed.is_ok() { Stopped::Clean } else { Stopped::Failed }
    }
}

/// How a stop ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stopped {
    Clean,
    Failed,
}

/// A folder in the machine's memory, where it has one: the state file is trusted, and syncing it
/// to a real disk would only take time.
fn memory_folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

/// Recovers as a server does, and remembers what the journal had.
struct Witness {
    recovery: Recovery,
    restored: u64,
    log: Vec<(u64, EventId, Recorded)>,
}

impl Recover for Witness {
    type Error = Contradiction;

    fn codes(&mut self, key: CodeKey) {
        self.recovery.codes(key);
    }

    fn secrets(&mut self) -> EventSecrets {
        self.recovery.secrets()
    }

    fn hall(&self, plan: Option<&PlanDigest>) -> Option<Hall> {
        self.recovery.hall(plan)
    }

    fn made(&mut self, made: &Made<'_>) {
        self.recovery.made(made);
    }

    fn restore(&mut self, restored: Restored, catalog_version: u64, position: u64) {
        self.restored = position;
        self.recovery.restore(restored, catalog_version, position);
    }

    fn replay(
        &mut self,
        event: &EventId,
        recorded: &Recorded,
        position: u64,
    ) -> Result<(), Contradiction> {
        self.log.push((position, event.clone(), recorded.clone()));
        self.recovery.replay(event, recorded, position)
    }
}
