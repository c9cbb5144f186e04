//! The result of a run: the object that `bench --json` prints. `bench compare` and the report
//! read it.

#[cfg(test)]
pub(crate) mod samples;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The result of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunResult {
    /// The workload, or the mix.
    pub workload: String,
    /// The server's name and version.
    pub server: String,
    /// The beginning of the run: RFC 3339, in UTC.
    pub started_at: String,
    /// The length of the measured time, in seconds.
    pub seconds: f64,
    pub requests: u64,
    pub throughput_per_s: f64,
    /// Replies with the effect `Applied`.
    pub applied: u64,
    /// Replies with the effect `Applied`, a second.
    pub applied_per_s: f64,
    /// From the request to its reply; in an open loop from the due time.
    pub latency_us: LatencySummary,
    pub refused: BTreeMap<String, u64>,
    /// Requests of an open loop that were due in the measured time and never sent.
    pub unsent: u64,
    /// Traffic of the trial, warm-up included.
    pub bytes: TrafficBytes,
    /// CPU time that the run took.
    pub cpu: CpuTimes,
    /// Jain's index over the replies of each connection: 1 if all have as many.
    pub fairness: f64,
    /// True without a violation, false with one, null if the run was not verified.
    pub verified: Option<bool>,
    /// Null if the run was not verified.
    pub verification: Option<Verification>,
    /// The settings by the names of the flags.
    pub settings: BTreeMap<String, serde_json::Value>,
    /// The measured seconds, in order.
    pub series: Vec<SecondResult>,
    /// The distribution of latencies for a plot, ascending.
    pub distribution: Vec<DistributionPoint>,
}

/// The share of the due requests that may be unsent of an open loop that kept its rate.
const UNSENT: f64 = 0.01;

impl RunResult {
    /// Whether an open loop sent what was due. Otherwise its figures are those of an overload.
    pub fn kept_its_rate(&self) -> bool {
        self.unsent as f64 <= UNSENT * (self.requests + self.unsent) as f64
    }
}

/// Percentiles of the latency, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names of percentiles")]
pub struct LatencySummary {
    pub min: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub p99_9: f64,
    pub max: f64,
}

/// Bytes of frames, without those of TCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "to and from the server")]
pub struct TrafficBytes {
    pub sent: u64,
    pub received: u64,
}

/// User and system time during the measured time, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct CpuTimes {
    /// CPU time of the generator.
    pub generator_s: f64,
    /// CPU time of the server; null without `--server-pid`.
    pub server_s: Option<f64>,
    /// Whether the threads were busy all the time: then the figures are the generator's limit.
    pub generator_was_the_bottleneck: bool,
}

/// The findings of the verification, and how much they cover.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Verification {
    /// Recorded exchanges; the real-time order of all of them was checked.
    pub exchanges: u64,
    /// Replayed exchanges: those before the first one that was not recorded.
    pub replayed: u64,
    /// Exchanges beyond `--verify-limit`, which were not recorded.
    pub left_out: u64,
    /// Memory of the recorded history.
    pub history_bytes: u64,
    pub events: u64,
    /// Reads and refusals that were compared with the replay.
    pub compared: u64,
    /// Reservations that were compared with the server's list.
    pub listed: u64,
    pub expired: u64,
    /// Duration of the verification, in milliseconds.
    pub took_ms: u64,
    /// Checks that were not possible, with the reasons.
    pub unchecked: Vec<String>,
    pub violations_found: u64,
    /// One violation of each kind: that with the shortest history.
    pub violations: Vec<ViolationRecord>,
}

/// A broken promise of the server, with the exchanges that show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViolationRecord {
    /// In JSON the kind is in kebab case.
    pub kind: ViolationKind,
    /// The finding in a sentence.
    pub what: String,
    pub event: String,
    /// The exchanges that show the violation.
    pub history: Vec<ExchangeRecord>,
}

/// The promises that can be broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ViolationKind {
    /// Two live reservations have one seat, or a standing section exceeds its capacity.
    Oversold,
    /// An acknowledged change is missing.
    Missing,
    /// Two changes with one version, two effects of one id, or more effects than versions.
    Doubled,
    /// Versions contradict the real-time order of requests and replies.
    Order,
    /// A read is older than its stated age allows.
    StaleRead,
    /// The counts of a read differ from the replay.
    WrongCount,
    /// The reason of a refusal did not hold.
    WrongRefusal,
    /// A reservation differs from what made it.
    WrongAnswer,
    /// A hold expired before its deadline, or without a version for it.
    ExpiredEarly,
    /// A hold was confirmed after its deadline.
    ExpiredLate,
    /// The event has no such seat or section.
    NoSuchPlace,
}

impl ViolationKind {
    /// The kind in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Oversold => "oversold",
            Self::Missing => "missing",
            Self::Doubled => "doubled",
            Self::Order => "out of order",
            Self::StaleRead => "stale read",
            Self::WrongCount => "wrong count",
            Self::WrongRefusal => "wrong refusal",
            Self::WrongAnswer => "wrong answer",
            Self::ExpiredEarly => "expired early",
            Self::ExpiredLate => "expired late",
            Self::NoSuchPlace => "no such place",
        }
    }
}

/// An exchange as it is shown to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRecord {
    /// Null for an observation before or after the run.
    pub connection: Option<u16>,
    /// When the request was sent, in nanoseconds since the run began.
    pub sent_ns: Option<u64>,
    /// When the reply arrived, in nanoseconds since the run began.
    pub done_ns: Option<u64>,
    /// The version of the reply.
    pub version: u64,
    /// Request and reply in words.
    pub said: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct SecondResult {
    /// The end of the second, counted from the beginning of the measured time.
    pub at_s: f64,
    pub requests_per_s: f64,
    /// Replies with the effect `Applied`, a second.
    pub applied_per_s: f64,
    /// Median latency, in microseconds.
    pub p50_us: f64,
    /// 99th percentile of the latency, in microseconds.
    pub p99_us: f64,
}

/// A point of the distribution of latencies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DistributionPoint {
    /// From 0 to 100.
    pub percentile: f64,
    /// In microseconds; this share of all requests took at most as long.
    pub latency_us: f64,
}
