//! All exchanges of a run in one order: by event, then version, with the exchange that made a version
//! first. The histories of the threads are sorted in place and merged while they are read; nothing is
//! copied.

use crate::history::exchange::Exchange;
use crate::history::packed::ThreadHistory;
use std::thread;

/// The history of an exchange, and its index there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ExchangePosition {
    pub(super) history: u16,
    pub(super) index: u32,
}

/// The sorted histories of a run.
#[derive(Debug)]
pub(super) struct MergedHistory(Vec<ThreadHistory>);

impl MergedHistory {
    /// Sorts the histories in parallel.
    pub(super) fn new(mut histories: Vec<ThreadHistory>) -> Self {
        thread::scope(|scope| {
            for history in &mut histories {
                scope.spawn(|| history.sort());
            }
        });
        Self(histories)
    }

    /// The exchange at a position that [`in_order`](Self::in_order) yielded.
    pub(super) fn at(&self, position: ExchangePosition) -> Exchange<'_> {
        let history = &self.0[usize::from(position.history)];
        history.exchange(position.index as usize).expect("a position is one of an exchange")
    }

    /// All exchanges in order. There are few histories, so the next one is found by a linear search.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (ExchangePosition, Exchange<'_>)> {
        let mut next: Vec<ExchangePosition> = (0u16..)
            .zip(&self.0)
            .map(|(history, _)| ExchangePosition { history, index: 0 })
            .collect();
        std::iter::from_fn(move || {
            let places = next.iter_mut().filter_map(|position| {
                let history = &self.0[usize::from(position.history)];
                history.sort_key(position.index as usize).map(|place| (place, position))
            });
            let (_, position) = places.min_by_key(|(place, _)| *place)?;
            let found = *position;
            position.index += 1;
            Some((found, self.at(found)))
        })
    }
}
