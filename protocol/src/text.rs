//! Texts, as fields of messages: those of [`id`](crate::id), each with a rule and all from one macro,
//! and [`Text`], which has none. The rules are in [`text_rules`](crate::text_rules).

use crate::varint::{decode_bytes, encode_bytes};
use bincode::de::BorrowDecoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;
use thiserror::Error;

/// A text, number or list from outside that breaks its type's rule.
///
/// On the wire it becomes [`Refusal::Invalid`](crate::refusal::Refusal::Invalid).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field}: {why}")]
pub struct InvalidField {
    /// What was wrong, in the words of SPEC.md: `event`, `customer`, `seats`, …
    pub field: &'static str,
    /// What to do about it.
    pub why: String,
}

impl InvalidField {
    /// An error about `field`; `why` says what would be right.
    pub fn new(field: &'static str, why: impl Into<String>) -> Self {
        Self { field, why: why.into() }
    }
}

/// Defines a text type: held to a rule by `$check`, a string on the wire. It is kept in a `T`: by
/// default in `$kept` or inline up to 24 bytes, or as a `&str` where it lies in what it was read from.
/// What people write gets its one spelling when it is parsed; on the wire it has it. A text of `lines`
/// may have line breaks. What is `secret` is taken byte by byte, and not shown for debugging, where it
/// could get into a log.
macro_rules! text_type {
    ($(#[$doc:meta])* secret $name:ident, $($rule:tt)*) => {
        crate::text::text_type!(@type std::borrow::Cow::Borrowed, $(#[$doc])* $name, $($rule)*);

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
    ($(#[$doc:meta])* lines $name:ident, $($rule:tt)*) => {
        crate::text::text_type!(
            @shown crate::written::normalized_lines, $(#[$doc])* $name, $($rule)*
        );
    };
    ($(#[$doc:meta])* $name:ident, $($rule:tt)*) => {
        crate::text::text_type!(@shown crate::written::normalized, $(#[$doc])* $name, $($rule)*);
    };
    (@shown $written:expr, $(#[$doc:meta])* $name:ident, $($rule:tt)*) => {
        crate::text::text_type!(@type $written, $(#[$doc])* $name, $($rule)*);

        impl<T: std::fmt::Debug> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
    (@type $written:expr, $(#[$doc:meta])* $name:ident, $field:literal, $max:expr, $check:path) => {
        crate::text::text_type!(
            @type $written, $(#[$doc])* $name, $field, $max, $check, compact_str::CompactString
        );
    };
    (
        @type $written:expr,
        $(#[$doc:meta])* $name:ident, $field:literal, $max:expr, $check:path, $kept:ty
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name<T = $kept>(T);

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            /// [`InvalidField`](crate::InvalidField) says what would be right.
            pub fn parse(text: &str) -> Result<Self, crate::text::InvalidField> {
                Self::checked(&$written(text))
            }
        }

        impl<T> $name<T> {
            /// Takes a text that obeys the rule.
            #[inline]
            fn checked<'a>(text: &'a str) -> Result<Self, crate::text::InvalidField>
            where
                T: From<&'a str>,
            {
                $check($field, text, $max)?;
                Ok(Self(text.into()))
            }
        }

        impl<T: AsRef<str>> $name<T> {
            #[inline]
            pub fn as_str(&self) -> &str {
                self.0.as_ref()
            }

            /// The same, lent.
            #[inline]
            pub fn borrowed(&self) -> $name<&str> {
                $name(self.as_str())
            }

            /// The same, with its text kept in another way.
            pub fn kept<'a, U: From<&'a str>>(&'a self) -> $name<U> {
                $name(self.as_str().into())
            }

            /// The same, with its text kept in it.
            pub fn to_owned(&self) -> $name {
                $name(self.as_str().into())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::text::InvalidField;

            fn from_str(text: &str) -> Result<Self, crate::text::InvalidField> {
                Self::parse(text)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl<T: AsRef<str>> std::fmt::Display for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl<T: AsRef<str>> bincode::Encode for $name<T> {
            #[inline]
            fn encode<E: bincode::enc::Encoder>(
                &self,
                encoder: &mut E,
            ) -> Result<(), bincode::error::EncodeError> {
                crate::text::encode_text(self.as_str(), encoder)
            }
        }

        impl<'de, C, T: From<&'de str>> bincode::BorrowDecode<'de, C> for $name<T> {
            #[inline]
            fn borrow_decode<D: bincode::de::BorrowDecoder<'de, Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, bincode::error::DecodeError> {
                crate::text::decode_text(decoder, $field, Self::checked)
            }
        }

        impl<T: AsRef<str>> serde::Serialize for $name<T> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de, T: for<'a> From<&'a str>> serde::Deserialize<'de> for $name<T> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::text::deserialize_text(deserializer, |text| Self::checked(&$written(text)))
            }
        }
    };
}
pub(crate) use text_type;

/// Writes a text: its length and its bytes.
#[inline]
pub(crate) fn encode_text<E: Encoder>(text: &str, encoder: &mut E) -> Result<(), EncodeError> {
    encode_bytes(text.as_bytes(), encoder)
}

/// Reads a text by parsing it where it lies.
#[inline]
pub(crate) fn decode_text<'de, D: BorrowDecoder<'de>, T>(
    decoder: &mut D,
    field: &'static str,
    parse: impl FnOnce(&'de str) -> Result<T, InvalidField>,
) -> Result<T, DecodeError> {
    match std::str::from_utf8(decode_bytes(decoder)?) {
        Ok(text) => parse(text).map_err(invalid),
        Err(_) => Err(invalid(InvalidField::new(field, "must be UTF-8"))),
    }
}

/// The same from JSON.
pub(crate) fn deserialize_text<'de, D: serde::Deserializer<'de>, T>(
    deserializer: D,
    parse: fn(&str) -> Result<T, InvalidField>,
) -> Result<T, D::Error> {
    deserializer.deserialize_bytes(Parsed(parse))
}

/// Parses a string where it lies. It asks for bytes, so that text that is not UTF-8 is refused as
/// the field it is in, and not as something that is no JSON.
struct Parsed<T>(fn(&str) -> Result<T, InvalidField>);

impl<T> serde::de::Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.0)(text).map_err(E::custom)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<T, E> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.visit_str(text),
            Err(_) => Err(E::custom("is not UTF-8")),
        }
    }
}

/// Takes a field's fault through bincode, whose errors carry nothing but text.
#[cold]
#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
pub(crate) fn invalid(fault: InvalidField) -> DecodeError {
    DecodeError::OtherString(fault.to_string())
}

/// Text of any length and content, for people to read: why something was refused, what a server
/// calls itself.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

impl Text {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, text: &str) -> bool {
        self.0 == text
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, text: &&str) -> bool {
        self.0 == *text
    }
}

impl Encode for Text {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_text(&self.0, encoder)
    }
}

impl<'de, C> BorrowDecode<'de, C> for Text {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        decode_text(decoder, "text", |text| Ok(Self(text.to_owned())))
    }
}
