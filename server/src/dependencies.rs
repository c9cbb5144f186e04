//! What a server needs and no setting chooses.

use crate::clock::Clock;
#[cfg(feature = "simulation")]
use crate::ledger::Ledger;
use crate::randomness::Randomness;
#[cfg(feature = "simulation")]
use boxoffice_store::Store;
#[cfg(feature = "simulation")]
use std::sync::Arc;

/// Dependencies of a server that are no settings. The program has the machine's; tests and benches
/// give their own.
#[derive(Clone, Default)]
pub struct Dependencies {
    /// The clock; the system's if left out.
    pub clock: Option<Clock>,
    /// Where keys and hash functions come from.
    pub randomness: Randomness,
    /// Where changes become durable, instead of the store that the settings name.
    #[cfg(feature = "simulation")]
    pub ledger: Option<Arc<Ledger>>,
    /// The store that several servers share, instead of one that the settings name.
    #[cfg(feature = "simulation")]
    pub store: Option<Arc<dyn Store>>,
}
