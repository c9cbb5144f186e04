//! Leases: which server is there, and which work is whose.

/// A lease. It is its holder's alone until it ends, by the engine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub holder: String,
    /// What the holder tells the others, such as its address.
    pub body: Vec<u8>,
    /// In the engine's time.
    pub until_ms: u64,
}

/// The answer to a holder that wants a lease, or more time with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseAnswer {
    Granted {
        until_ms: u64,
    },
    /// Another holder has it.
    Held(Lease),
}
