//! Whether an event can be reserved: what its operator decided, and its sales window. Reached through
//! [`event`](crate::event).
//!
//! The window is from `sales_from` until `sales_until`, or until the event begins. A phase of it is
//! recorded, like an expiry, by the first decision or read at or after its time.

use crate::text::InvalidField;
use crate::zoned_time::ZonedTime;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the operator of an event decided about its sales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum Sales {
    /// Places can be held and reserved, within the sales window.
    Open,
    /// No new reservations; held ones can still be confirmed.
    Closed,
    /// The event does not take place: no new reservations, and none is confirmed. Those that there
    /// are stay, for refunds.
    Cancelled,
}

impl Sales {
    pub const ALL: [Self; 3] = [Self::Open, Self::Closed, Self::Cancelled];

    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        self.within(SalesPhase::OnSale).as_str()
    }

    /// How sales are in a phase of the window: what is true first.
    pub const fn within(self, phase: SalesPhase) -> SalesState {
        match (self, phase) {
            (Self::Cancelled, _) => SalesState::Cancelled,
            (_, SalesPhase::Ended) => SalesState::Ended,
            (Self::Closed, _) => SalesState::Closed,
            (Self::Open, SalesPhase::Scheduled) => SalesState::Scheduled,
            (Self::Open, SalesPhase::OnSale) => SalesState::Open,
        }
    }
}

impl fmt::Display for Sales {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How an event's sales are, for everyone to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum SalesState {
    Open,
    /// The operator closed them.
    Closed,
    /// The event does not take place.
    Cancelled,
    /// They will open at the beginning of the sales window.
    Scheduled,
    /// The sales window is over.
    Ended,
    /// The event is not published.
    Draft,
}

impl SalesState {
    pub const ALL: [Self; 6] =
        [Self::Open, Self::Closed, Self::Cancelled, Self::Scheduled, Self::Ended, Self::Draft];

    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Cancelled => "cancelled",
            Self::Scheduled => "scheduled",
            Self::Ended => "ended",
            Self::Draft => "draft",
        }
    }
}

impl fmt::Display for SalesState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A phase of the sales window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum SalesPhase {
    /// It has not begun.
    Scheduled,
    OnSale,
    /// It is over: customers make no new reservations.
    Ended,
}

impl SalesPhase {
    /// The word for it, in lower case.
    pub const fn as_str(self) -> &'static str {
        Sales::Open.within(self).as_str()
    }
}

/// Another beginning or end of the sales window.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum SalesTime {
    /// None of its own: sales open at once, and end when the event begins.
    Default,
    At(ZonedTime),
}

impl SalesTime {
    pub const fn time(&self) -> Option<&ZonedTime> {
        match self {
            Self::Default => None,
            Self::At(time) => Some(time),
        }
    }
}

impl From<SalesTime> for Option<ZonedTime> {
    fn from(time: SalesTime) -> Self {
        match time {
            SalesTime::Default => None,
            SalesTime::At(time) => Some(time),
        }
    }
}

/// Checks that a sales window begins before it ends.
///
/// # Errors
/// It does not.
pub fn check_sales_window(from: Option<&ZonedTime>, until: &ZonedTime) -> Result<(), InvalidField> {
    match from {
        Some(from) if from.at() >= until.at() => {
            Err(InvalidField::new("sales_from", format!("must be before sales end: {until}")))
        }
        _ => Ok(()),
    }
}
