//! Prefetch: which event and customer the next requests are for, before any of them is decoded.

use crate::frame::{complete_frame, decode_first};
use crate::limits::{FRAME_HEADER_BYTES, MAX_REQUEST_FRAME_BYTES};
use crate::request::RequestKind;
use bincode::BorrowDecode;

/// How `Hold` and `Reserve` begin. The names are as they were sent: no rule was checked yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorrowDecode)]
pub struct NewReservationView<'a> {
    kind: u8,
    id: [u8; 16],
    pub event: &'a [u8],
    pub customer: &'a [u8],
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
    Some(decode_first(message).ok()?.0)
}
