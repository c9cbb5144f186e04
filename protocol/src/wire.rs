//! How fields are read from the wire where serde's own way would trust the sender too far: lists
//! that claim more entries than they may have, texts whose length is a lie, and faults that would
//! not name their field.

use crate::limits::{
    MAX_RESERVATION_PLACES, MAX_ROWS, MAX_SECTIONS, MAX_STARTS_AT_MS, MAX_UPDATE_SEATS,
};
use crate::text::{InvalidField, Parsed};
use crate::time::Timestamp;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroU32;

/// What sixteen single bytes are called where they are read, so that they can be read as one.
pub(crate) const SIXTEEN_BYTES: &str = "SixteenBytes";

/// Reads sixteen bytes.
pub(crate) fn sixteen_bytes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; 16], D::Error> {
    struct Sixteen;
    impl<'de> Visitor<'de> for Sixteen {
        type Value = [u8; 16];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("16 bytes")
        }

        fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; 16], E> {
            bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(
            self,
            one_by_one: D,
        ) -> Result<[u8; 16], D::Error> {
            Deserialize::deserialize(one_by_one)
        }
    }
    deserializer.deserialize_newtype_struct(SIXTEEN_BYTES, Sixteen)
}

/// Reads a list of at most `max` entries. Refuses a claim of more before it reads any, and lets
/// memory grow only with entries that are really there.
pub(crate) fn bounded<'de, D, C, T>(
    deserializer: D,
    field: &'static str,
    max: usize,
) -> Result<C, D::Error>
where
    D: Deserializer<'de>,
    C: Default + Extend<T>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_seq(BoundedList { field, max, kind: PhantomData })
}

struct BoundedList<C, T> {
    field: &'static str,
    max: usize,
    kind: PhantomData<fn() -> (C, T)>,
}

impl<C, T> BoundedList<C, T> {
    fn too_long<E: Error>(&self, entries: usize) -> E {
        let why = format!("at most {} entries, this has {entries}", self.max);
        E::custom(InvalidField::new(self.field, why))
    }
}

impl<'de, C: Default + Extend<T>, T: Deserialize<'de>> Visitor<'de> for BoundedList<C, T> {
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: a list of at most {} entries", self.field, self.max)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<C, A::Error> {
        if let Some(claimed) = entries.size_hint().filter(|&claimed| claimed > self.max) {
            return Err(self.too_long(claimed));
        }
        let mut list = C::default();
        let mut length = 0;
        while let Some(entry) = entries.next_element()? {
            length += 1;
            if length > self.max {
                return Err(self.too_long(length));
            }
            list.extend(Some(entry));
        }
        Ok(list)
    }
}

/// Reads a text of any length that is really there.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_bytes(Parsed("text", |text| Ok(text.to_owned())))
}

/// Reads an event's limit a customer.
pub(crate) fn max_per_customer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<NonZeroU32, D::Error> {
    NonZeroU32::new(u32::deserialize(deserializer)?).ok_or_else(|| {
        D::Error::custom(InvalidField::new("max_per_customer", "must be at least 1, or left out"))
    })
}

/// Reads an event's limit a customer, if it has one.
pub(crate) fn optional_max_per_customer<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NonZeroU32>, D::Error> {
    #[derive(Deserialize)]
    struct Limit(#[serde(deserialize_with = "max_per_customer")] NonZeroU32);
    Ok(Option::<Limit>::deserialize(deserializer)?.map(|limit| limit.0))
}

/// Reads when an event begins: a time that RFC 3339 can write.
pub(crate) fn starts_at<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let time = Timestamp::deserialize(deserializer)?;
    if time.as_ms() <= MAX_STARTS_AT_MS {
        Ok(time)
    } else {
        Err(D::Error::custom(InvalidField::new("starts_at", "must be before the year 10000")))
    }
}

/// Reads when an event begins, if an update says it.
pub(crate) fn optional_starts_at<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    struct StartsAt(#[serde(deserialize_with = "starts_at")] Timestamp);
    Ok(Option::<StartsAt>::deserialize(deserializer)?.map(|time| time.0))
}

/// Defines readers of bounded lists, to be named in `#[serde(deserialize_with)]`.
macro_rules! bounded_lists {
    ($($(#[$doc:meta])* $name:ident: $field:literal, $max:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) fn $name<'de, D, C, T>(deserializer: D) -> Result<C, D::Error>
        where
            D: Deserializer<'de>,
            C: Default + Extend<T> + IntoIterator<Item = T>,
            T: Deserialize<'de>,
        {
            bounded(deserializer, $field, $max)
        }
    )*};
}

bounded_lists! {
    /// Sections of an event, or of an update.
    sections: "sections", MAX_SECTIONS;
    /// Rows of a section.
    rows: "sections", MAX_ROWS;
    /// Seats to block.
    block: "block", MAX_UPDATE_SEATS;
    /// Seats to unblock.
    unblock: "unblock", MAX_UPDATE_SEATS;
    /// Seats of one reservation.
    reservation_seats: "seats", MAX_RESERVATION_PLACES as usize;
    /// A list that is bounded by its frame alone.
    list: "list", usize::MAX;
    /// Seats that one change moved into one state.
    changed_seats: "seats", MAX_UPDATE_SEATS;
}
