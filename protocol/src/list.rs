//! Lists, as fields of messages: read entry by entry, so that a length that lies costs no memory.
//!
//! A `Vec` or a `String` has no place in a message that is decoded: bincode makes room for as much
//! as the length says. [`List`], [`Seats`] and [`Text`](crate::text::Text) do not.

use crate::limits::MAX_RESERVATION_PLACES;
use crate::text::{InvalidField, invalid};
use crate::varint::{decode_length, encode_length};
use bincode::de::BorrowDecoder;
use bincode::de::read::Reader;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use smallvec::{Array, SmallVec};
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
    C: Grow,
    C::Entry: BorrowDecode<'de, D::Context>,
{
    let length = decode_length(decoder)?;
    if length > max as u64 {
        return Err(too_long(field, max, length));
    }
    let mut list = C::default();
    if let Some(room) = room::<_, C::Entry>(decoder, length) {
        list.reserve(room);
    }
    for _ in 0..length {
        list.push(C::Entry::borrow_decode(decoder)?);
    }
    Ok(list)
}

/// How many entries get their room at once: a few, where there are bytes enough for them, so that
/// memory does not grow with a length that lies.
fn room<'de, D: BorrowDecoder<'de>, T>(decoder: &mut D, length: u64) -> Option<usize> {
    let entries = usize::try_from(length).ok().filter(|&entries| entries <= AT_ONCE)?;
    let bytes = entries * size_of::<T>().div_ceil(MEMORY_A_BYTE);
    decoder.borrow_reader().peek_read(bytes).map(|_| entries)
}

/// Lists up to this length get their room at once.
const AT_ONCE: usize = MAX_RESERVATION_PLACES as usize;

/// Bytes of memory that each byte of a message may take before it is read.
const MEMORY_A_BYTE: usize = 8;

/// A list that is read entry by entry.
pub(crate) trait Grow: Default {
    type Entry;

    fn reserve(&mut self, more: usize);
    fn push(&mut self, entry: Self::Entry);
}

impl<T> Grow for Vec<T> {
    type Entry = T;

    fn reserve(&mut self, more: usize) {
        self.reserve(more);
    }

    fn push(&mut self, entry: T) {
        self.push(entry);
    }
}

impl<A: Array> Grow for SmallVec<A> {
    type Entry = A::Item;

    fn reserve(&mut self, more: usize) {
        self.reserve(more);
    }

    #[inline]
    fn push(&mut self, entry: A::Item) {
        self.push(entry);
    }
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
    C: Grow,
    C::Entry: BorrowDecode<'de, Context>,
{
    #[inline]
    fn borrow_decode<D: BorrowDecoder<'de, Context = Context>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        // Only lists of seats have a bound.
        bounded(decoder, "seats", MAX).map(Self)
    }
}
