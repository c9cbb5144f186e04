//! The party that asks for a change, as far as a decision needs to know it.

use boxoffice_protocol::id::Principal;

/// The party that asks for a change.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<'a> {
    /// The name that is recorded with the change; none without a token.
    pub principal: Option<&'a Principal>,
    /// How much of the room for reservations it may fill.
    pub room: ReservationRoom,
}

impl<'a> Caller<'a> {
    /// A caller with all the room there is.
    pub fn named(principal: Option<&'a Principal>) -> Self {
        Self { principal, ..Self::default() }
    }
}

/// How much of the room for reservations a caller may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReservationRoom {
    /// All of it.
    #[default]
    All,
    /// Half of it: the other half is left for callers that may fill all.
    Half,
}

impl ReservationRoom {
    /// The part of `all` reservations.
    pub(super) const fn of(self, all: u64) -> u64 {
        match self {
            Self::All => all,
            Self::Half => all / 2,
        }
    }
}
