//! Lengths and short numbers as bincode writes them. Nearly all are below 251 and take one byte, which
//! costs less to handle here than a call of bincode does; bincode reads and writes all others.

use bincode::Encode;
use bincode::de::read::{BorrowReader, Reader};
use bincode::de::{BorrowDecoder, Decode};
use bincode::enc::Encoder;
use bincode::enc::write::Writer;
use bincode::error::{DecodeError, EncodeError};

/// The largest number of one byte. Bytes above it say how long a number is.
const ONE_BYTE: u8 = 250;

/// Writes a length.
#[inline(always)]
pub(crate) fn encode_length<E: Encoder>(length: usize, encoder: &mut E) -> Result<(), EncodeError> {
    match u8::try_from(length) {
        Ok(byte @ ..=ONE_BYTE) => encoder.writer().write(&[byte]),
        _ => (length as u64).encode(encoder),
    }
}

/// Writes bytes after their length.
#[inline]
pub(crate) fn encode_bytes<E: Encoder>(bytes: &[u8], encoder: &mut E) -> Result<(), EncodeError> {
    encode_length(bytes.len(), encoder)?;
    encoder.writer().write(bytes)
}

/// Reads a length.
#[inline(always)]
pub(crate) fn decode_length<'de, D: BorrowDecoder<'de>>(
    decoder: &mut D,
) -> Result<u64, DecodeError> {
    match decoder.borrow_reader().peek_read(1) {
        Some(&[byte @ ..=ONE_BYTE]) => {
            decoder.borrow_reader().consume(1);
            Ok(byte.into())
        }
        _ => u64::decode(decoder),
    }
}

/// Reads a length and as many bytes, where they lie.
#[inline(always)]
pub(crate) fn decode_bytes<'de, D: BorrowDecoder<'de>>(
    decoder: &mut D,
) -> Result<&'de [u8], DecodeError> {
    let length = decode_length(decoder)?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    decoder.borrow_reader().take_bytes(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{decode, encode};
    use bincode::BorrowDecode;
    use bytes::BytesMut;

    /// A length that is read and written here.
    #[derive(Debug, PartialEq)]
    struct Length(u64);

    impl Encode for Length {
        fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
            encode_length(usize::try_from(self.0).expect("64 bits"), encoder)
        }
    }

    impl<'de, C> BorrowDecode<'de, C> for Length {
        fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
            decoder: &mut D,
        ) -> Result<Self, DecodeError> {
            decode_length(decoder).map(Self)
        }
    }

    #[test]
    fn lengths_are_bincodes() {
        for length in [0, 1, 250, 251, 252, 255, 256, 65_535, 65_536, u64::from(u32::MAX) + 1] {
            let (mut ours, mut bincodes) = (BytesMut::new(), BytesMut::new());
            encode(&Length(length), &mut ours);
            encode(&length, &mut bincodes);
            assert_eq!(ours, bincodes, "{length}");
            assert_eq!(decode(&ours), Ok(Length(length)));
        }
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        struct Raw;
        impl<'de, C> BorrowDecode<'de, C> for Raw {
            fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, DecodeError> {
                decode_bytes(decoder).map(|_| Self)
            }
        }
        for bytes in [&[][..], &[1], &[251, 1], &[253, 255, 255, 255, 255, 255, 255, 255, 255]] {
            assert!(decode::<Raw>(bytes).is_err(), "{bytes:?}");
        }
    }
}
