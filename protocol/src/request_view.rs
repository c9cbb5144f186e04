//! Requests seen where they lie, before they are read: for a server that wants to know whom the
//! next ones are for, so that the processor can fetch what it has of all of them at once.

use crate::frame::complete_frame;
use crate::limits::{FRAME_HEADER_BYTES, MAX_REQUEST_FRAME_BYTES};
use crate::request_kind::RequestKind;

const HOLD: u8 = RequestKind::Hold as u8;
const RESERVE: u8 = RequestKind::Reserve as u8;

/// What a new reservation is for, as it is spelt: nobody has judged it yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewReservationView<'a> {
    /// Its event.
    pub event: &'a [u8],
    /// Its customer.
    pub customer: &'a [u8],
}

/// The new reservations that the first frames ask for; it ends at the first frame that asks for
/// something else, is not whole, or is no such thing.
pub fn new_reservations(mut bytes: &[u8]) -> impl Iterator<Item = NewReservationView<'_>> {
    std::iter::from_fn(move || {
        let message = complete_frame(bytes, MAX_REQUEST_FRAME_BYTES).ok()??.message;
        bytes = &bytes[FRAME_HEADER_BYTES + message.len()..];
        new_reservation(message)
    })
}

fn new_reservation(message: &[u8]) -> Option<NewReservationView<'_>> {
    let (&(HOLD | RESERVE), named) = message.split_first()? else { return None };
    let (_id, names) = named.split_first_chunk::<16>()?;
    let (event, names) = name(names)?;
    let (customer, _) = name(names)?;
    Some(NewReservationView { event, customer })
}

/// A name and what is behind it. The lengths that names have are one byte.
fn name(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&length, rest) = bytes.split_first()?;
    rest.split_at_checked(length.into())
}
