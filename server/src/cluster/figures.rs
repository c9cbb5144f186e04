//! The figures of a server's part of the cluster, for `Stats` and `/metrics`.

use super::cluster_state::ClusterState;

/// A figure: its name, what it is, and its value.
pub(crate) type ClusterFigure = (&'static str, &'static str, u64);

impl ClusterState {
    /// The figures that only grow.
    pub(crate) fn counters(&self) -> [ClusterFigure; 6] {
        let diverged = "Events whose log did not go on from what was known";
        [
            (
                "store_batches",
                "Batches of changes that this server appended",
                self.appended.value(),
            ),
            ("store_diverged", diverged, self.diverged.value()),
            (
                "forwarded",
                "Requests that were sent to another server",
                self.links.forwarded.value(),
            ),
            ("forwarded_unknown", "Those whose outcome is unknown", self.links.unknown.value()),
            ("forwarded_here", "Requests that other servers sent here", self.received.value()),
            ("store_snapshots", "Snapshots that this server took", self.snapshotting.taken.value()),
        ]
    }

    /// What is so at this moment.
    pub(crate) fn gauges(&self) -> [ClusterFigure; 6] {
        let loaded = self.shells.lock().len() as u64;
        let error = u64::try_from(self.clock.error().as_micros()).unwrap_or(u64::MAX);
        [
            ("servers", "Servers that share the store", self.members.len() as u64),
            ("servers_linked", "Those that requests can be sent to", self.links.len() as u64),
            ("store_time_error_us", "How far its time may be from the store's", error),
            ("events_loaded", "Events in memory", loaded),
            ("event_memory_bytes", "What they take, about", self.memory.used()),
            ("event_memory_limit_bytes", "The most that they may take", self.memory.most),
        ]
    }
}
