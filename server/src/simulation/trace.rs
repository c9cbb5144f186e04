//! What happened, byte for byte, as one number: the same seed has to make the same one.

use std::hash::{DefaultHasher, Hasher};

/// A hash of everything that was noted. Its keys are fixed.
#[derive(Default)]
pub(super) struct Trace(DefaultHasher);

impl Trace {
    pub(super) fn note(&mut self, what: &[u8]) {
        self.0.write_usize(what.len());
        self.0.write(what);
    }

    pub(super) fn note_number(&mut self, number: u64) {
        self.0.write_u64(number);
    }

    pub(super) fn finish(&self) -> u64 {
        self.0.finish()
    }
}
