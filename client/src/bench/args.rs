//! `bench` as it is typed.

use super::workload::Mix;
use crate::values::Span;
use clap::Args;
use std::num::{NonZeroU32, NonZeroU64};

/// How hard to work, at what, and for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchArgs {
    /// What to do, by name (`--list` explains each), or a mix with weights: browse=9,holds=1
    #[arg(default_value = "standing")]
    pub(crate) workload: Mix,
    /// Explain every workload
    #[arg(long)]
    pub(crate) list: bool,
    /// How many connections
    #[arg(long, short = 'c', default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) connections: u16,
    /// Requests in flight on each connection
    #[arg(long, short = 'p', default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub(crate) pipeline: u32,
    /// Threads that share the connections
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) threads: u16,
    /// How long to measure: 500ms, 10s, 2m
    #[arg(long, short = 'd', default_value = "10s", value_name = "TIME")]
    pub(crate) duration: Span,
    /// Measure so many requests instead of a time
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "duration")]
    pub(crate) requests: Option<NonZeroU64>,
    /// How long to work before anything is measured
    #[arg(long, default_value = "1s", value_name = "TIME")]
    pub(crate) warm_up: Span,
    /// Send so many requests a second, answered or not (open loop); latency counts from when each
    /// was due. Without it, a connection asks again once it was answered (closed loop)
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<NonZeroU64>,
    /// How many events the run creates
    #[arg(long, value_name = "N", help_heading = EVENTS)]
    pub(crate) events: Option<NonZeroU32>,
    /// How many places each of them has
    #[arg(long, value_name = "N", help_heading = EVENTS)]
    pub(crate) places: Option<NonZeroU32>,
    /// Where all choices come from; the same seed chooses the same
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Leave the events and reservations on the server
    #[arg(long, help_heading = EVENTS)]
    pub(crate) keep: bool,
    /// The server's process, to measure its CPU time too
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Option<NonZeroU32>,
}

/// The heading of what is said about the events of a run.
const EVENTS: &str = "The run's events";
