//! What is asked for, in which order. A workload is pure: it is told the time and every outcome,
//! draws from a seeded generator, and says what to ask next. One thread has one, and shares
//! nothing with the others.

mod desk;
mod hall;
mod holds;
mod mix;
mod reads;
mod rush;
mod seats;
mod standing;
#[cfg(test)]
mod tests;
mod turnover;

pub(crate) use desk::{Desk, Run};
pub(crate) use hall::{Hall, Size};
use holds::Holds;
pub use mix::Mix;
pub(crate) use mix::{ALL, Options};
use reads::{Browse, Reads, View};
use rush::Rush;
use seats::{Seats, Supply};
use standing::Standing;
use turnover::Turnover;

use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::request::Request;

/// What one thread asks for.
pub(crate) trait Workload: Send {
    /// What to ask at `now_ns`.
    fn next(&mut self, desk: &mut Desk, now_ns: u64) -> Next;

    /// What became of something it asked for.
    fn told(&mut self, desk: &mut Desk, asked: &Asked, outcome: Outcome, now_ns: u64) {
        let _ = (desk, asked, outcome, now_ns);
    }

    /// Whether the events are as the run wants them; until then nothing is measured.
    fn is_ready(&self) -> bool {
        true
    }
}

/// What a workload wants.
#[derive(Debug)]
pub(crate) enum Next {
    /// To ask this.
    Ask(Asked, Request),
    /// Nothing more: what the run's events have to give is used up.
    Over,
}

/// Something that was asked for, as much as is remembered of it until it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    /// In which way.
    pub(crate) step: Step,
    /// Which part of a mix asked.
    pub(crate) part: u8,
    /// Which event, by its place in the run's list.
    pub(crate) event: u32,
    /// Which reservation, by its number in the run; 0 for a read.
    pub(crate) number: u32,
    /// The reservation's id; of a read, one that is nobody's.
    pub(crate) id: ReservationId,
}

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// `Reserve`.
    Reserve,
    /// `Hold`.
    Hold,
    /// `Confirm`, of all places.
    Confirm,
    /// `Release`, of all places.
    Release,
    /// `Cancel`, of all places.
    Cancel,
    /// `GetEvent`.
    Event,
    /// `Seats`.
    Seats,
    /// `ListEvents`.
    Events,
}

/// What became of a request, as much as workloads want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was answered with what was asked for.
    Done,
    /// The server said no.
    Refused,
}

impl Step {
    /// Whether it is about a reservation, and not a read.
    pub(crate) const fn is_change(self) -> bool {
        !matches!(self, Self::Event | Self::Seats | Self::Events)
    }
}
