//! Answers of the catalog, each with the position that it waits for.

use crate::ledger::Position;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::time::Timestamp;

/// An answer and what it waits for.
#[derive(Debug)]
pub struct Answer {
    /// The event's version, or the catalog's.
    pub version: u64,
    /// The answer leaves when this is durable.
    pub position: Position,
    pub body: Body,
    /// The event that it shows, where it shows one.
    pub about: Option<ShownEvent>,
}

/// The event that an answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownEvent {
    pub serial: u64,
    /// A look that begins later than this shows the answer's version or a newer one.
    pub at: Timestamp,
}

impl Answer {
    /// An answer that depends on no state, and so waits for nothing.
    pub fn plain(body: Body) -> Self {
        Self { version: 0, position: Position::default(), body, about: None }
    }
}

/// How far a request came in one turn of its event's lock.
#[derive(Debug)]
pub enum Step {
    Done(Answer),
    /// One chunk of due holds was expired; let others have a turn, then ask again.
    Again,
}
