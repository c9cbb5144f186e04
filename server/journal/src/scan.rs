//! Reads a whole journal, and classifies every byte of it. Changes nothing.

use crate::batch::BatchPlace;
use crate::batch::{Batch, BatchKind, Header};
use crate::block::BLOCK;
use crate::error::JournalError;
use crate::head::{Head, HeadStage};
use crate::mark::BatchMark;
use crate::options::Writing;
use crate::segment::damaged;
use crate::segment::{self, SegmentLayout};
use crate::tail::{Image, Tail};
use crate::writer::FullSegment;
use boxoffice_protocol::time::Timestamp;
use std::collections::VecDeque;
use std::error::Error;

/// Takes the batches, in order.
pub(crate) type Each<'a> =
    &'a mut dyn FnMut(Batch<'_>, Applied) -> Result<(), Box<dyn Error + Send + Sync>>;

/// Reads the segment with a number.
pub(crate) type Read<'a> = &'a mut dyn FnMut(u64) -> Result<Image, JournalError>;

/// Whether the rows have a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is at or before their mark.
    InRows,
    /// It is behind it.
    NotYet,
}

pub(crate) struct Scan {
    pub(crate) end: BatchMark,
    pub(crate) last_at: Timestamp,
    /// Whether the last batch is a closing one.
    pub(crate) closed: bool,
    /// Batches behind the rows' mark, and records in them.
    pub(crate) batches: u64,
    pub(crate) records: u64,
    pub(crate) full: VecDeque<FullSegment>,
    /// The segment that goes on; none where none was ever written into.
    pub(crate) active: Option<ActiveSegment>,
    /// Blank segments behind it.
    pub(crate) spares: Vec<u64>,
    /// The last good batch, or all batches of its segment where they were not synced one by one:
    /// the disk may not have them although they were read.
    pub(crate) unsure: Option<Part>,
    pub(crate) torn: Option<Part>,
    /// Whether the last batch says that the next segment goes on.
    pub(crate) continued: bool,
}

/// The segment that goes on.
pub(crate) struct ActiveSegment {
    pub(crate) layout: SegmentLayout,
    /// Where its last good batch ends.
    pub(crate) end: usize,
    /// How far a torn batch behind it can have reached.
    pub(crate) reach: usize,
}

/// A part of a segment.
pub(crate) struct Part {
    pub(crate) number: u64,
    pub(crate) offset: usize,
    pub(crate) bytes: Vec<u8>,
}

impl Scan {
    /// Reads the segments `numbers`, which ascend without a gap, and gives `each` every batch that
    /// holds records. The rows have those up to `from`.
    pub(crate) fn run(
        head: &Head,
        numbers: &[u64],
        from: BatchMark,
        read: Read<'_>,
        each: Each<'_>,
    ) -> Result<Self, JournalError> {
        if numbers.is_empty() && head.stage == HeadStage::Ready {
            return Err(damaged(1, 0, "no segment is there"));
        }
        let mut scan = Self::new(head.origin);
        let mut chain = Chain { end: None, origin: head.origin, from };
        for &number in numbers {
            scan.segment(&read(number)?, &mut chain, each)?;
        }
        if scan.end.sequence < from.sequence {
            return Err(JournalError::BehindRows { rows: from, journal: scan.end });
        }
        match chain.end {
            None if from != head.origin => {
                Err(JournalError::AheadOfRows { rows: from, first: head.origin.next() })
            }
            _ => Ok(scan),
        }
    }

    /// Refuses the journal where its last batch says that another segment goes on.
    pub(crate) fn check_end(&self, numbers: &[u64]) -> Result<(), JournalError> {
        match numbers.last().filter(|_| self.continued) {
            Some(last) => Err(damaged(last + 1, 0, "it is missing")),
            None => Ok(()),
        }
    }

    const fn new(origin: BatchMark) -> Self {
        Self {
            end: origin,
            last_at: Timestamp::from_ms(0),
            closed: false,
            batches: 0,
            records: 0,
            full: VecDeque::new(),
            active: None,
            spares: Vec::new(),
            unsure: None,
            torn: None,
            continued: false,
        }
    }

    fn segment(
        &mut self,
        image: &Image,
        chain: &mut Chain,
        each: Each<'_>,
    ) -> Result<(), JournalError> {
        let number = image.layout.number;
        let before = self.end;
        let goes_on = std::mem::take(&mut self.continued);
        let end = self.batches(image, chain, each)?;
        let tail = image.tail(end)?;
        if end == BLOCK && tail == Tail::Blank && !goes_on {
            self.spares.push(number);
            return Ok(());
        }
        if let Some(torn) = &self.torn {
            let why = format!("a batch is bad, but {} goes on", segment::name(number));
            return Err(damaged(torn.number, torn.offset, &why));
        }
        let is_first = self.active.is_none() && self.spares.is_empty();
        if !is_first && !goes_on {
            return image.damaged(BLOCK, "it is used, but the segment before it is not at its end");
        }
        if self.continued && tail != Tail::Blank {
            return image.damaged(end, "it was at its end, but is not blank");
        }
        if let Some(active) = &self.active {
            let last = before.sequence;
            self.full.push_back(FullSegment { number: active.layout.number, last });
        }
        if let Tail::Torn { end: torn_end } = tail {
            let bytes = image.bytes[end..torn_end].to_vec();
            self.torn = Some(Part { number, offset: end, bytes });
        }
        let reach = image.reach(end);
        self.active = Some(ActiveSegment { layout: image.layout, end, reach });
        Ok(())
    }

    /// Goes through the good batches at the segment's beginning; returns where they end.
    fn batches(
        &mut self,
        image: &Image,
        chain: &mut Chain,
        each: Each<'_>,
    ) -> Result<usize, JournalError> {
        let number = image.layout.number;
        let mut offset = BLOCK;
        let mut last = None;
        while let Some(header) = image.header(offset) {
            let whole = header.body(&image.bytes[offset..], image.key);
            chain.check(&header, number, offset)?;
            let Some((body, checksum)) = whole else { break };
            let mark = BatchMark { sequence: header.sequence, position: header.position, checksum };
            let applied = chain.follow(mark, number)?;
            self.end = mark;
            self.last_at = self.last_at.max(header.at);
            self.closed = header.kind == BatchKind::Closing;
            if header.kind == BatchKind::Records {
                let (at, records) = (header.at, header.records.into());
                let place = BatchPlace {
                    segment: number,
                    offset: offset as u64,
                    body_bytes: header.body_bytes,
                };
                let batch = Batch { mark, at, records, body, place };
                each(batch, applied).map_err(|source| JournalError::Unreadable {
                    file: segment::name(number),
                    offset: offset as u64,
                    source,
                })?;
                if applied == Applied::NotYet {
                    self.batches += 1;
                    self.records += batch.records;
                }
            }
            last = Some(offset);
            offset += header.disk_bytes();
            self.continued = header.kind == BatchKind::Continued;
            if self.continued {
                break;
            }
        }
        if let Some(last) = last {
            let from = if image.layout.writing == Writing::Lax { BLOCK } else { last };
            let bytes = image.bytes[from..offset].to_vec();
            self.unsure = Some(Part { number, offset: from, bytes });
        }
        Ok(offset)
    }
}

/// The batch that the next one must follow.
struct Chain {
    /// The batch before; none before the first.
    end: Option<BatchMark>,
    /// What the first batch that the journal ever had follows.
    origin: BatchMark,
    /// The last batch that the rows have applied.
    from: BatchMark,
}

impl Chain {
    /// Checks that a batch with this header can come next.
    fn check(&self, header: &Header, number: u64, offset: usize) -> Result<(), JournalError> {
        let before = header.position.checked_sub(header.records.into());
        let follows = |mark: BatchMark| {
            header.sequence == mark.next()
                && before == Some(mark.position)
                && header.previous == mark.checksum
        };
        match self.end {
            Some(end) if follows(end) => Ok(()),
            Some(end) => {
                let why = format!("batch {} follows batch {}", header.sequence, end.sequence);
                Err(damaged(number, offset, &why))
            }
            None => self.check_first(header, follows, number, offset),
        }
    }

    /// Checks a batch that has none before it: earlier ones are in the rows.
    fn check_first(
        &self,
        header: &Header,
        follows: impl Fn(BatchMark) -> bool,
        number: u64,
        offset: usize,
    ) -> Result<(), JournalError> {
        let Self { origin, from, .. } = *self;
        let (rows, first) = (from, header.sequence);
        if first > from.next() {
            Err(JournalError::AheadOfRows { rows, first })
        } else if first == from.next() && !follows(from) {
            Err(JournalError::OtherRows { rows, file: segment::name(number) })
        } else if first <= origin.sequence || (first == origin.next() && !follows(origin)) {
            Err(damaged(number, offset, "the first batch is not the journal's first"))
        } else {
            Ok(())
        }
    }

    /// Goes on to a batch that can come next; says whether the rows have it.
    fn follow(&mut self, mark: BatchMark, number: u64) -> Result<Applied, JournalError> {
        let rows = self.from;
        self.end = Some(mark);
        if mark.sequence == rows.sequence && mark != rows {
            return Err(JournalError::OtherRows { rows, file: segment::name(number) });
        }
        Ok(if mark.sequence > rows.sequence { Applied::NotYet } else { Applied::InRows })
    }
}
