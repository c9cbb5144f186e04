//! Fingerprints of rows, by which a later run knows them.

use siphasher::sip128::{Hasher128 as _, SipHasher13};
use std::fmt::Write as _;
use std::hash::Hasher as _;
use std::io::{self, BufRead};

/// A hash of a row, or of a part of it: SipHash-1-3 of 128 bits with a key of zeros. It reveals edits, not
/// attacks: an attacker that can write the input can write the results too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RowFingerprint([u8; 16]);

impl RowFingerprint {
    /// As 32 hexadecimal digits.
    pub(crate) fn to_text(self) -> String {
        self.0.iter().fold(String::with_capacity(32), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The fingerprint of everything that a reader has.
    pub(crate) fn of_all(mut reader: impl BufRead) -> io::Result<Self> {
        let mut hasher = RowFingerprinter::new(None);
        loop {
            let bytes = reader.fill_buf()?;
            let read = bytes.len();
            if read == 0 {
                return Ok(hasher.finish());
            }
            hasher.write(bytes);
            reader.consume(read);
        }
    }

    /// The fingerprint of a row that is there for the `n`th time, counted from 0.
    pub(crate) fn nth(self, n: u32) -> Self {
        if n == 0 {
            return self;
        }
        let mut hasher = RowFingerprinter::new(Some(&self));
        hasher.write(&n.to_le_bytes());
        hasher.finish()
    }

    /// The inverse of [`to_text`](Self::to_text).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| well_formed)?;
        Some(Self(number.to_be_bytes()))
    }
}

pub(super) struct RowFingerprinter(SipHasher13);

impl RowFingerprinter {
    pub(super) fn new(header: Option<&RowFingerprint>) -> Self {
        let mut hasher = SipHasher13::new();
        hasher.write(header.map_or(&[], |header| header.0.as_slice()));
        Self(hasher)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    pub(super) fn finish(&self) -> RowFingerprint {
        RowFingerprint(self.0.finish128().as_bytes())
    }
}
