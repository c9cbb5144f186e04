//! What a run came to: the object that `bench --json` prints, and that `bench compare` and the
//! report read.

#[cfg(test)]
pub(crate) mod samples;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The outcome of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RunResult {
    /// Which work was done.
    pub(crate) workload: String,
    /// The server's name and version, as it welcomed the generator.
    pub(crate) server: String,
    /// When the run began: RFC 3339, in UTC.
    pub(crate) started_at: String,
    /// How long it was measured, in seconds.
    pub(crate) seconds: f64,
    /// Requests that were answered, refused ones too.
    pub(crate) requests: u64,
    /// Those a second.
    pub(crate) throughput_per_s: f64,
    /// Changes that were made: answered with `Applied`.
    pub(crate) applied: u64,
    /// Those a second.
    pub(crate) applied_per_s: f64,
    /// From sent, or scheduled in an open loop, to answered.
    pub(crate) latency_us: Latency,
    /// Refusals, by their names.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Requests that no reply came to.
    pub(crate) unanswered: u64,
    /// What went over the wire.
    pub(crate) bytes: Bytes,
    /// What it cost.
    pub(crate) cpu: Cpu,
    /// Jain's index over the requests that each connection had answered: 1 if all had as many.
    pub(crate) fairness: f64,
    /// Whether the history was verified: true if it is right, false if not, null if not verified.
    pub(crate) verified: Option<bool>,
    /// What was verified; null if nothing was.
    pub(crate) verification: Option<Verification>,
    /// How the run was set, by the names of the flags.
    pub(crate) settings: BTreeMap<String, serde_json::Value>,
    /// Second after second.
    pub(crate) series: Vec<Second>,
    /// The latencies' distribution, for a plot: ascending.
    pub(crate) distribution: Vec<DistributionPoint>,
}

/// Latencies, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Latency {
    /// The shortest.
    pub(crate) min: f64,
    /// The median.
    pub(crate) p50: f64,
    /// 90 % took at most this.
    pub(crate) p90: f64,
    /// 99 %.
    pub(crate) p99: f64,
    /// 99.9 %.
    pub(crate) p99_9: f64,
    /// The longest.
    pub(crate) max: f64,
}

/// Bytes over the wire, frames with their lengths, without TCP's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Bytes {
    /// To the server.
    pub(crate) sent: u64,
    /// From it.
    pub(crate) received: u64,
}

/// CPU time, user and system, while it was measured.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Cpu {
    /// The generator's, in seconds.
    pub(crate) generator_s: f64,
    /// The server's, in seconds; null where it is not on this machine.
    pub(crate) server_s: Option<f64>,
    /// Whether the generator had no CPU left, so that the figures are its own and not the server's.
    pub(crate) generator_was_the_bottleneck: bool,
}

/// What verification looked at and found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Verification {
    /// Exchanges whose real-time order was checked.
    pub(crate) exchanges: u64,
    /// Of them, those that were replayed: up to where the history is whole.
    pub(crate) replayed: u64,
    /// Exchanges that were not recorded, beyond `--verify-limit`.
    pub(crate) left_out: u64,
    /// Bytes that the history took.
    pub(crate) history_bytes: u64,
    /// Events that were replayed.
    pub(crate) events: u64,
    /// Reads and refusals whose counts or seats were compared with the replay.
    pub(crate) compared: u64,
    /// Reservations that were compared with the server's own.
    pub(crate) listed: u64,
    /// Holds that ended by themselves.
    pub(crate) expired: u64,
    /// How long it took, in milliseconds.
    pub(crate) took_ms: u64,
    /// What could not be checked, and why, in words.
    pub(crate) unchecked: Vec<String>,
    /// How often something was wrong.
    pub(crate) violations_found: u64,
    /// What is wrong: of each kind the one with the shortest history.
    pub(crate) violations: Vec<ViolationRecord>,
}

/// Something that must not be, and the shortest history that shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ViolationRecord {
    /// Its kind, in kebab case.
    pub(crate) kind: ViolationKind,
    /// What is wrong, in a sentence.
    pub(crate) what: String,
    /// The event.
    pub(crate) event: String,
    /// The exchanges that show it.
    pub(crate) history: Vec<ExchangeRecord>,
}

/// What must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ViolationKind {
    /// Two live reservations have one seat, or more people stand than there is room for.
    Oversold,
    /// What was acknowledged is not there.
    Missing,
    /// One version made twice, one id with two effects, or more effects than versions.
    Doubled,
    /// Decisions in another order than their requests and replies.
    Order,
    /// A read older than it may be.
    StaleRead,
    /// A read with other counts than the history has.
    WrongCount,
    /// A refusal for a reason that was none.
    WrongRefusal,
    /// A reservation that is another than it was made.
    WrongAnswer,
    /// A hold that ended before its deadline, or without a version that ended it.
    ExpiredEarly,
    /// A hold that was confirmed after its deadline.
    ExpiredLate,
    /// A seat or a section that the event does not have.
    NoSuchPlace,
}

impl ViolationKind {
    /// The words for it.
    pub(crate) const fn as_str(self) -> &'static str {
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

/// An exchange, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExchangeRecord {
    /// The connection; null of what was read before or after the run.
    pub(crate) connection: Option<u16>,
    /// When it was sent, in nanoseconds since the run's start.
    pub(crate) sent_ns: Option<u64>,
    /// When it was answered.
    pub(crate) done_ns: Option<u64>,
    /// The version that it was answered at.
    pub(crate) version: u64,
    /// What was asked and answered.
    pub(crate) said: String,
}

/// One second of a run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Second {
    /// When it ended, in seconds since the run's start.
    pub(crate) at_s: f64,
    /// Requests answered in it, a second.
    pub(crate) requests_per_s: f64,
    /// Changes made in it, a second.
    pub(crate) applied_per_s: f64,
    /// The median of what was answered in it, in microseconds.
    pub(crate) p50_us: f64,
    /// 99 % of what was answered in it took at most this.
    pub(crate) p99_us: f64,
}

/// A point of the latencies' distribution: so much of everything took at most so long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct DistributionPoint {
    /// 0 … 100.
    pub(crate) percentile: f64,
    /// In microseconds.
    pub(crate) latency_us: f64,
}
