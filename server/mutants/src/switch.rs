//! The switch of mutants: a constant *no* without the feature `active`.

#[cfg(not(feature = "active"))]
use crate::mutant::Mutant;

/// Whether the bug is there. It is not.
#[cfg(not(feature = "active"))]
#[inline]
pub const fn on(_: Mutant) -> bool {
    false
}

#[cfg(feature = "active")]
pub use active::{on, with};

#[cfg(feature = "active")]
mod active {
    use crate::mutant::Mutant;
    use std::cell::Cell;

    thread_local! {
        static ACTIVE: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// Whether the bug is there, for this thread.
    pub fn on(mutant: Mutant) -> bool {
        ACTIVE.get() == Some(mutant)
    }

    /// Does some work with a bug, or without.
    pub fn with<T>(mutant: Option<Mutant>, work: impl FnOnce() -> T) -> T {
        struct Reset;
        impl Drop for Reset {
            fn drop(&mut self) {
                ACTIVE.set(None);
            }
        }
        let _reset = Reset;
        ACTIVE.set(mutant);
        work()
    }
}
