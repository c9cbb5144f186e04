//! Bounds on the catalog.

use std::time::Duration;

/// How much the catalog may hold.
#[derive(Debug, Clone, Copy)]
pub struct CatalogLimits {
    /// Events, deleted ones included, since their slug and version are kept.
    pub events: usize,
    /// Reservations, ended ones included while they are remembered.
    pub reservations: u64,
    /// Reservations that one token, and that one customer may have made lately.
    pub principal_reservations: u64,
    /// Places of an event that a customer with a token may have whatever is left; it may have as many
    /// as are free if that is more.
    pub customer_places: u32,
    /// Seats of all events together; standing places cost nothing.
    pub seats: u64,
    /// Changes that a watcher may be behind; beyond them it gets a gap and a new snapshot.
    pub watch_lag: usize,
    /// How long visitors hold places.
    pub visitor_holds: HoldTimes,
    /// How long agents and admins hold places, if that is longer than what everybody may.
    pub agent_holds: HoldTimes,
}

/// How long parties of one kind hold places.
#[derive(Debug, Clone, Copy)]
pub struct HoldTimes {
    /// The longest hold, and the furthest that an extension reaches.
    pub max: Duration,
    /// How long a hold can live with all its extensions.
    pub life: Duration,
}
