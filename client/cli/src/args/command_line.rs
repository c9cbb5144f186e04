//! The program's arguments and commands.

use super::bench::BenchArgs;
use super::booking::{
    ConfirmArgs, ConfirmOrderArgs, ExchangeArgs, ExtendArgs, FindArgs, HoldArgs, KeepArgs,
    OrderArgs, ReserveArgs, ShowArgs, TransferArgs,
};
use super::connection::ConnectionArgs;
use super::event::EventCommand;
use super::output::OutputArgs;
use super::plan::{KeptPlanCommand, PlanCommand};
use crate::help;
use crate::values::{RowRange, StatusArg, TextEncoding};
use boxoffice_client::protocol::id::{BackupName, CustomerId, EventId, SectionName};
use clap::builder::NonEmptyStringValueParser;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use std::num::NonZeroUsize;
use std::path::PathBuf;

/// Browse events and reserve places on a Boxoffice server.
#[derive(Debug, Parser)]
#[command(name = "boxoffice", version, after_help = help::EXIT_CODES)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    #[command(subcommand)]
    pub(crate) command: TypedCommand,
}

/// A line at the shell's prompt: a command without the name of the program.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_version_flag = true)]
pub(crate) struct PromptLine {
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(subcommand)]
    pub(crate) command: TypedCommand,
}

/// A command: one for the server, or one with a life of its own.
#[derive(Debug, Subcommand)]
pub(crate) enum TypedCommand {
    #[command(flatten)]
    Server(ServerCommand),
    /// Check, show and convert plans of halls, and have a server keep them
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Put a server under load, and measure
    #[command(after_help = help::BENCH)]
    Bench(Box<BenchArgs>),
    /// Type commands at a prompt, with history and completion
    #[command(after_help = help::SHELL)]
    Shell {
        /// The customer, until `use` names another [env: BOXOFFICE_CUSTOMER]
        #[arg(long)]
        customer: Option<CustomerId>,
    },
    /// Keep servers by a name, with what it takes to use each
    #[command(subcommand, after_help = help::CONTEXT)]
    Context(ContextCommand),
    /// Print what makes a shell complete commands, events and free seats
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: CompletedShell,
    },
    /// Print the candidates for the last word of a line
    #[command(hide = true)]
    Complete { line: String },
    /// Write the manual pages into a folder
    #[command(hide = true)]
    Manual { folder: PathBuf },
}

/// A shell that can be made to complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompletedShell {
    Bash,
    Zsh,
    Fish,
}

/// Commands about contexts.
#[derive(Debug, Subcommand)]
pub(crate) enum ContextCommand {
    /// Add a context, or change it, by --server, --tls, --ca and --token-file
    #[command(after_help = help::CONTEXT_ADD)]
    Add {
        /// The name of the context
        #[arg(value_parser = NonEmptyStringValueParser::new())]
        name: String,
        /// The customer of its commands
        #[arg(long)]
        customer: Option<CustomerId>,
    },
    /// Use a context from now on
    #[command(group = ArgGroup::new("which").required(true).args(["name", "none"]))]
    Use {
        /// The name of the context
        name: Option<String>,
        /// Use none
        #[arg(long)]
        none: bool,
    },
    /// List all contexts
    List,
    /// Show a context
    Show {
        /// The name of the context; the one in use if left out
        name: Option<String>,
    },
    /// Remove a context; the files that it names stay
    Remove {
        /// The name of the context
        name: String,
    },
}

/// A command for the server, on a line of its own or at the prompt.
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// It is typed as a part of `plan`.
    #[command(skip)]
    KeptPlan(KeptPlanCommand),
    /// List all events with their counts
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
    Confirm(ConfirmArgs),
    /// Release a hold, or part of it
    #[command(after_help = help::RELEASE)]
    Release(KeepArgs),
    /// Extend a hold to a later deadline
    #[command(after_help = help::EXTEND)]
    Extend(ExtendArgs),
    /// Cancel a confirmed reservation, or part of it
    #[command(after_help = help::CANCEL)]
    Cancel(KeepArgs),
    /// Give a reservation to another customer
    #[command(after_help = help::TRANSFER)]
    Transfer(TransferArgs),
    /// Give a reservation other places
    #[command(after_help = help::EXCHANGE)]
    Exchange(ExchangeArgs),
    /// Say which order of the shop a reservation belongs to
    #[command(after_help = help::ORDER)]
    Order(OrderArgs),
    /// Confirm all holds of an order, or none
    #[command(after_help = help::CONFIRM_ORDER)]
    ConfirmOrder(ConfirmOrderArgs),
    /// Show the state of a reservation
    #[command(after_help = help::SHOW)]
    Show(ShowArgs),
    /// Find reservations by their booking code or order, in every event
    #[command(after_help = help::FIND)]
    Find(FindArgs),
    /// List reservations by event or customer
    #[command(after_help = help::RESERVATIONS)]
    Reservations {
        /// Only those of this event
        #[arg(long)]
        event: Option<EventId>,
        /// Only those of this customer
        #[arg(long)]
        customer: Option<CustomerId>,
        /// Only those with this status; several with commas between them
        #[arg(long, value_delimiter = ',')]
        status: Vec<StatusArg>,
        /// At most so many, those made first
        #[arg(long, value_name = "N")]
        limit: Option<NonZeroUsize>,
    },
    /// Print every change of an event's places as it happens
    #[command(after_help = help::WATCH)]
    Watch {
        /// The id of the event
        event: EventId,
    },
    /// Show how the server is doing
    #[command(after_help = help::STATS)]
    Stats,
    /// Check that the server answers
    #[command(after_help = help::PING)]
    Ping,
    /// Have the server make a backup of everything in its backup folder
    #[command(after_help = help::BACKUP)]
    Backup {
        /// Its name: letters, digits, hyphens, underscores and dots
        name: BackupName,
    },
    /// Make thousands of reservations from a file; it is safe to run again
    #[command(after_help = help::BATCH)]
    Batch(BatchArgs),
}

/// The arguments of `seats`.
#[derive(Debug, Args)]
pub(crate) struct SeatsArgs {
    /// The id of the event
    pub(crate) event: EventId,
    /// Draw only this section
    #[arg(long)]
    pub(crate) section: Option<SectionName>,
    /// Only these rows: C, or C-F
    #[arg(long, value_name = "ROWS")]
    pub(crate) rows: Option<RowRange>,
}

/// The arguments of `batch`.
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// CSV with a header, or JSONL: event, customer, one of seats, best and standing; optionally
    /// together, section, types, action (reserve or hold), id, order, line. A pipe is -
    pub(crate) file: PathBuf,
    /// The encoding of a FILE without a byte-order mark, like windows-1252; utf-8 if left out
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<TextEncoding>,
    /// What was promised, by which a later run knows what is booked; beside FILE with the extension
    /// .log.csv if left out
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// The results, one line a row; beside FILE with the extension .results.csv if left out
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Send rows with a new id if they were planned over a day ago and never answered
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
