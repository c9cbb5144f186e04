//! The figures of a `Stats` reply. SPEC.md lists their names.

use crate::server_state::ServerState;
use boxoffice_protocol::reply::{Stat, StatValue};

impl ServerState {
    /// How many events there are.
    pub(crate) fn events(&self) -> usize {
        self.cluster.as_ref().map_or_else(|| self.catalog.len(), |cluster| cluster.events())
    }

    pub(crate) fn stats(&self) -> Vec<Stat> {
        let text = |name: &str, value: &str| Stat {
            name: name.to_owned().into(),
            value: StatValue::Text(value.to_owned().into()),
        };
        let count = |name: &str, value| Stat {
            name: name.to_owned().into(),
            value: StatValue::Count(value),
        };
        let holdings = self.catalog.holdings();
        let mut stats = vec![
            text("server", concat!("boxoffice/", env!("CARGO_PKG_VERSION"))),
            text("ledger", self.ledger.kind()),
            text("sync", &self.ledger.sync()),
            count("uptime_ms", self.started.elapsed().as_millis().try_into().unwrap_or(u64::MAX)),
            count("time_ms", self.clock.now().as_ms()),
            count("max_connections", self.config.max_connections as u64),
            count("events", self.events() as u64),
            count("seats", self.catalog.seats()),
            count("reservations_live", holdings.live),
            count("reservations_remembered", holdings.remembered),
            count("changes_recorded", self.ledger.recorded().as_u64()),
            count("changes_durable", self.ledger.durable().as_u64()),
            count("changes_behind", self.ledger.backlog()),
        ];
        if let Some(cluster) = &self.cluster {
            stats.push(text("servers_differ", &cluster.differing().join(", ")));
            let figures = cluster.counters().into_iter().chain(cluster.gauges());
            stats.extend(figures.map(|(name, _, value)| count(name, value)));
        }
        if let Some(reports) = &self.reports {
            stats.push(text("rows_stopped_by", reports.why_stopped()));
            let figures = reports.counters().into_iter().chain(reports.gauges());
            stats.extend(figures.map(|(name, _, value)| count(name, value)));
        }
        stats.extend(self.metrics.all().map(|(name, value)| count(name, value)));
        stats
    }
}
