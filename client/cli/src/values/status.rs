//! The status of a reservation, as an argument.

use boxoffice_client::protocol::reservation::Status;
use clap::ValueEnum;

/// A status by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatusArg {
    Held,
    Confirmed,
    Released,
    Expired,
    Cancelled,
    Forfeited,
}

impl From<StatusArg> for Status {
    fn from(status: StatusArg) -> Self {
        match status {
            StatusArg::Held => Self::Held,
            StatusArg::Confirmed => Self::Confirmed,
            StatusArg::Released => Self::Released,
            StatusArg::Expired => Self::Expired,
            StatusArg::Cancelled => Self::Cancelled,
            StatusArg::Forfeited => Self::Forfeited,
        }
    }
}
