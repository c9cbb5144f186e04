//! Replies decoded where they lie: for a client that looks at millions and keeps little of each.
//!
//! [`ReplyView`] borrows from the connection's buffer. Names that its user knows already are passed
//! over, without a look at their rules.

use crate::event::{Counts, Currency, EventDetails, SectionSpec};
use crate::frame::{FrameError, complete_frame, decode, decode_first};
use crate::id::PlanDigest;
use crate::limits::{FRAME_HEADER_BYTES, MAX_REPLY_FRAME_BYTES};
use crate::list::List;
use crate::refusal::Refusal;
use crate::reply::Effect;
use crate::reservation::{Labels, Status, TicketCount};
use crate::time::Timestamp;
use bincode::BorrowDecode;

/// A reply, and the bytes of its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplyView<'a> {
    /// The correlation id of the request that it answers.
    pub correlation: u32,
    /// The version it was decided at.
    pub version: u64,
    /// How old a cached view is, in milliseconds.
    pub age_ms: u32,
    /// Bytes of the whole frame.
    pub frame_bytes: usize,
    pub body: &'a [u8],
}

/// What a reply's body is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyView<'a> {
    Refused(Refusal),
    Reservation(ReservationView<'a>),
    /// `Event`: the counts over all its sections.
    Event(Counts),
    /// `Seats`: the counts over all sections.
    Seats(Counts),
    /// Any other, by its place in [`Body`](crate::reply::Body).
    Other(u32),
}

#[derive(Debug, Clone, PartialEq, Eq, BorrowDecode)]
pub struct ReservationView<'a> {
    id: [u8; 16],
    code: [u8; 5],
    event: &'a [u8],
    customer: &'a [u8],
    pub status: Status,
    /// What it has, or had before it ended.
    pub places: PlacesView<'a>,
    total: u64,
    currency: Currency,
    created_at: Timestamp,
    /// Until when it is or was held.
    pub expires_at: Timestamp,
    revision: u64,
    order: Option<&'a [u8]>,
    tickets: List<TicketCount>,
    /// Whether this request did it.
    pub effect: Effect,
}

/// The places of a reservation.
#[derive(Debug, Clone, PartialEq, Eq, BorrowDecode)]
pub enum PlacesView<'a> {
    /// Seats, by their labels.
    Seats(Labels),
    /// Places of a standing section.
    Standing { section: &'a [u8], places: u32 },
}

/// The fields of the body `Seats`.
type SeatMapView<'a> = (Option<PlanDigest>, List<SectionView<'a>>);

/// A section in the body `Seats`.
#[derive(BorrowDecode)]
struct SectionView<'a> {
    _section: SectionSpec,
    counts: Counts,
    _states: &'a [u8],
}

/// The places in [`Body`](crate::reply::Body) of the bodies that are looked into.
const REFUSED: u32 = 0;
const EVENT: u32 = 4;
const SEATS: u32 = 5;
const RESERVATION: u32 = 7;

impl<'a> ReplyView<'a> {
    /// The reply that `bytes` begin with, if it has arrived as a whole.
    ///
    /// # Errors
    /// [`FrameError`]: the stream cannot be trusted any further.
    #[inline]
    pub fn first(bytes: &'a [u8]) -> Result<Option<Self>, FrameError> {
        let Some(frame) = complete_frame(bytes, MAX_REPLY_FRAME_BYTES)? else { return Ok(None) };
        let ((version, age_ms), body) = decode_first(frame.message)?;
        Ok(Some(Self {
            correlation: frame.correlation,
            version,
            age_ms,
            frame_bytes: FRAME_HEADER_BYTES + frame.message.len(),
            body,
        }))
    }

    /// Decodes the body.
    ///
    /// # Errors
    /// [`FrameError::Malformed`] if it is none of this protocol.
    pub fn body(&self) -> Result<BodyView<'a>, FrameError> {
        let (body, fields) = decode_first(self.body)?;
        Ok(match body {
            REFUSED => BodyView::Refused(decode(fields)?),
            EVENT => {
                let details: EventDetails = decode(fields)?;
                BodyView::Event(details.counts.iter().copied().sum())
            }
            SEATS => {
                let map: SeatMapView<'a> = decode(fields)?;
                let (_plan, sections) = map;
                BodyView::Seats(sections.iter().map(|section| section.counts).sum())
            }
            RESERVATION => BodyView::Reservation(decode(fields)?),
            other => BodyView::Other(other),
        })
    }
}
