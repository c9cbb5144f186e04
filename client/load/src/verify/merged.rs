//! All exchanges of a run in one order: by event, then version, then the one that made the version
//! first. Each thread's history is sorted where it is, and they are merged as they are read: nothing
//! is copied.

use crate::exchange::Exchange;
use crate::history::History;
use std::thread;

/// Where an exchange is: its history, and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) history: u16,
    pub(super) index: u32,
}

/// The sorted histories of a run.
#[derive(Debug)]
pub(super) struct Exchanges(Vec<History>);

impl Exchanges {
    /// Sorts each history, all of them at once.
    pub(super) fn new(mut histories: Vec<History>) -> Self {
        thread::scope(|scope| {
            for history in &mut histories {
                scope.spawn(|| history.sort());
            }
        });
        Self(histories)
    }

    /// The exchange at a position that [`in_order`](Self::in_order) yielded.
    pub(super) fn at(&self, position: Position) -> Exchange<'_> {
        let history = &self.0[usize::from(position.history)];
        history.exchange(position.index as usize).expect("a position is one of an exchange")
    }

    /// Every exchange, in order. A run has few threads, so the next is found by looking at each.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (Position, Exchange<'_>)> {
        let mut next: Vec<Position> =
            (0u16..).zip(&self.0).map(|(history, _)| Position { history, index: 0 }).collect();
        std::iter::from_fn(move || {
            let places = next.iter_mut().filter_map(|position| {
                let history = &self.0[usize::from(position.history)];
                history.place(position.index as usize).map(|place| (place, position))
            });
            let (_, position) = places.min_by_key(|(place, _)| *place)?;
            let found = *position;
            position.index += 1;
            Some((found, self.at(found)))
        })
    }
}
