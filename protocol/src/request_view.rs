//! Prefetch: which event and customer the next requests are for, before any of them is decoded.

use crate::frame::{complete_frame, decode_first};
use crate::limits::{FRAME_HEADER_BYTES, MAX_REQUEST_FRAME_BYTES};
use crate::request::RequestKind;
use crate::varint::decode_bytes;
use bincode::BorrowDecode;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;

/// The names in a `Hold` or `Reserve`, as they were sent: no rule was checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewReservationView<'a> {
    pub event: &'a [u8],
    pub customer: &'a [u8],
}

/// A name as it was sent.
struct Unchecked<'a>(&'a [u8]);

impl<'de, C> BorrowDecode<'de, C> for Unchecked<'de> {
    #[inline(always)]
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_bytes(decoder).map(Self)
    }
}

/// The new reservations that the first frames ask for. It ends at the first frame that asks for
/// something else, has not arrived as a whole, or is malformed.
pub fn new_reservations(mut bytes: &[u8]) -> impl Iterator<Item = NewReservationView<'_>> {
    std::iter::from_fn(move || {
        let message = complete_frame(bytes, MAX_REQUEST_FRAME_BYTES).ok()??.message;
        bytes = &bytes[FRAME_HEADER_BYTES + message.len()..];
        new_reservation(message)
    })
}

fn new_reservation(message: &[u8]) -> Option<NewReservationView<'_>> {
    let kind = *message.first()?;
    if kind != RequestKind::Hold as u8 && kind != RequestKind::Reserve as u8 {
        return None;
    }
    // Both begin with their number, the id, the event and the customer.
    let ((_, _, event, customer), _) =
        decode_first::<(u8, [u8; 16], Unchecked<'_>, Unchecked<'_>)>(message).ok()?;
    Some(NewReservationView { event: event.0, customer: customer.0 })
}
