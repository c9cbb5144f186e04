//! The program's arguments and commands.

use super::bench::BenchArgs;
use crate::help;
use crate::values::{LimitArg, RowRange, SeatList, SectionArg, SectionPrice, SpanArg, TimeArg};
use boxoffice_client::DEFAULT_SERVER;
use boxoffice_client::protocol::event::Currency;
use boxoffice_client::protocol::id::{
    BackupName, CustomerId, EventId, EventName, ReservationId, SectionName, Token,
};
use clap::builder::FalseyValueParser;
use clap::{ArgGroup, Args, Parser, Subcommand};
use std::path::PathBuf;

/// Browse events and reserve places on a Boxoffice server.
#[derive(Debug, Parser)]
#[command(name = "boxoffice", version, after_help = help::EXIT_CODES)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    #[command(subcommand)]
    pub(crate) command: TypedCommand,
}

/// A line typed at the shell's prompt: a command as on the command line, without the program.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_version_flag = true)]
pub(crate) struct PromptLine {
    /// Print one JSON object a line, for scripts; money in it is in minor units
    #[arg(long, global = true, help_heading = CONNECTION)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: TypedCommand,
}

/// The heading of what every command can be told.
const CONNECTION: &str = "Server and output";

/// What every command can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalArgs {
    /// The server's host and port
    #[arg(long, global = true, help_heading = CONNECTION, env = "BOXOFFICE_SERVER", default_value = DEFAULT_SERVER,
        value_name = "HOST:PORT")]
    pub(crate) server: String,
    /// Speak TLS, and see that the certificate is that host's and signed by somebody whom this system
    /// trusts
    #[arg(long, global = true, help_heading = CONNECTION, env = "BOXOFFICE_TLS",
        value_parser = FalseyValueParser::new())]
    pub(crate) tls: bool,
    /// Speak TLS, and trust only the authorities in this PEM file
    #[arg(long, global = true, help_heading = CONNECTION, env = "BOXOFFICE_CA", value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Speak TLS with whoever answers, and check nothing
    #[arg(long, global = true, help_heading = CONNECTION, conflicts_with = "ca")]
    pub(crate) insecure: bool,
    /// Print one JSON object a line, for scripts; money in it is in minor units
    #[arg(long, global = true, help_heading = CONNECTION)]
    pub(crate) json: bool,
    /// The secret that says who is asking
    #[arg(long, global = true, help_heading = CONNECTION, env = "BOXOFFICE_TOKEN", hide_env_values = true)]
    pub(crate) token: Option<Token>,
    /// How long to try before giving up: 500ms, 30s, 2m
    #[arg(long, global = true, help_heading = CONNECTION, default_value = "30s", value_name = "TIME")]
    pub(crate) timeout: SpanArg,
}

impl GlobalArgs {
    /// Whether anything asks for TLS.
    pub(crate) fn wants_tls(&self) -> bool {
        self.tls || self.ca.is_some() || self.insecure
    }
}

/// A command.
#[derive(Debug, Subcommand)]
pub(crate) enum TypedCommand {
    #[command(flatten)]
    Server(ServerCommand),
    /// Put a server under load, and measure
    #[command(after_help = help::BENCH)]
    Bench(Box<BenchArgs>),
    /// Type commands at a prompt, with history and completion
    #[command(after_help = help::SHELL)]
    Shell {
        /// Who is asking, until the shell is told otherwise
        #[arg(long, env = "BOXOFFICE_CUSTOMER")]
        customer: Option<CustomerId>,
    },
}

/// A command for the server, on a line of its own or at the prompt.
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// List all events
    #[command(after_help = help::EVENTS)]
    Events,
    /// Create, show and change events
    #[command(subcommand)]
    Event(EventCommand),
    /// Draw an event's seat map
    #[command(after_help = help::SEATS)]
    Seats(SeatsArgs),
    /// Hold places for a while, to be confirmed
    #[command(after_help = help::HOLD, override_usage = help::HOLD_USAGE)]
    Hold(HoldArgs),
    /// Reserve places at once
    #[command(after_help = help::RESERVE, override_usage = help::RESERVE_USAGE)]
    Reserve(ReserveArgs),
    /// Confirm a hold, or part of it
    #[command(after_help = help::CONFIRM)]
    Confirm(KeepArgs),
    /// Let a hold go, or part of it
    #[command(after_help = help::RELEASE)]
    Release(KeepArgs),
    /// Hold for longer
    #[command(after_help = help::EXTEND)]
    Extend(ExtendArgs),
    /// Give a confirmed reservation back, or part of it
    #[command(after_help = help::CANCEL)]
    Cancel(KeepArgs),
    /// Show a reservation
    #[command(after_help = help::SHOW)]
    Show(ReservationArgs),
    /// List reservations
    #[command(after_help = help::RESERVATIONS)]
    Reservations {
        /// Only of this event
        #[arg(long)]
        event: Option<EventId>,
        /// Only of this customer
        #[arg(long)]
        customer: Option<CustomerId>,
    },
    /// Print every change of an event's places as it happens
    #[command(after_help = help::WATCH)]
    Watch {
        /// Which event
        event: EventId,
    },
    /// Show how the server is doing
    #[command(after_help = help::STATS)]
    Stats,
    /// Ask whether the server is there
    #[command(after_help = help::PING)]
    Ping,
    /// Have the server make a backup of everything in its backup folder
    #[command(after_help = help::BACKUP)]
    Backup {
        /// What to call it: letters, digits, hyphens, underscores and dots
        name: BackupName,
    },
    /// Make thousands of reservations from a file, safely to be run again
    #[command(after_help = help::BATCH)]
    Batch(BatchArgs),
}

/// What to do with an event.
#[derive(Debug, Subcommand)]
pub(crate) enum EventCommand {
    /// Create an event, open for sale
    #[command(after_help = help::CREATE)]
    Create(Box<CreateArgs>),
    /// Show an event, its sections and prices
    #[command(after_help = help::EVENT_SHOW)]
    Show {
        /// Which event
        event: EventId,
    },
    /// Change an event's name, time, prices or sections; block or unblock seats
    #[command(after_help = help::UPDATE)]
    Update(Box<UpdateArgs>),
    /// Stop sales; holds can still be confirmed
    #[command(after_help = help::CLOSE)]
    Close {
        /// Which event
        event: EventId,
    },
    /// Open sales again
    #[command(after_help = help::OPEN)]
    Open {
        /// Which event
        event: EventId,
    },
    /// Delete an event
    #[command(after_help = help::DELETE)]
    Delete {
        /// Which event
        event: EventId,
        /// Even if reservations end with it
        #[arg(long)]
        force: bool,
    },
}

/// A new event.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// Its id: lower-case letters, digits and hyphens
    pub(crate) event: EventId,
    /// Read all about it from a TOML file, as shown below
    #[arg(long, value_name = "FILE.toml",
        conflicts_with_all = ["name", "starts", "section", "currency", "max_per_customer"])]
    pub(crate) from: Option<PathBuf>,
    /// What people call it
    #[arg(long, required_unless_present = "from")]
    pub(crate) name: Option<EventName>,
    /// When it begins: 2026-12-24T20:00:00+01:00
    #[arg(long, required_unless_present = "from", value_name = "TIME")]
    pub(crate) starts: Option<TimeArg>,
    /// A section with its price: stalls=10x20@45.00 (rows x seats), floor=500@30.00 (standing)
    #[arg(long, required_unless_present = "from", value_name = "NAME=SIZE@PRICE")]
    pub(crate) section: Vec<SectionArg>,
    /// What prices are in
    #[arg(long, default_value = "EUR")]
    pub(crate) currency: Currency,
    /// How many places one customer may have
    #[arg(long, value_name = "N")]
    pub(crate) max_per_customer: Option<std::num::NonZeroU32>,
}

/// Changes of an event; what is left out stays.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["name", "starts", "price", "section", "block", "unblock", "max_per_customer"]))]
pub(crate) struct UpdateArgs {
    /// Which event
    pub(crate) event: EventId,
    /// Another name
    #[arg(long)]
    pub(crate) name: Option<EventName>,
    /// Another time: 2026-12-24T20:00:00+01:00
    #[arg(long, value_name = "TIME")]
    pub(crate) starts: Option<TimeArg>,
    /// Another price: stalls=45.00; reservations keep theirs
    #[arg(long, value_name = "SECTION=PRICE")]
    pub(crate) price: Vec<SectionPrice>,
    /// Another size: stalls=12x20; a new section needs a price: balcony=4x10@60.00
    #[arg(long, value_name = "NAME=SIZE[@PRICE]")]
    pub(crate) section: Vec<SectionArg>,
    /// Free seats that shall not be sold: A1-A4,B1
    #[arg(long, value_name = "SEATS")]
    pub(crate) block: Vec<SeatList>,
    /// Blocked seats that shall be free again
    #[arg(long, value_name = "SEATS")]
    pub(crate) unblock: Vec<SeatList>,
    /// How many places one customer may have, or none for any number
    #[arg(long, value_name = "N|none")]
    pub(crate) max_per_customer: Option<LimitArg>,
    /// Only if the event is still at this version
    #[arg(long, value_name = "VERSION")]
    pub(crate) if_version: Option<u64>,
}

/// A seat map, or a part of it.
#[derive(Debug, Args)]
pub(crate) struct SeatsArgs {
    /// Which event
    pub(crate) event: EventId,
    /// Only this section
    #[arg(long)]
    pub(crate) section: Option<SectionName>,
    /// Only these rows: C, or C-F
    #[arg(long, value_name = "ROWS")]
    pub(crate) rows: Option<RowRange>,
}

/// Which places, for whom.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("selection").required(true).args(["seats", "best", "standing"]))]
pub(crate) struct PlacesArgs {
    /// Which event
    pub(crate) event: EventId,
    /// These seats, all or none: A1 A2, A1-A4,B3, balcony:C4
    pub(crate) seats: Vec<SeatList>,
    /// The best N free seats
    #[arg(long, value_name = "N")]
    pub(crate) best: Option<u32>,
    /// N standing places
    #[arg(long, value_name = "N")]
    pub(crate) standing: Option<u32>,
    /// Only in this section
    #[arg(long, conflicts_with = "seats")]
    pub(crate) section: Option<SectionName>,
    /// The best seats must be adjacent in one row
    #[arg(long, conflicts_with_all = ["seats", "standing"])]
    pub(crate) together: bool,
    /// For whom
    #[arg(long, env = "BOXOFFICE_CUSTOMER")]
    pub(crate) customer: CustomerId,
    /// The reservation's id, to repeat a request whose outcome is unknown; a new one if left out
    #[arg(long, value_name = "UUID")]
    pub(crate) id: Option<ReservationId>,
}

/// What to hold.
#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    #[command(flatten)]
    pub(crate) places: PlacesArgs,
    /// For how long: 90s, 2m; the server's default if left out
    #[arg(long, value_name = "TIME")]
    pub(crate) ttl: Option<SpanArg>,
}

/// What to reserve.
#[derive(Debug, Args)]
pub(crate) struct ReserveArgs {
    #[command(flatten)]
    pub(crate) places: PlacesArgs,
}

/// A reservation.
#[derive(Debug, Args)]
pub(crate) struct ReservationArgs {
    /// Of which event
    pub(crate) event: EventId,
    /// Its id
    pub(crate) id: ReservationId,
    /// Whose
    #[arg(long, env = "BOXOFFICE_CUSTOMER")]
    pub(crate) customer: CustomerId,
}

/// A reservation and the part of it to keep.
#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// Keep only these seats (A1,A2), or so many standing places (2)
    #[arg(long, value_name = "SEATS|N")]
    pub(crate) keep: Option<String>,
}

/// A reservation and for how long to hold it.
#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) reservation: ReservationArgs,
    /// For how long from now: 90s, 2m; the server's default if left out
    #[arg(long, value_name = "TIME")]
    pub(crate) ttl: Option<SpanArg>,
}

/// A file of reservations.
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// CSV with a header, or JSONL: event, customer, one of seats, best and standing; optionally
    /// together, section, action (reserve or hold), id
    pub(crate) file: PathBuf,
    /// Where the outcomes go; beside FILE, with the extension .results.csv if left out
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Give rows that were planned over a day ago and never answered new ids, and send them
    #[arg(long)]
    pub(crate) replan: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        CommandLine::command().debug_assert();
        PromptLine::command().debug_assert();
    }

    #[test]
    fn exactly_one_selection() {
        let parse = |line: &str| CommandLine::try_parse_from(line.split(' '));
        assert!(parse("boxoffice hold dune-2 a1-a4,b3 --customer ann --ttl 2m").is_ok());
        assert!(parse("boxoffice hold dune-2 --best 3 --together --customer ann --json").is_ok());
        for wrong in [
            "boxoffice hold dune-2 --customer ann",
            "boxoffice hold dune-2 A1 --best 2 --customer ann",
            "boxoffice hold dune-2 --best 2 --standing 2 --customer ann",
            "boxoffice hold dune-2 --standing 2 --together --customer ann",
            "boxoffice hold dune-2 A1 --section stalls --customer ann",
            "boxoffice hold Dune A1 --customer ann",
            "boxoffice event update dune-2",
            "boxoffice event create dune-2 --name Dune",
        ] {
            let error = parse(wrong).expect_err(wrong);
            assert_eq!(error.exit_code(), 2, "{wrong}");
        }
    }
}
