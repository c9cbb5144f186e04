//! The threads of the ledger: the committer takes turns with the sessions or has a thread of its
//! own, the workshop and the follower have one each.

use super::backlog::{Backlog, Going};
use super::change_rate::ChangeRate;
use super::committer::Committer;
use super::follower::{FollowError, Followed, Follower};
use super::pending::Pending;
use super::segments::Workshop;
use crate::clock::Stopwatch;
use crate::fairness::Turns;
use boxoffice_journal::JournalError;
use boxoffice_journal::disk::{Disk, FolderLock};
use std::io;
use std::sync::Arc;
use std::thread::{self, Builder, JoinHandle};
use std::time::Duration;

/// How long to wait before a busy or full state file is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// The follower's nice value, the highest there is. It gets the CPU that is left over; the backlog
/// slows admission down before it grows too long.
const NICE: i32 = 19;
/// How often a stop tries it again, and how long it lets the rows catch up: what they do not have
/// then, the next start finds in the journal.
const LAST_TRIES: u32 = 8;
const CATCH_UP: Duration = Duration::from_secs(10);

/// Turns that a batch gathers for at most.
const GATHERING_TURNS: u32 = 8;

/// The work for a data folder, in three parts that can run at the same time.
#[derive(Debug)]
pub struct LedgerWork<D: Disk> {
    pub committer: Committer<D>,
    pub(super) pending: Arc<Pending>,
    /// Prepares and removes segments for it.
    pub workshop: Workshop<D>,
    /// Writes durable changes into the rows.
    pub follower: Follower<D>,
    pub(super) backlog: Arc<Backlog>,
    /// The folder belongs to the work until all of it has ended.
    pub lock: FolderLock,
}

/// The committer with the threads behind it, before it is driven. Dropped, it fails the ledger.
#[derive(Debug)]
pub(crate) struct Committing<D: Disk> {
    committer: Committer<D>,
    pending: Arc<Pending>,
    behind: Behind,
}

/// The threads that are still at work when the committer has ended. Dropped, it waits until they
/// have ended: later work in the folder would be done to the next server's files.
#[derive(Debug)]
struct Behind {
    backlog: Arc<Backlog>,
    /// The follower's and the workshop's: the latter ends when the committer is dropped.
    threads: Vec<JoinHandle<()>>,
    _lock: FolderLock,
}

/// How the committer ended, and what is still at work behind it.
#[derive(Debug)]
pub(crate) struct Committed {
    ended: Result<(), JournalError>,
    behind: Behind,
}

impl<D: Disk> Committing<D> {
    /// Starts the threads that work behind the committer.
    pub(super) fn start(work: LedgerWork<D>) -> io::Result<Self> {
        let LedgerWork { committer, pending, workshop, follower, backlog, lock } = work;
        let (filled, taking) = (Arc::clone(&backlog), Arc::clone(&pending));
        let mut behind = Behind { backlog, threads: Vec::new(), _lock: lock };
        behind.threads.push(thread("follower").spawn(move || {
            give_way();
            follow(follower, &filled, || taking.nudge());
        })?);
        let nudged = Arc::clone(&pending);
        let segments = thread("segments").spawn(move || workshop.run(|| nudged.nudge()))?;
        behind.threads.push(segments);
        Ok(Self { committer, pending, behind })
    }

    /// Commits whenever something has gathered, until the ledger is closed. Other tasks of this
    /// thread have `turns` between two batches: what they record meanwhile is the next batch.
    ///
    /// Each batch is written and synced within one poll, so this cannot be dropped in the middle
    /// of one; it is for a runtime's outermost future, which is never dropped.
    pub(crate) async fn in_turns(self, turns: &Turns) -> Committed {
        let Self { committer, pending, behind } = self;
        behind.after(commit_in_turns(committer, &pending, turns).await)
    }

    /// Commits until the ledger is closed. Blocks.
    pub(crate) fn on_this_thread(self) -> Committed {
        let Self { committer, behind, .. } = self;
        behind.after(commit_on_this_thread(committer))
    }
}

async fn commit_in_turns<D: Disk>(
    mut committer: Committer<D>,
    pending: &Pending,
    turns: &Turns,
) -> Result<(), JournalError> {
    loop {
        let _ = tokio::time::timeout(committer.patience(), pending.gathered()).await;
        let longest = if turns.is_alone() { Duration::MAX } else { committer.last_append() };
        gather(pending, longest).await;
        let brake = committer.brake();
        if !brake.is_zero() {
            #[expect(clippy::disallowed_methods, reason = "back-pressure holds a batch up")]
            tokio::time::sleep(brake).await;
        }
        if committer.step(Duration::ZERO)? == Going::Ended {
            return committer.close();
        }
    }
}

/// Gives other tasks turns for as long as each brings something more, but not for ever: the more
/// changes share a sync, the more requests are answered (group commit).
///
/// No turn begins after `longest`. Where several parties have connections, that is what the disk
/// takes: a party that always has more would otherwise hold the others' changes up.
async fn gather(pending: &Pending, longest: Duration) {
    let (began, mut gathered) = (Stopwatch::start(), 0);
    for _ in 0..GATHERING_TURNS {
        let now = pending.recorded();
        if now == gathered || began.elapsed() >= longest {
            return;
        }
        gathered = now;
        tokio::task::yield_now().await;
    }
}

#[expect(clippy::disallowed_methods, reason = "this thread is there to wait")]
fn commit_on_this_thread<D: Disk>(mut committer: Committer<D>) -> Result<(), JournalError> {
    loop {
        thread::sleep(committer.brake());
        if committer.step(Duration::MAX)? == Going::Ended {
            return committer.close();
        }
    }
}

impl Behind {
    fn after(self, ended: Result<(), JournalError>) -> Committed {
        self.backlog.close();
        let ended = ended.inspect_err(|error| tracing::error!(%error, "the journal failed"));
        Committed { ended, behind: self }
    }

    /// Waits until every thread has ended, and says whether one panicked.
    fn end(&mut self) -> thread::Result<()> {
        self.backlog.close();
        self.threads.drain(..).map(JoinHandle::join).fold(Ok(()), thread::Result::and)
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        // A panic was reported, and failed the ledger.
        let _ = self.end();
    }
}

impl Committed {
    /// Waits until the rows have everything, or some seconds long, and gives the folder back.
    /// Blocks.
    ///
    /// # Errors
    /// The error with which the committer ended.
    pub(crate) fn finish(mut self) -> Result<(), JournalError> {
        self.behind.end().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        self.ended
    }
}

/// Gives way to the sessions where there is too little CPU for all: the rows may be behind.
fn give_way() {
    // Without it all is well, too.
    let _ = rustix::process::nice(NICE);
}

fn thread(name: &str) -> Builder {
    Builder::new().name(name.to_owned())
}

fn follow<D: Disk>(mut follower: Follower<D>, backlog: &Backlog, say: impl Fn()) {
    match follow_until_closed(&mut follower, backlog, say) {
        Ok(()) => follower.close(),
        Err(error) => tracing::error!(%error),
    }
}

/// Says whenever the rows have something more: the committer has segments to give back then, and
/// those to admit again whom a full backlog kept out.
fn follow_until_closed<D: Disk>(
    follower: &mut Follower<D>,
    backlog: &Backlog,
    say: impl Fn(),
) -> Result<(), FollowError> {
    let mut rate = ChangeRate::new();
    let (mut told, mut tries_left, mut closed) = (false, LAST_TRIES, None);
    while backlog.gather(|came| rate.is_high(came) && follower.has_room_to_rest()) == Going::On {
        if backlog.is_closed() && closed.get_or_insert_with(Stopwatch::start).elapsed() > CATCH_UP {
            left_to_the_next_start(backlog);
            return Ok(());
        }
        while let Followed::NotNow(error) = follower.step()? {
            if !told {
                tracing::warn!(%error, "the rows wait");
            }
            told = true;
            if backlog.is_closed() {
                if tries_left == 0 {
                    left_to_the_next_start(backlog);
                    return Ok(());
                }
                tries_left -= 1;
            }
            backlog.pause(RETRY);
        }
        told = false;
        say();
    }
    Ok(())
}

fn left_to_the_next_start(backlog: &Backlog) {
    let changes = backlog.changes();
    tracing::warn!(changes, "the rows are left to the next start; the journal has them");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::pending::{BATCH_BYTES, RoomLeft};
    use boxoffice_protocol::change::{Change, Recorded};
    use boxoffice_protocol::id::EventId;
    use boxoffice_protocol::time::Timestamp;

    fn record(pending: &Pending) {
        let event = EventId::parse("concert").unwrap();
        let (at, change) = (Timestamp::default(), Change::Deleted);
        pending.record(&event, &Recorded { version: 1, at, principal: None, change }).unwrap();
    }

    /// How many turns a batch gathers for beside a task that always has more.
    async fn turns_beside_one_that_always_has_more(longest: Duration) -> u64 {
        let room = RoomLeft { bytes: 1 << 30, segment: 1 << 30, rows_are_behind: false };
        let pending = Arc::new(Pending::new(0, room, BATCH_BYTES));
        record(&pending);
        let busy = Arc::clone(&pending);
        let busy = tokio::spawn(async move {
            loop {
                record(&busy);
                tokio::task::yield_now().await;
            }
        });
        gather(&pending, longest).await;
        busy.abort();
        pending.recorded() - 1
    }

    #[tokio::test]
    async fn a_batch_gathers_for_a_bounded_number_of_turns_and_none_later_than_it_may() {
        let turns = turns_beside_one_that_always_has_more;
        assert_eq!(turns(Duration::MAX).await, u64::from(GATHERING_TURNS));
        assert_eq!(turns(Duration::ZERO).await, 0);
    }
}
