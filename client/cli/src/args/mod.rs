//! The command line as it is typed. Arguments that need the server to be understood (a price is in
//! the currency of its event) stay as typed; their commands resolve them.

mod bench;
mod command_line;

pub(crate) use bench::{BenchArgs, BenchCommand};
pub(crate) use command_line::{
    BatchArgs, CommandLine, CreateArgs, EventCommand, ExtendArgs, GlobalArgs, HoldArgs, KeepArgs,
    PlacesArgs, PromptLine, ReservationArgs, ReserveArgs, SeatsArgs, ServerCommand, TypedCommand,
    UpdateArgs,
};
