//! Reads values where they lie. Nothing is allocated here, and no length is believed: who reads a
//! list gets one entry after the other, as long as there are bytes.

use super::{EIGHT_BYTES, FOUR_BYTES, ONE_BYTE, TWO_BYTES};
use crate::wire::SIXTEEN_BYTES;
use serde::de::value::U32Deserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, SeqAccess, VariantAccess,
    Visitor,
};
use std::fmt::Display;
use thiserror::Error;

/// Bytes that are not the value that they should be. Why they are not, bincode says.
#[derive(Debug, Error)]
#[error("unreadable")]
pub(crate) struct Unreadable;

impl Error for Unreadable {
    #[cold]
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// Reads values from the front of its bytes.
pub(crate) struct Reader<'de> {
    bytes: &'de [u8],
}

impl<'de> Reader<'de> {
    pub(crate) const fn new(bytes: &'de [u8]) -> Self {
        Self { bytes }
    }

    /// What has not been read.
    pub(crate) const fn rest(&self) -> &'de [u8] {
        self.bytes
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, Unreadable> {
        let Some((&byte, rest)) = self.bytes.split_first() else {
            return Err(Unreadable);
        };
        self.bytes = rest;
        Ok(byte)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let Some((bytes, rest)) = self.bytes.split_first_chunk() else {
            return Err(Unreadable);
        };
        self.bytes = rest;
        Ok(*bytes)
    }

    /// An integer of at most so many bytes, besides the one that says how many.
    #[inline]
    fn integer(&mut self, most: usize) -> Result<u64, Unreadable> {
        match self.byte()? {
            byte @ ..=ONE_BYTE => Ok(byte.into()),
            TWO_BYTES => self.array().map(|bytes| u16::from_le_bytes(bytes).into()),
            FOUR_BYTES if most >= 4 => self.array().map(|bytes| u32::from_le_bytes(bytes).into()),
            EIGHT_BYTES if most >= 8 => self.array().map(u64::from_le_bytes),
            _ => Err(Unreadable),
        }
    }

    #[inline]
    fn u32(&mut self) -> Result<u32, Unreadable> {
        self.integer(4)?.try_into().map_err(|_| Unreadable)
    }

    /// The length of a list or of bytes. It may be a lie.
    #[inline]
    fn length(&mut self) -> Result<usize, Unreadable> {
        self.integer(8)?.try_into().map_err(|_| Unreadable)
    }

    #[inline]
    fn slice(&mut self) -> Result<&'de [u8], Unreadable> {
        let length = self.length()?;
        let Some((slice, rest)) = self.bytes.split_at_checked(length) else {
            return Err(Unreadable);
        };
        self.bytes = rest;
        Ok(slice)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    #[inline]
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u8(self.byte()?)
    }

    #[inline]
    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u16(self.integer(2)?.try_into().map_err(|_| Unreadable)?)
    }

    #[inline]
    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u32(self.u32()?)
    }

    #[inline]
    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.integer(8)?)
    }

    #[inline]
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_borrowed_bytes(self.slice()?)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.byte()? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(self),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if name == SIXTEEN_BYTES {
            return visitor.visit_bytes(&self.array::<16>()?);
        }
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let left = self.length()?;
        visitor.visit_seq(Parts { reader: self, left })
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(Parts { reader: self, left: length })
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(length, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(fields.len(), visitor)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool char i8 i16 i32 i64 i128 u128 f32 f64 str string byte_buf unit_struct map identifier
        ignored_any
    }
}

/// The entries of a list, or the fields of something.
struct Parts<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Parts<'_, 'de> {
    type Error = Unreadable;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> EnumAccess<'de> for &mut Reader<'de> {
    type Error = Unreadable;
    type Variant = Self;

    #[inline]
    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), Unreadable> {
        let variant: U32Deserializer<Unreadable> = self.u32()?.into_deserializer();
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Reader<'de> {
    type Error = Unreadable;

    #[inline]
    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    #[inline]
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, Unreadable> {
        seed.deserialize(self)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(length, visitor)
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(fields.len(), visitor)
    }
}
