//! Writes values at the end of a buffer.

use super::{EIGHT_BYTES, FOUR_BYTES, ONE_BYTE, TWO_BYTES};
use bytes::{BufMut, BytesMut};
use serde::ser::{
    Error, Impossible, Serialize, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};
use std::fmt::Display;
use thiserror::Error;

/// A value that has no place on the wire: of a kind that SPEC.md does not have.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct Unwritable(Box<str>);

impl Error for Unwritable {
    fn custom<T: Display>(why: T) -> Self {
        Self(why.to_string().into())
    }
}

fn unknown<T>(kind: &str) -> Result<T, Unwritable> {
    Err(Unwritable::custom(format_args!("the wire has no {kind}")))
}

/// Writes values where `dst` ends.
pub(crate) struct Writer<'a> {
    dst: &'a mut BytesMut,
}

impl<'a> Writer<'a> {
    pub(crate) const fn new(dst: &'a mut BytesMut) -> Self {
        Self { dst }
    }

    #[inline]
    fn integer(&mut self, value: u64) {
        let bytes = value.to_le_bytes();
        let [a, b, c, d, ..] = bytes;
        if value <= u64::from(ONE_BYTE) {
            self.dst.put_u8(a);
        } else if value <= u64::from(u16::MAX) {
            self.dst.put_slice(&[TWO_BYTES, a, b]);
        } else if value <= u64::from(u32::MAX) {
            self.dst.put_slice(&[FOUR_BYTES, a, b, c, d]);
        } else {
            let [.., e, f, g, h] = bytes;
            self.dst.put_slice(&[EIGHT_BYTES, a, b, c, d, e, f, g, h]);
        }
    }
}

/// Kinds that are an integer, and kinds that the wire does not have.
macro_rules! scalars {
    (integers: $($integer:ident($number:ty))*; none: $($none:ident($other:ty))*) => {
        $(
            #[inline]
            fn $integer(self, value: $number) -> Result<(), Unwritable> {
                self.integer(u64::from(value));
                Ok(())
            }
        )*
        $(
            fn $none(self, _: $other) -> Result<(), Unwritable> {
                unknown(stringify!($other))
            }
        )*
    };
}

impl<'a, 'b> Serializer for &'b mut Writer<'a> {
    type Ok = ();
    type Error = Unwritable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Impossible<(), Unwritable>;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    scalars! {
        integers: serialize_u16(u16) serialize_u32(u32) serialize_u64(u64);
        none: serialize_bool(bool) serialize_char(char) serialize_i8(i8) serialize_i16(i16)
            serialize_i32(i32) serialize_i64(i64) serialize_f32(f32) serialize_f64(f64)
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), Unwritable> {
        self.dst.put_u8(value);
        Ok(())
    }

    #[inline]
    fn serialize_str(self, text: &str) -> Result<(), Unwritable> {
        self.serialize_bytes(text.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, bytes: &[u8]) -> Result<(), Unwritable> {
        self.integer(bytes.len() as u64);
        self.dst.put_slice(bytes);
        Ok(())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Unwritable> {
        self.serialize_u8(0)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unwritable> {
        self.dst.put_u8(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unwritable> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unwritable> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
    ) -> Result<(), Unwritable> {
        self.serialize_u32(variant)
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unwritable> {
        self.integer(variant.into());
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Unwritable> {
        let Some(length) = length else { return unknown("list of unknown length") };
        self.integer(length as u64);
        Ok(self)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.integer(variant.into());
        Ok(self)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Unwritable> {
        unknown("map")
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unwritable> {
        Ok(self)
    }

    #[inline]
    fn serialize_struct_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unwritable> {
        self.integer(variant.into());
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// Whatever has parts is its parts, one after the other.
macro_rules! parts {
    ($($compound:ident: $part:ident($($name:ty)?);)*) => {$(
        impl $compound for &mut Writer<'_> {
            type Ok = ();
            type Error = Unwritable;

            #[inline]
            fn $part<T: Serialize + ?Sized>(
                &mut self,
                $(_: $name,)?
                value: &T,
            ) -> Result<(), Unwritable> {
                value.serialize(&mut **self)
            }

            #[inline]
            fn end(self) -> Result<(), Unwritable> {
                Ok(())
            }
        }
    )*};
}

parts! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}
