//! How a journal is laid out, and when a batch counts as written.

/// How a journal is laid out. What was written with other options is read all the same.
#[derive(Debug, Clone, Copy)]
pub struct JournalOptions {
    /// Bytes of a segment: a multiple of 4 KiB, at most 1 GiB, with room for the largest batch and
    /// 16 KiB more.
    pub segment_bytes: u64,
    /// Bytes that a batch's body may have.
    pub max_body_bytes: u64,
    /// When a batch counts as written.
    pub writing: Writing,
    /// A random number, used where the journal is created. It is a secret: with it, batches can be
    /// forged.
    pub new_key: u64,
}

impl JournalOptions {
    /// Segments of 64 MiB, batches of up to 8 MiB, every one durable before it is acknowledged.
    pub const fn new(new_key: u64) -> Self {
        Self {
            segment_bytes: 64 << 20,
            max_body_bytes: 8 << 20,
            writing: Writing::Durable,
            new_key,
        }
    }
}

/// When a batch counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// When it is durable: `--sync always`, the promise.
    Durable = 0,
    /// When the operating system has it; it becomes durable by the next `Journal::sync`. A loss
    /// of power may take everything since then, and recovery accepts that.
    Lax = 1,
}
