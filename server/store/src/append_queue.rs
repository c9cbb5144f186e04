//! Appends that wait for a connection.

use crate::batch::Batch;
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::outcome::Outcome;
use std::collections::{HashSet, VecDeque};
use tokio::sync::oneshot;

/// Batches of one statement, and the bytes of their bodies unless it has one only.
const GROUP: usize = 256;
const GROUP_BYTES: usize = 4 << 20;

/// The bodies of all that waits: more is refused.
const WAITING_BYTES: usize = 64 << 20;

pub(crate) type Answer = Result<Outcome, StoreError>;

/// Answers an append. The answer may have been dropped; the append is not taken back.
pub(crate) fn tell(say: oneshot::Sender<Answer>, answer: Answer) {
    drop(say.send(answer));
}

/// A batch, and where its answer goes.
pub(crate) struct Waiting {
    pub(crate) batch: Batch,
    pub(crate) say: oneshot::Sender<Answer>,
    pub(crate) company: Company,
    since_tick: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    Others,
    /// A statement with others failed, maybe for its sake.
    None,
}

/// Invariant: a log is on its way once at most, so a statement has no log twice.
#[derive(Default)]
pub(crate) struct AppendQueue {
    waiting: VecDeque<Waiting>,
    /// Of the bodies of those that wait.
    bytes: usize,
    on_their_way: HashSet<LogId>,
    tick: u64,
}

impl AppendQueue {
    /// Has a batch wait, or says that too much waits already.
    pub(crate) fn push(&mut self, batch: Batch, say: oneshot::Sender<Answer>) {
        if self.bytes > 0 && self.bytes + batch.body().len() > WAITING_BYTES {
            return tell(say, Err(StoreError::Busy));
        }
        self.bytes += batch.body().len();
        let since_tick = self.tick;
        self.waiting.push_back(Waiting { batch, say, company: Company::Others, since_tick });
    }

    /// Whether [`Self::take`] would return some.
    pub(crate) fn is_ready(&self) -> bool {
        self.waiting.iter().any(|it| !self.on_their_way.contains(it.batch.log()))
    }

    /// What the next statement appends; it is on its way from here on.
    pub(crate) fn take(&mut self) -> Vec<Waiting> {
        let (mut group, mut bytes, mut later) = (Vec::new(), 0, VecDeque::new());
        while let Some(next) = self.waiting.pop_front() {
            if self.on_their_way.contains(next.batch.log()) {
                later.push_back(next);
                continue;
            }
            bytes += next.batch.body().len();
            let is_alone = next.company == Company::None;
            let is_full = is_alone || group.len() == GROUP || bytes > GROUP_BYTES;
            if is_full && !group.is_empty() {
                self.waiting.push_front(next);
                break;
            }
            self.on_their_way.insert(next.batch.log().clone());
            group.push(next);
            if is_alone {
                break;
            }
        }
        later.append(&mut self.waiting);
        self.waiting = later;
        self.leave(&group);
        group
    }

    /// Puts a group back whose statement failed, so that each is sent by itself.
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "no group fails as a whole"))]
    pub(crate) fn put_back(&mut self, group: Vec<Waiting>) {
        for mut waiting in group.into_iter().rev() {
            self.arrived(waiting.batch.log());
            waiting.company = Company::None;
            self.bytes += waiting.batch.body().len();
            self.waiting.push_front(waiting);
        }
    }

    /// The log's append has an answer.
    pub(crate) fn arrived(&mut self, log: &LogId) {
        self.on_their_way.remove(log);
    }

    /// Everything that has not been sent.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "redis")),
        allow(dead_code, reason = "its connections are the driver's")
    )]
    pub(crate) fn take_unsent(&mut self) -> Vec<Waiting> {
        self.bytes = 0;
        self.waiting.drain(..).collect()
    }

    /// Moves time on, and takes what has waited for so many ticks.
    pub(crate) fn tick(&mut self, ticks: u64) -> Vec<Waiting> {
        self.tick += 1;
        let late = |it: &Waiting| it.since_tick + ticks <= self.tick;
        let (late, waiting) = self.waiting.drain(..).partition::<Vec<_>, _>(late);
        self.waiting = waiting.into();
        self.leave(&late);
        late
    }

    fn leave(&mut self, gone: &[Waiting]) {
        self.bytes -= gone.iter().map(|it| it.batch.body().len()).sum::<usize>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::BatchId;

    fn push(queue: &mut AppendQueue, log: &str, bytes: usize) {
        let log = LogId::parse(log).expect("a name");
        let batch = Batch::new(log, None, BatchId([7; 16]), 1, 0, &vec![0; bytes]);
        queue.push(batch, oneshot::channel().0);
    }

    fn logs(group: &[Waiting]) -> Vec<&str> {
        group.iter().map(|it| it.batch.log().as_str()).collect()
    }

    #[test]
    fn a_log_is_on_its_way_once() {
        let mut queue = AppendQueue::default();
        ["a", "b", "a"].iter().for_each(|log| push(&mut queue, log, 1));
        assert_eq!(logs(&queue.take()), ["a", "b"]);
        assert!(!queue.is_ready() && queue.take().is_empty(), "a waits for a");
        queue.arrived(&LogId::parse("a").expect("a name"));
        assert!(queue.is_ready());
        assert_eq!(logs(&queue.take()), ["a"]);
    }

    #[test]
    fn a_group_is_bounded_and_a_failed_one_is_taken_one_by_one() {
        let mut queue = AppendQueue::default();
        (0..=GROUP).for_each(|number| push(&mut queue, &format!("{number:03}"), 1));
        push(&mut queue, "large", GROUP_BYTES);
        let group = queue.take();
        assert_eq!(group.len(), GROUP);
        assert_eq!(logs(&queue.take()), ["256"], "a large one does not fit beside it");
        queue.put_back(group);
        assert_eq!(logs(&queue.take()), ["000"]);
        assert_eq!(logs(&queue.take()), ["001"]);
    }

    #[test]
    fn more_bytes_than_may_wait_are_refused_until_some_are_sent() {
        let mut queue = AppendQueue::default();
        let pushed = |queue: &mut AppendQueue, name: &str| {
            let (say, mut answer) = oneshot::channel();
            let log = LogId::parse(name).expect("a name");
            let body = vec![0; WAITING_BYTES / 4];
            queue.push(Batch::new(log, None, BatchId([7; 16]), 1, 0, &body), say);
            answer.try_recv().ok()
        };
        for name in ["a", "b", "c", "d"] {
            assert_eq!(pushed(&mut queue, name), None);
        }
        assert_eq!(pushed(&mut queue, "e"), Some(Err(StoreError::Busy)));
        let group = queue.take();
        assert_eq!(logs(&group), ["a"], "a large one goes alone");
        assert_eq!(pushed(&mut queue, "e"), None);
        assert_eq!(pushed(&mut queue, "f"), Some(Err(StoreError::Busy)));
        assert_eq!(queue.take_unsent().len(), 4);
        queue.put_back(group);
        assert_eq!(queue.bytes, WAITING_BYTES / 4);
    }

    #[test]
    fn a_batch_that_has_waited_too_long_is_taken_out() {
        let mut queue = AppendQueue::default();
        push(&mut queue, "a", 1);
        assert!(queue.tick(2).is_empty());
        push(&mut queue, "b", 1);
        assert_eq!(logs(&queue.tick(2)), ["a"]);
        assert_eq!(logs(&queue.take_unsent()), ["b"]);
    }
}
