//! The settings of a run.

use crate::generator::pacing::{Pacing, StopRule};
use crate::generator::threads::Trial;
use crate::workloads::{Mix, WorkloadOptions};
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

/// Exchanges that a run records unless it is told otherwise, over all of its threads: 640 MB, about
/// 13 s at 1.5 million a second.
pub const DEFAULT_VERIFY_LIMIT: usize = 20_000_000;

/// How hard to work, at which workloads, and for how long. Each field is explained by
/// `boxoffice bench --help`.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names are those of the flags")]
pub struct LoadSettings {
    pub workload: Mix,
    pub connections: u16,
    pub pipeline: u32,
    pub threads: u16,
    pub length: RunLength,
    pub warm_up: Duration,
    /// Requests a second of an open loop; a closed loop without it.
    pub rate: Option<NonZeroU64>,
    /// The objective of a search for the highest rate; no search without it.
    pub find_max: Option<Duration>,
    pub events: Option<NonZeroU32>,
    pub places: Option<NonZeroU32>,
    pub party: Option<PlaceCount>,
    pub think: Duration,
    pub hold: Duration,
    pub freshness: Freshness,
    /// What happens to the events after the run.
    pub events_after: EventsAfter,
    /// A random one without it.
    pub seed: Option<u64>,
    /// Exchanges to record for verification; the run is not verified without it.
    pub verify_limit: Option<usize>,
    /// The server's process, if its CPU time is measured.
    pub server_pid: Option<NonZeroU32>,
}

/// When a run ends, warm-up excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunLength {
    Time(Duration),
    /// After this number of requests.
    Requests(NonZeroU64),
}

/// What happens to a run's events and reservations when it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventsAfter {
    Deleted,
    /// They stay on the server.
    Kept,
}

impl LoadSettings {
    pub(crate) fn workload_options(&self) -> WorkloadOptions {
        WorkloadOptions { party: self.party, think: self.think, freshness: self.freshness }
    }

    pub(crate) fn trial(&self) -> Trial {
        let rate = self.rate.map(|rate| rate.get() as f64);
        Trial {
            warm_up: self.warm_up,
            pacing: rate.map_or(Pacing::Closed, |rate| Pacing::Open { rate }),
            stop: match self.length {
                RunLength::Requests(requests) => StopRule::Requests(requests.get()),
                RunLength::Time(time) => StopRule::After(time),
            },
            server: self.server_pid,
        }
    }

    /// The settings by the names of the flags, as a result lists them.
    pub(crate) fn by_name(&self, seed: u64) -> BTreeMap<String, Value> {
        let ms = |span: Duration| json!(span.as_secs_f64() * 1e3);
        let (duration, requests) = match self.length {
            RunLength::Time(time) => (Some(ms(time)), None),
            RunLength::Requests(requests) => (None, Some(requests)),
        };
        let settings = [
            ("connections", json!(self.connections)),
            ("pipeline", json!(self.pipeline)),
            ("threads", json!(self.threads)),
            ("duration_ms", json!(duration)),
            ("requests", json!(requests)),
            ("warm_up_ms", ms(self.warm_up)),
            ("rate", json!(self.rate)),
            ("find_max", json!(self.find_max.is_some())),
            ("slo_ms", json!(self.find_max.map(ms))),
            ("events", json!(self.events)),
            ("places", json!(self.places)),
            ("party", json!(self.party.map(PlaceCount::as_u32))),
            ("think_ms", ms(self.think)),
            ("hold_ms", ms(self.hold)),
            ("fresh", json!(self.freshness == Freshness::Fresh)),
            ("seed", json!(seed)),
            ("verify", json!(self.verify_limit.is_some())),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }
}
