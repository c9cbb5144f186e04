//! A journal's life on a simulated disk, for its own tests and for those who look for deliberate bugs.
//!
//! [`Life`] is a journal that works, fails, loses power and is opened again beside a model of what it
//! owes; [`Witness`] is a folder that is damaged byte by byte.

mod life;
mod setup;
mod witness;

pub use life::{Counts, Life, LifeOutcome, live_by_chance};
pub use setup::{Copied, LARGE, Opened, SMALL, append, draft, open, seconds};
pub use witness::{
    Fate, Fates, Files, LifeEnded, TINY, Witness, few_witnesses, flip_every_bit, witness, witnesses,
};
