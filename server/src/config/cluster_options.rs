//! How a server takes part where several share a store.

use super::error::ConfigError;
use super::reports_options::ReportsOptions;
use super::routing_options::RoutingOptions;
use super::typed::Settings;
use boxoffice_shared::SNAPSHOT_AFTER;

/// The memory for events where none is named: some ten million reservations.
const EVENT_MEMORY: u64 = 4 << 30;

/// How a server takes part where several share a store.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Bytes that loaded events may take; above them those are unloaded that were used least lately.
    pub event_memory: u64,
    /// Changes since the last snapshot of an event from which on another one is due, at least.
    pub snapshot_after: u64,
    /// Rows for reports that this server writes; none if left out.
    pub reports: Option<ReportsOptions>,
    /// How requests go from server to server; not at all if left out.
    pub routing: Option<RoutingOptions>,
}

impl ClusterOptions {
    pub(super) fn typed(settings: &Settings) -> Result<Self, ConfigError> {
        let event_memory = settings.event_memory.map_or(EVENT_MEMORY, |typed| typed.0);
        let routing = RoutingOptions::typed(settings)?;
        let reports = ReportsOptions::typed(settings)?;
        Ok(Self { event_memory, snapshot_after: SNAPSHOT_AFTER, reports, routing })
    }
}
