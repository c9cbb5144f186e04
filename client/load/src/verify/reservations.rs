//! What is known of each of the run's reservations: the last exchange that said what it is.

use super::merged::Position;
use std::collections::HashMap;

const PAGE: usize = 4_096;

/// By number. A thread may number in a range of its own: only pages that are used take memory, 8
/// bytes a reservation.
#[derive(Debug, Default)]
pub(super) struct Reservations {
    pages: Vec<Option<Box<[Entry; PAGE]>>>,
    /// What showed that a hold had ended by itself.
    expired: HashMap<u32, Position>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    index: u32,
    /// None is [`NOTHING`].
    history: u16,
    listed: bool,
}

const NOTHING: u16 = u16::MAX;

impl Entry {
    fn position(&self) -> Option<Position> {
        let Self { history, index, .. } = *self;
        (history != NOTHING).then_some(Position { history, index })
    }
}

/// A reservation after the replay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) number: u32,
    pub(super) last: Position,
    /// Whether the server listed it.
    pub(super) listed: bool,
}

impl Reservations {
    /// The last exchange that said what it is.
    pub(super) fn last(&self, number: u32) -> Option<Position> {
        let (page, slot) = place(number);
        self.pages.get(page)?.as_ref()?[slot].position()
    }

    pub(super) fn set(&mut self, number: u32, last: Position) {
        let entry = self.entry(number);
        (entry.history, entry.index) = (last.history, last.index);
    }

    /// What showed that it ended by itself.
    pub(super) fn expired(&self, number: u32) -> Option<Position> {
        self.expired.get(&number).copied()
    }

    pub(super) fn expire(&mut self, number: u32, evidence: Position) {
        self.expired.insert(number, evidence);
    }

    /// The server listed it. Says whether it had before.
    pub(super) fn list(&mut self, number: u32) -> bool {
        std::mem::replace(&mut self.entry(number).listed, true)
    }

    /// Every reservation that anything is known of.
    pub(super) fn iter(&self) -> impl Iterator<Item = Known> {
        let pages = self.pages.iter().enumerate();
        pages.filter_map(|(index, page)| Some((index, page.as_ref()?))).flat_map(|(index, page)| {
            page.iter().enumerate().filter_map(move |(slot, entry)| {
                let number = u32::try_from(index * PAGE + slot).ok()?;
                Some(Known { number, last: entry.position()?, listed: entry.listed })
            })
        })
    }

    fn entry(&mut self, number: u32) -> &mut Entry {
        let (page, slot) = place(number);
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        let empty = Entry { index: 0, history: NOTHING, listed: false };
        &mut self.pages[page].get_or_insert_with(|| Box::new([empty; PAGE]))[slot]
    }
}

fn place(number: u32) -> (usize, usize) {
    let number = number as usize;
    (number / PAGE, number % PAGE)
}
