//! The arguments of `bench`.

use crate::help;
use crate::values::SpanArg;
use boxoffice_client::protocol::limits::MAX_RESERVATION_PLACES;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use boxoffice_load::workloads::Mix;
use boxoffice_load::{DEFAULT_VERIFY_LIMIT, EventsAfter, LoadSettings, RunLength};
use clap::{Args, Subcommand};
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

/// The arguments of `bench`.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BenchArgs {
    /// A task with earlier results
    #[command(subcommand)]
    pub(crate) command: Option<BenchCommand>,
    /// A workload (`--list` explains each), or a mix with weights: browse=9,holds=1
    #[arg(default_value = "standing")]
    pub(crate) workload: Mix,
    /// List all workloads with explanations
    #[arg(long)]
    pub(crate) list: bool,
    /// The number of connections
    #[arg(long, short = 'c', default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) connections: u16,
    /// Requests in flight on each connection
    #[arg(long, short = 'p', default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub(crate) pipeline: u32,
    /// Threads that share the connections
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub(crate) threads: u16,
    /// The time to measure: 500ms, 10s, 2m
    #[arg(long, short = 'd', default_value = "10s", value_name = "TIME")]
    pub(crate) duration: SpanArg,
    /// Measure this number of requests instead of a time
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "duration")]
    pub(crate) requests: Option<NonZeroU64>,
    /// The time to send before anything is measured
    #[arg(long, default_value = "1s", value_name = "TIME")]
    pub(crate) warm_up: SpanArg,
    /// Send this number of requests a second, answered or not (open loop); latency counts from the due
    /// time. Without it, each reply lets its connection send the next request (closed loop)
    #[arg(long, value_name = "N")]
    pub(crate) rate: Option<NonZeroU64>,
    /// Find the highest rate at which 99 % are answered within --slo, by trials of --duration each
    #[arg(long, conflicts_with_all = ["rate", "requests"])]
    pub(crate) find_max: bool,
    /// The longest latency that --find-max accepts
    #[arg(long, default_value = "10ms", value_name = "TIME", requires = "find_max")]
    pub(crate) slo: SpanArg,
    /// The number of events of each workload
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub(crate) events: Option<NonZeroU32>,
    /// The number of places of each event
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub(crate) places: Option<NonZeroU32>,
    /// The number of places of a reservation, unless the workload chooses it
    #[arg(long, value_name = "N", help_heading = WORKLOAD,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RESERVATION_PLACES)))]
    pub(crate) party: Option<u32>,
    /// The time between a hold and its confirmation or release
    #[arg(long, default_value = "100ms", value_name = "TIME", help_heading = WORKLOAD)]
    pub(crate) think: SpanArg,
    /// The time until a hold expires
    #[arg(long, default_value = "2s", value_name = "TIME", help_heading = WORKLOAD)]
    pub(crate) hold: SpanArg,
    /// Read events and seat maps fresh, not from the server's cache
    #[arg(long, help_heading = WORKLOAD)]
    pub(crate) fresh: bool,
    /// Leave the events and reservations on the server
    #[arg(long, help_heading = WORKLOAD)]
    pub(crate) keep: bool,
    /// The seed of all random choices, for a run with the same choices
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Check the history of all replies after the run, by version and against the server (default)
    #[arg(long, overrides_with = "no_verify", help_heading = VERIFICATION)]
    pub(crate) verify: bool,
    /// Do not verify: saves 32 bytes a request
    #[arg(long, help_heading = VERIFICATION)]
    pub(crate) no_verify: bool,
    /// The number of requests to record for it, from the first on
    #[arg(long, default_value_t = DEFAULT_VERIFY_LIMIT, value_name = "N", help_heading = VERIFICATION)]
    pub(crate) verify_limit: usize,
    /// Write the result as a page, too: it needs neither network nor scripts
    #[arg(long, value_name = "FILE.html")]
    pub(crate) report: Option<PathBuf>,
    /// The process id of the server, to measure its CPU time too
    #[arg(long, value_name = "PID")]
    pub(crate) server_pid: Option<NonZeroU32>,
}

/// Tasks with the results of earlier runs.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum BenchCommand {
    /// Show two results of `bench --json` side by side, with their ratios
    #[command(after_help = help::BENCH_COMPARE)]
    Compare {
        /// The file of the first result
        a: PathBuf,
        /// The file of the second result
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
