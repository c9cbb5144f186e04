//! The command line as it is typed. Arguments that need the server to be understood (a price is in
//! the currency of its event) stay as typed; their commands resolve them.

mod bench;
mod booking;
mod command_line;
mod connection;
mod event;
mod output;
mod plan;

pub(crate) use bench::{BenchArgs, BenchCommand};
pub(crate) use booking::{
    ConfirmArgs, ConfirmOrderArgs, ExchangeArgs, ExtendArgs, FindArgs, HoldArgs, KeepArgs,
    OrderArgs, PlacesArgs, ReservationArgs, ReserveArgs, ShowArgs, TransferArgs,
};
pub(crate) use command_line::{
    BatchArgs, CommandLine, CompletedShell, ContextCommand, PromptLine, SeatsArgs, ServerCommand,
    TypedCommand,
};
pub(crate) use connection::ConnectionArgs;
pub(crate) use event::{CreateArgs, EventCommand, UpdateArgs};
pub(crate) use output::{ColorChoice, OutputArgs, OutputFormat};
pub(crate) use plan::{ExportFormat, ImportFormat, KeptPlanCommand, PlanCommand, PlanFileCommand};
