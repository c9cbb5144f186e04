//! The output buffer: a connection's replies, and how much of it may leave.
//!
//! A reply may leave once its position is durable (law 2). Replies leave in the order in which they
//! were put, so the durable ones are always a prefix.

use crate::ledger::Position;
use boxoffice_protocol::frame::{put_encoded_reply, put_reply};
use boxoffice_protocol::reply::Reply;
use std::collections::{BTreeSet, VecDeque};
use tokio::time::Instant;

/// A drained buffer with a larger capacity is freed.
const KEEP_BYTES: usize = 16 * 1024;

/// The histogram that a reply's duration is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Timed {
    Change = 0,
    Look = 1,
    /// Not timed: it answers no request of this turn.
    No = 2,
}

/// Invariant: marks ascend, and the last one's end is the end of the bytes.
#[derive(Debug)]
pub(super) struct OutputBuffer {
    bytes: Vec<u8>,
    /// Bytes at the front that have left.
    start: usize,
    /// Bytes that have ever left.
    sent: u64,
    marks: VecDeque<OutputMark>,
    in_flight: usize,
    /// When the current turn began.
    turn: Instant,
    /// Whether the current turn has put no reply yet.
    is_new_turn: bool,
}

/// Bytes up to `end` may leave once `position` is durable.
#[derive(Debug, Clone, Copy)]
pub(super) struct OutputMark {
    end: u64,
    position: Position,
    replies: usize,
    /// The beginning of the turn that put the replies.
    pub(super) turn: Instant,
    /// The number of replies by [`Timed`].
    timed: [u32; 3],
}

impl OutputMark {
    pub(super) const fn timed(&self, timed: Timed) -> u32 {
        self.timed[timed as usize]
    }
}

impl OutputBuffer {
    pub(super) fn new(turn: Instant) -> Self {
        let (bytes, marks) = (Vec::new(), VecDeque::new());
        Self { bytes, start: 0, sent: 0, marks, in_flight: 0, turn, is_new_turn: true }
    }

    pub(super) fn begin_turn(&mut self, at: Instant) {
        (self.turn, self.is_new_turn) = (at, true);
    }

    /// The beginning of the current turn.
    pub(super) const fn turn(&self) -> Instant {
        self.turn
    }

    /// Puts replies of a turn that began then.
    pub(super) fn go_on_with_turn(&mut self, began: Instant) {
        if self.turn != began {
            self.begin_turn(began);
        }
    }

    pub(super) fn put(
        &mut self,
        correlation: u32,
        reply: &Reply,
        position: Position,
        timed: Timed,
    ) {
        put_reply(&mut self.bytes, correlation, reply);
        self.mark(position, timed);
    }

    /// Puts a reply whose body is encoded already.
    pub(super) fn put_encoded(
        &mut self,
        correlation: u32,
        (version, age_ms): (u64, u32),
        body: &[u8],
        position: Position,
        timed: Timed,
    ) {
        put_encoded_reply(&mut self.bytes, correlation, version, age_ms, body);
        self.mark(position, timed);
    }

    fn mark(&mut self, position: Position, timed: Timed) {
        let end = self.sent + self.len() as u64;
        self.in_flight += 1;
        match self.marks.back_mut() {
            Some(last) if last.position >= position && !self.is_new_turn => {
                last.end = end;
                last.replies += 1;
                last.timed[timed as usize] += 1;
            }
            _ => self.begin_mark(end, position, timed),
        }
    }

    #[inline(never)]
    fn begin_mark(&mut self, end: u64, position: Position, timed: Timed) {
        let before = self.marks.back().map_or(position, |last| last.position);
        let mut mark = OutputMark {
            end,
            position: position.max(before),
            replies: 1,
            turn: self.turn,
            timed: [0; 3],
        };
        mark.timed[timed as usize] = 1;
        self.marks.push_back(mark);
        self.is_new_turn = false;
    }

    /// The bytes that may leave when everything up to `durable` is durable.
    pub(super) fn ready(&self, durable: Position) -> &[u8] {
        let marks = self.marks.iter().take_while(|mark| mark.position <= durable);
        let end = marks.last().map_or(self.sent, |mark| mark.end);
        let ready = usize::try_from(end - self.sent).unwrap_or(0);
        &self.bytes[self.start..][..ready]
    }

    /// The position that the first reply waits for.
    pub(super) fn waits_for(&self) -> Option<Position> {
        self.marks.front().map(|mark| mark.position)
    }

    /// Removes sent bytes, and passes the marks of replies that have left whole to `left`.
    pub(super) fn sent(&mut self, bytes: usize, mut left: impl FnMut(&OutputMark)) {
        self.start += bytes;
        self.sent += bytes as u64;
        if self.start >= self.len() {
            // The rest is at most as long as what has left, so a byte is moved once on average.
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        while let Some(mark) = self.marks.front().filter(|mark| mark.end <= self.sent) {
            self.in_flight -= mark.replies;
            left(mark);
            self.marks.pop_front();
        }
        if self.bytes.is_empty() && self.bytes.capacity() > KEEP_BYTES {
            self.bytes = Vec::new();
        }
    }

    /// Replies that have not left whole.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// Bytes that have not left.
    pub(super) fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    pub(super) fn total_sent(&self) -> u64 {
        self.sent
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops the replies that are not durable. Returns their correlation ids, each once: a watch
    /// has many replies under one.
    pub(super) fn drop_unready(&mut self, durable: Position) -> Vec<u32> {
        let keep = self.start + self.ready(durable).len();
        let dropped = self.bytes.split_off(keep);
        while self.marks.back().is_some_and(|mark| mark.position > durable) {
            let mark = self.marks.pop_back();
            self.in_flight -= mark.map_or(0, |mark| mark.replies);
        }
        correlations(&dropped)
    }
}

/// The correlation ids of whole frames, each once.
fn correlations(mut frames: &[u8]) -> Vec<u32> {
    let (mut found, mut known) = (Vec::new(), BTreeSet::new());
    while let (Some(length), Some(id)) = (frames.first_chunk::<4>(), frames.get(4..8)) {
        let id = id.iter().rev().fold(0, |id, &byte| id << 8 | u32::from(byte));
        if known.insert(id) {
            found.push(id);
        }
        let next = 4 + u32::from_le_bytes(*length) as usize;
        frames = frames.get(next..).unwrap_or_default();
    }
    found
}
