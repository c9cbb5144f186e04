//! Lists, as fields of messages: read entry by entry, so that a length that lies costs no memory.
//!
//! A `Vec` or a `String` has no place in a message that is decoded: bincode makes room for as much
//! as the length says. [`List`], [`Seats`] and [`Text`](crate::text::Text) do not.

use crate::text::{InvalidField, invalid};
use crate::varint::{decode_length, encode_length};
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::fmt;
use std::ops::{Deref, DerefMut};

/// Reads a list of at most `max` entries. A length above it is refused before an entry is read, and
/// memory grows only with entries that are there.
pub(crate) fn bounded<'de, D, C>(
    decoder: &mut D,
    field: &'static str,
    max: usize,
) -> Result<C, DecodeError>
where
    D: BorrowDecoder<'de>,
    C: Default + IntoIterator + Extend<C::Item>,
    C::Item: BorrowDecode<'de, D::Context>,
{
    let length = decode_length(decoder)?;
    if length > max as u64 {
        return Err(too_long(field, max, length));
    }
    let mut list = C::default();
    for _ in 0..length {
        list.extend(Some(C::Item::borrow_decode(decoder)?));
    }
    Ok(list)
}

#[cold]
fn too_long(field: &'static str, max: usize, length: u64) -> DecodeError {
    invalid(InvalidField::new(field, format!("at most {max} entries, this has {length}")))
}

/// A list around another one, the same on the wire and in JSON; [`List`] and [`Seats`].
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bounded<C, const MAX: usize>(C);

/// A list that is bounded by its frame alone.
pub type List<T> = Bounded<Vec<T>, { usize::MAX }>;

/// At most `MAX` seats, by number or by label. One or two, as most reservations have, lie in it.
pub type Seats<T, const MAX: usize> = Bounded<SmallVec<[T; 2]>, MAX>;

impl<C: fmt::Debug, const MAX: usize> fmt::Debug for Bounded<C, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<C, const MAX: usize> Deref for Bounded<C, MAX> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.0
    }
}

impl<C, const MAX: usize> DerefMut for Bounded<C, MAX> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.0
    }
}

impl<C: From<Vec<T>>, T, const MAX: usize> From<Vec<T>> for Bounded<C, MAX> {
    fn from(entries: Vec<T>) -> Self {
        Self(entries.into())
    }
}

impl<T> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.0
    }
}

impl<T, const MAX: usize> From<SmallVec<[T; 2]>> for Seats<T, MAX> {
    fn from(seats: SmallVec<[T; 2]>) -> Self {
        Self(seats)
    }
}

impl<C: FromIterator<T>, T, const MAX: usize> FromIterator<T> for Bounded<C, MAX> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl<C: IntoIterator, const MAX: usize> IntoIterator for Bounded<C, MAX> {
    type Item = C::Item;
    type IntoIter = C::IntoIter;

    fn into_iter(self) -> C::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, C, const MAX: usize> IntoIterator for &'a Bounded<C, MAX>
where
    &'a C: IntoIterator,
{
    type Item = <&'a C as IntoIterator>::Item;
    type IntoIter = <&'a C as IntoIterator>::IntoIter;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<C: Deref<Target = [T]>, T: Encode, const MAX: usize> Encode for Bounded<C, MAX> {
    #[inline]
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_length(self.0.len(), encoder)?;
        self.0.iter().try_for_each(|entry| entry.encode(encoder))
    }
}

impl<'de, Context, C, const MAX: usize> BorrowDecode<'de, Context> for Bounded<C, MAX>
where
    C: Default + IntoIterator + Extend<C::Item>,
    C::Item: BorrowDecode<'de, Context>,
{
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = Context>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        // Only lists of seats have a bound.
        bounded(decoder, "seats", MAX).map(Self)
    }
}
