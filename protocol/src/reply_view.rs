//! Replies read where they lie: for a client that looks at millions and keeps little of each.
//!
//! [`ReplyView`] borrows from the connection's buffer and allocates nothing. It reads what SPEC.md
//! says of a reply's beginning, of refusals, and of reservations, and leaves everything else as
//! bytes, for [`decode`](crate::frame::decode). It looks less closely than the decoder: it finds
//! where things are, and does not judge names that it skips.

use crate::event::Counts;
use crate::frame::{FrameError, complete_frame};
use crate::id::SeatLabel;
use crate::limits::{FRAME_HEADER_BYTES, MAX_REPLY_FRAME_BYTES};
use crate::reply::Effect;
use crate::reservation::Status;
use crate::text::InvalidField;
use crate::time::Timestamp;

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
    /// The encoded [`Body`](crate::reply::Body).
    pub body: &'a [u8],
}

/// What a reply's body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyView<'a> {
    /// `Refused`.
    Refused(RefusalView<'a>),
    /// `Reservation`.
    Reservation(ReservationView<'a>),
    /// `Event`: the counts over all its sections.
    Event(Counts),
    /// `Seats`: the counts over all sections.
    Seats(Counts),
    /// Any other, by its place in [`Body`](crate::reply::Body).
    Other(u32),
}

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalView<'a> {
    /// Its [code](crate::refusal::Refusal::code).
    pub code: u16,
    fields: Reader<'a>,
}

impl<'a> RefusalView<'a> {
    /// The seats that `SeatsTaken` names.
    pub fn taken(&self) -> Option<LabelsView<'a>> {
        let mut reader = self.fields;
        (self.code == SEATS_TAKEN).then(|| reader.labels().ok()).flatten()
    }

    /// How many places are free, as `SoldOut` has it.
    pub fn free(&self) -> Option<u64> {
        let mut reader = self.fields;
        (self.code == SOLD_OUT).then(|| reader.number().ok()).flatten()
    }
}

/// A reservation, but for what its client knows already: id, event and customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservationView<'a> {
    /// Where it stands.
    pub status: Status,
    /// What it has or had at last.
    pub places: PlacesView<'a>,
    /// Until when it is or was held.
    pub expires_at: Timestamp,
    /// Whether this request did it.
    pub effect: Effect,
}

/// The places of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlacesView<'a> {
    /// Seats.
    Seats(LabelsView<'a>),
    /// So many standing places.
    Standing(u32),
}

/// Labels of seats, parsed one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelsView<'a> {
    left: u64,
    reader: Reader<'a>,
}

impl<'a> ReplyView<'a> {
    /// The reply that `bytes` begin with, if it is there as a whole.
    ///
    /// # Errors
    /// [`FrameError`]: the stream cannot be trusted any further.
    #[inline]
    pub fn first(bytes: &'a [u8]) -> Result<Option<Self>, FrameError> {
        let Some(frame) = complete_frame(bytes, MAX_REPLY_FRAME_BYTES)? else { return Ok(None) };
        let mut reader = Reader(frame.message);
        let version = reader.number()?;
        let age_ms = reader.small()?;
        Ok(Some(Self {
            correlation: frame.correlation,
            version,
            age_ms,
            frame_bytes: FRAME_HEADER_BYTES + frame.message.len(),
            body: reader.0,
        }))
    }

    /// Looks into the body.
    ///
    /// # Errors
    /// [`FrameError::Malformed`] if it is none of this protocol.
    pub fn body(&self) -> Result<BodyView<'a>, FrameError> {
        let mut reader = Reader(self.body);
        Ok(match reader.small()? {
            REFUSED => {
                let variant = reader.small()?;
                let code = u16::try_from(variant).map_err(|_| malformed("refusal"))?;
                BodyView::Refused(RefusalView { code: code.saturating_add(1), fields: reader })
            }
            EVENT => BodyView::Event(reader.event()?),
            SEATS => BodyView::Seats(reader.seat_map()?),
            RESERVATION => BodyView::Reservation(reader.reservation()?),
            other => BodyView::Other(other),
        })
    }
}

/// The place of `Refused` in [`Body`](crate::reply::Body).
const REFUSED: u32 = 0;
/// The place of `Event` in [`Body`](crate::reply::Body).
const EVENT: u32 = 4;
/// The place of `Seats` in [`Body`](crate::reply::Body).
const SEATS: u32 = 5;
/// The place of `Reservation` in [`Body`](crate::reply::Body).
const RESERVATION: u32 = 7;
/// The code of [`SeatsTaken`](crate::refusal::Refusal::SeatsTaken).
const SEATS_TAKEN: u16 = 16;
/// The code of [`SoldOut`](crate::refusal::Refusal::SoldOut).
const SOLD_OUT: u16 = 17;
/// Bytes of a reservation's id.
const ID_BYTES: usize = 16;

impl Iterator for LabelsView<'_> {
    type Item = Result<SeatLabel, InvalidField>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let text = self.reader.text().ok()?;
        Some(match std::str::from_utf8(text) {
            Ok(text) => SeatLabel::parse(text),
            Err(_) => Err(InvalidField::new("seats", "must be UTF-8")),
        })
    }
}

/// The rest of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn reservation(&mut self) -> Result<ReservationView<'a>, FrameError> {
        self.bytes(ID_BYTES)?;
        self.text()?;
        self.text()?;
        let status = match self.small()? {
            0 => Status::Held,
            1 => Status::Confirmed,
            2 => Status::Released,
            3 => Status::Expired,
            4 => Status::Cancelled,
            _ => return Err(malformed("status")),
        };
        let places = self.places()?;
        self.number()?;
        self.text()?;
        self.number()?;
        let expires_at = Timestamp::from_ms(self.number()?);
        let effect = match self.small()? {
            0 => Effect::Applied,
            1 => Effect::Unchanged,
            _ => return Err(malformed("effect")),
        };
        if !self.0.is_empty() {
            return Err(malformed("frame"));
        }
        Ok(ReservationView { status, places, expires_at, effect })
    }

    fn places(&mut self) -> Result<PlacesView<'a>, FrameError> {
        match self.small()? {
            0 => Ok(PlacesView::Seats(self.labels()?)),
            1 => {
                self.text()?;
                Ok(PlacesView::Standing(self.small()?))
            }
            _ => Err(malformed("places")),
        }
    }

    fn labels(&mut self) -> Result<LabelsView<'a>, FrameError> {
        let labels = LabelsView { left: self.number()?, reader: *self };
        for _ in 0..labels.left {
            self.text()?;
        }
        Ok(labels)
    }

    /// An event's details, of which the counts are summed.
    fn event(&mut self) -> Result<Counts, FrameError> {
        self.text()?;
        self.text()?;
        self.number()?;
        self.text()?;
        if self.number()? == 1 {
            self.number()?;
        }
        for _ in 0..self.number()? {
            self.section()?;
        }
        self.number()?;
        let mut sum = Counts::default();
        for _ in 0..self.number()? {
            self.add_counts(&mut sum)?;
        }
        Ok(sum)
    }

    /// A seat map, of which the counts are summed.
    fn seat_map(&mut self) -> Result<Counts, FrameError> {
        let mut sum = Counts::default();
        for _ in 0..self.number()? {
            self.section()?;
            self.add_counts(&mut sum)?;
            self.text()?;
        }
        Ok(sum)
    }

    /// A section's name, price and layout, over which it goes.
    fn section(&mut self) -> Result<(), FrameError> {
        self.text()?;
        self.number()?;
        match self.number()? {
            0 => {
                for _ in 0..self.number()? {
                    self.number()?;
                }
            }
            1 => {
                self.number()?;
            }
            _ => return Err(malformed("layout")),
        }
        Ok(())
    }

    fn add_counts(&mut self, sum: &mut Counts) -> Result<(), FrameError> {
        for count in [&mut sum.free, &mut sum.held, &mut sum.sold, &mut sum.blocked] {
            *count = count.saturating_add(self.number()?);
        }
        Ok(())
    }

    /// A length and so many bytes.
    fn text(&mut self) -> Result<&'a [u8], FrameError> {
        let length = usize::try_from(self.number()?).map_err(|_| malformed("text"))?;
        self.bytes(length)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], FrameError> {
        let (bytes, rest) = self.0.split_at_checked(length).ok_or_else(|| malformed("frame"))?;
        self.0 = rest;
        Ok(bytes)
    }

    #[inline]
    fn small(&mut self) -> Result<u32, FrameError> {
        u32::try_from(self.number()?).map_err(|_| malformed("number"))
    }

    /// A varint, as SPEC.md has it. Nearly all are of one byte.
    #[inline]
    fn number(&mut self) -> Result<u64, FrameError> {
        let (&first, rest) = self.0.split_first().ok_or_else(|| malformed("frame"))?;
        self.0 = rest;
        if first <= 250 { Ok(first.into()) } else { self.wide_number(first) }
    }

    fn wide_number(&mut self, first: u8) -> Result<u64, FrameError> {
        Ok(match first {
            251 => u16::from_le_bytes(self.array()?).into(),
            252 => u32::from_le_bytes(self.array()?).into(),
            253 => u64::from_le_bytes(self.array()?),
            _ => return Err(malformed("number")),
        })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(|| malformed("frame"))?;
        self.0 = rest;
        Ok(*bytes)
    }
}

#[cold]
fn malformed(what: &str) -> FrameError {
    FrameError::Malformed { why: format!("{what}: not as the protocol has it") }
}
