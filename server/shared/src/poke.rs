//! Whether an actor looks where its log ends although no request waits.

/// A wish to look at the log's end. One that comes while the engine is asked is not fulfilled by that
/// answer: it may be older than what the wish is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poke {
    None,
    Wanted,
    /// The engine is asked.
    Asked,
}

impl Poke {
    /// The engine is asked now.
    pub(crate) fn ask(&mut self) {
        if *self == Self::Wanted {
            *self = Self::Asked;
        }
    }

    /// The copy was seen to end where the log does, or that cannot be seen.
    pub(crate) fn answer(&mut self) {
        if *self == Self::Asked {
            *self = Self::None;
        }
    }

    /// The answer was about something else.
    pub(crate) fn again(&mut self) {
        if *self == Self::Asked {
            *self = Self::Wanted;
        }
    }
}
