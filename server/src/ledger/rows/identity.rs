//! The identity of a state file: its format, its folder's number, and the key of fingerprints.

/// The newest format that this server knows, and the one that it writes.
pub const FORMAT: u32 = 1;

/// Marks the file as ours for `file` and for SQLite: "BXOF".
pub(super) const APPLICATION_ID: u32 = 0x4258_4F46;

/// The part of a state file that never changes as long as its data folder lives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// Tells the folder from others.
    pub folder: u64,
    /// The secret under which repeated requests are known again.
    pub fingerprint_key: [u8; 16],
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("folder", &self.folder).finish_non_exhaustive()
    }
}
