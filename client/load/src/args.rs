//! `bench` as it is typed.

use super::crew::Effort;
use super::events::Wanted;
use super::history::DEFAULT_VERIFY_LIMIT;
use super::pacing::{Pacing, Stop};
use super::workload::{Mix, Options};
use crate::time::Span;
use boxoffice_client::protocol::limits::MAX_RESERVATION_PLACES;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_client::protocol::reservation::PlaceCount;
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

/// How hard to work, at what, and for how long.
#[derive(Debug, Clone, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct BenchArgs {
    /// Something else than a run
    #[command(subcommand)]
    pub instead: Option<Instead>,
    /// What to do, by name (`--list` explains each), or a mix with weights: browse=9,holds=1
    #[arg(default_value = "standing")]
    pub workload: Mix,
    /// Explain every workload
    #[arg(long)]
    pub list: bool,
    /// How many connections
    #[arg(long, short = 'c', default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub connections: u16,
    /// Requests in flight on each connection
    #[arg(long, short = 'p', default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub pipeline: u32,
    /// Threads that share the connections
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub threads: u16,
    /// How long to measure: 500ms, 10s, 2m
    #[arg(long, short = 'd', default_value = "10s", value_name = "TIME")]
    pub duration: Span,
    /// Measure so many requests instead of a time
    #[arg(long, short = 'n', value_name = "N", conflicts_with = "duration")]
    pub requests: Option<NonZeroU64>,
    /// How long to work before anything is measured
    #[arg(long, default_value = "1s", value_name = "TIME")]
    pub warm_up: Span,
    /// Send so many requests a second, answered or not (open loop); latency counts from when each
    /// was due. Without it, a connection asks again once it was answered (closed loop)
    #[arg(long, value_name = "N")]
    pub rate: Option<NonZeroU64>,
    /// Find the highest rate at which 99 % are answered within --slo, by trials of --duration each
    #[arg(long, conflicts_with_all = ["rate", "requests"])]
    pub find_max: bool,
    /// What --find-max takes for in time
    #[arg(long, default_value = "10ms", value_name = "TIME", requires = "find_max")]
    pub slo: Span,
    /// How many events each workload creates
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub events: Option<NonZeroU32>,
    /// How many places each of them has
    #[arg(long, value_name = "N", help_heading = WORKLOAD)]
    pub places: Option<NonZeroU32>,
    /// How many places a reservation has, where the workload does not choose
    #[arg(long, value_name = "N", help_heading = WORKLOAD,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_RESERVATION_PLACES)))]
    pub party: Option<u32>,
    /// How long people think before they confirm or release a hold
    #[arg(long, default_value = "100ms", value_name = "TIME", help_heading = WORKLOAD)]
    pub think: Span,
    /// How long a hold lasts
    #[arg(long, default_value = "2s", value_name = "TIME", help_heading = WORKLOAD)]
    pub hold: Span,
    /// Read events and seat maps as they are, not from the server's cache
    #[arg(long, help_heading = WORKLOAD)]
    pub fresh: bool,
    /// Leave the events and reservations on the server
    #[arg(long, help_heading = WORKLOAD)]
    pub keep: bool,
    /// Where all choices come from; the same seed chooses the same
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Check the history of all replies after the run, by version and against the server (default)
    #[arg(long, overrides_with = "no_verify", help_heading = VERIFICATION)]
    pub verify: bool,
    /// Do not: saves 32 bytes a request
    #[arg(long, help_heading = VERIFICATION)]
    pub no_verify: bool,
    /// How many requests to remember for it, the first ones
    #[arg(long, default_value_t = DEFAULT_VERIFY_LIMIT, value_name = "N", help_heading = VERIFICATION)]
    pub verify_limit: usize,
    /// Show the run on one page, too: it needs nothing else, neither a network nor scripts
    #[arg(long, value_name = "FILE.html")]
    pub report: Option<PathBuf>,
    /// The server's process, to measure its CPU time too
    #[arg(long, value_name = "PID")]
    pub server_pid: Option<NonZeroU32>,
}

/// What there is to do with runs that were.
#[derive(Debug, Clone, Subcommand)]
pub enum Instead {
    /// Put two results of `bench --json` beside each other, with their ratios
    Compare {
        /// A file with the first
        a: PathBuf,
        /// A file with the second
        b: PathBuf,
    },
}

/// The heading of what varies a workload.
const WORKLOAD: &str = "Workload";
/// The heading of what is said about verification.
const VERIFICATION: &str = "Verification";

impl BenchArgs {
    /// How many exchanges to keep; none if nothing shall be verified.
    pub(crate) fn kept(&self) -> Option<usize> {
        (!self.no_verify).then_some(self.verify_limit)
    }

    /// What events the run needs.
    pub(crate) fn wanted(&self) -> Wanted {
        Wanted { events: self.events, places: self.places, hold: self.hold.0 }
    }

    /// How the workload is varied.
    pub(crate) fn options(&self) -> Options {
        Options {
            party: self.party.and_then(|places| PlaceCount::new(places).ok()),
            think: self.think.0,
            freshness: if self.fresh { Freshness::Fresh } else { Freshness::Cached },
        }
    }

    /// How fast and how long.
    pub(crate) fn effort(&self) -> Effort {
        let rate = self.rate.map(|rate| rate.get() as f64);
        Effort {
            warm_up: self.warm_up.0,
            pacing: rate.map_or(Pacing::Closed, |rate| Pacing::Open { rate }),
            stop: match self.requests {
                Some(requests) => Stop::Requests(requests.get()),
                None => Stop::After(self.duration.0),
            },
            server: self.server_pid,
        }
    }

    /// What was set, by the names of the flags.
    pub(crate) fn settings(&self, seed: u64) -> BTreeMap<String, Value> {
        let ms = |span: Span| json!(span.0.as_secs_f64() * 1e3);
        let duration = self.requests.is_none().then(|| ms(self.duration));
        let settings = [
            ("connections", json!(self.connections)),
            ("pipeline", json!(self.pipeline)),
            ("threads", json!(self.threads)),
            ("duration_ms", json!(duration)),
            ("requests", json!(self.requests)),
            ("warm_up_ms", ms(self.warm_up)),
            ("rate", json!(self.rate)),
            ("find_max", json!(self.find_max)),
            ("slo_ms", json!(self.find_max.then(|| ms(self.slo)))),
            ("events", json!(self.events)),
            ("places", json!(self.places)),
            ("party", json!(self.party)),
            ("think_ms", ms(self.think)),
            ("hold_ms", ms(self.hold)),
            ("fresh", json!(self.fresh)),
            ("seed", json!(seed)),
            ("verify", json!(!self.no_verify)),
        ];
        settings.map(|(name, value)| (name.to_owned(), value)).into()
    }
}
