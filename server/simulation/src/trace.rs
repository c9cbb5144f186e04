//! What happened, byte for byte, as one number: the same seed has to make the same one.

use std::hash::{DefaultHasher, Hasher};

/// A hash of everything that was noted. Its keys are fixed.
#[derive(Default)]
pub(crate) struct Trace(DefaultHasher);

impl Trace {
    pub(crate) fn note(&mut self, what: &[u8]) {
        self.0.write_usize(what.len());
        self.0.write(what);
    }

    pub(crate) fn note_number(&mut self, number: u64) {
        self.0.write_u64(number);
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0.finish()
    }
}
