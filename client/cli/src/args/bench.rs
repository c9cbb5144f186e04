//! The arguments of `bench`.

use crate::values::SpanArg;
use boxoffice_client::protocol::limits::MAX_RESERVATION_PLACES;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use boxoffice_load::workloads::Mix;
use boxoffice_load::{DEFAULT_VERIFY_LIMIT, EventsAfter, LoadSettings, RunLength};
use clap::{Args, Subcommand};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

/// How hard to work, at what, and for how long.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchArgs {
    /// Another task than a run
    #[command(subcommand)]
    pub(crate) command: Option<BenchCommand>,
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
    pub(crate) duration: SpanArg,
    /// Measure so many requests instead of a time
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "duration")]
    pub(crate) requests: Option<NonZeroU64>,
    /// How long to work before anything is measured
    #[arg(long, default_value = "1s", value_name = "TIME")]
    pub(crate) warm_up: SpanArg,
    /// Send so many requests a second, answered or not (open loop); latency counts from when each
    /// was due. Without it, a connection asks again once it was answered (closed loop)
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<NonZeroU64>,
    /// Find the highest rate at which 99 % are answered within --slo, by trials of --duration each
    #[arg(long, conflicts_with_all = ["rate", "requests"])]
    pub(crate) find_max: bool,
    /// What --find-max takes for in time
    #[arg(long, default_value = "10ms", value_name = "TIME", requires = "find_max")]
    pub(crate) slo: SpanArg,
    /// How many events each workload creates
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub(crate) events: Option<NonZeroU32>,
    /// How many places each of them has
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub(crate) places: Option<NonZeroU32>,
    /// How many places a reservation has, where the workload does not choose
    #[arg(long, value_name = "N", help_heading = WORKLOAD,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RESERVATION_PLACES)))]
    pub(crate) party: Option<u32>,
    /// How long people think before they confirm or release a hold
    #[arg(long, default_value = "100ms", value_name = "TIME", help_heading = WORKLOAD)]
    pub(crate) think: SpanArg,
    /// How long a hold lasts
    #[arg(long, default_value = "2s", value_name = "TIME", help_heading = WORKLOAD)]
    pub(crate) hold: SpanArg,
    /// Read events and seat maps as they are, not from the server's cache
    #[arg(long, help_heading = WORKLOAD)]
    pub(crate) fresh: bool,
    /// Leave the events and reservations on the server
    #[arg(long, help_heading = WORKLOAD)]
    pub(crate) keep: bool,
    /// Where all choices come from; the same seed chooses the same
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Check the history of all replies after the run, by version and against the server (default)
    #[arg(long, overrides_with = "no_verify", help_heading = VERIFICATION)]
    pub(crate) verify: bool,
    /// Do not: saves 32 bytes a request
    #[arg(long, help_heading = VERIFICATION)]
    pub(crate) no_verify: bool,
    /// How many requests to remember for it, the first ones
    #[arg(long, default_value_t = DEFAULT_VERIFY_LIMIT, value_name = "N", help_heading = VERIFICATION)]
    pub(crate) verify_limit: usize,
    /// Show the run on one page, too: it needs nothing else, neither a network nor scripts
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// The server's process, to measure its CPU time too
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Option<NonZeroU32>,
}

/// Tasks with the results of earlier runs.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BenchCommand {
    /// Put two results of `bench --json` beside each other, with their ratios
    Compare {
        /// A file with the first
        a: PathBuf,
        /// A file with the second
        b: PathBuf,
    },
}

/// The heading of options that vary a workload.
const WORKLOAD: &str = "Workload";
/// The heading of options about verification.
const VERIFICATION: &str = "Verification";

impl BenchArgs {
    /// The run that is asked for.
    pub(crate) fn settings(self) -> LoadSettings {
        LoadSettings {
            workload: self.workload,
            connections: self.connections,
            pipeline: self.pipeline,
            threads: self.threads,
            length: self.requests.map_or(RunLength::Time(self.duration.0), RunLength::Requests),
            warm_up: self.warm_up.0,
            rate: self.rate,
            find_max: self.find_max.then_some(self.slo.0),
            events: self.events,
            places: self.places,
            party: self.party.and_then(|places| PlaceCount::new(places).ok()),
            think: self.think.0,
            hold: self.hold.0,
            freshness: if self.fresh { Freshness::Fresh } else { Freshness::Cached },
            events_after: if self.keep { EventsAfter::Kept } else { EventsAfter::Deleted },
            seed: self.seed,
            verify_limit: (!self.no_verify).then_some(self.verify_limit),
            server_pid: self.server_pid,
        }
    }
}
