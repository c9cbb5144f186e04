//! The newest reply about each reservation of the run.

use super::merged_history::ExchangePosition;
use std::collections::HashMap;

const PAGE: usize = 4_096;

/// Indexed by number, in pages that are allocated on use: 8 bytes a reservation.
#[derive(Debug, Default)]
pub(super) struct ReplayedReservations {
    pages: Vec<Option<Box<[ReservationEntry; PAGE]>>>,
    /// The exchange that showed the expiry of a hold.
    expired: HashMap<u32, ExchangePosition>,
}

#[derive(Debug, Clone, Copy)]
struct ReservationEntry {
    index: u32,
    /// [`NO_HISTORY`] without a reply.
    history: u16,
    listed: bool,
}

const NO_HISTORY: u16 = u16::MAX;

impl ReservationEntry {
    fn position(&self) -> Option<ExchangePosition> {
        let Self { history, index, .. } = *self;
        (history != NO_HISTORY).then_some(ExchangePosition { history, index })
    }
}

/// A reservation after the replay.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReplayedReservation {
    pub(super) number: u32,
    pub(super) last: ExchangePosition,
    /// Whether it is in the server's list.
    pub(super) listed: bool,
}

impl ReplayedReservations {
    /// The newest reply about it.
    pub(super) fn last(&self, number: u32) -> Option<ExchangePosition> {
        let (page, slot) = place(number);
        self.pages.get(page)?.as_ref()?[slot].position()
    }

    pub(super) fn set(&mut self, number: u32, last: ExchangePosition) {
        let entry = self.entry(number);
        (entry.history, entry.index) = (last.history, last.index);
    }

    /// The exchange that showed that it had expired.
    pub(super) fn expired(&self, number: u32) -> Option<ExchangePosition> {
        self.expired.get(&number).copied()
    }

    pub(super) fn expire(&mut self, number: u32, evidence: ExchangePosition) {
        self.expired.insert(number, evidence);
    }

    /// Marks it as listed. Returns whether it was already.
    pub(super) fn list(&mut self, number: u32) -> bool {
        std::mem::replace(&mut self.entry(number).listed, true)
    }

    /// All reservations with a reply.
    pub(super) fn iter(&self) -> impl Iterator<Item = ReplayedReservation> {
        let pages = self.pages.iter().enumerate();
        pages.filter_map(|(index, page)| Some((index, page.as_ref()?))).flat_map(|(index, page)| {
            page.iter().enumerate().filter_map(move |(slot, entry)| {
                let number = u32::try_from(index * PAGE + slot).ok()?;
                Some(ReplayedReservation { number, last: entry.position()?, listed: entry.listed })
            })
        })
    }

    fn entry(&mut self, number: u32) -> &mut ReservationEntry {
        let (page, slot) = place(number);
        if self.pages.len() <= page {
            self.pages.resize_with(page + 1, || None);
        }
        let empty = ReservationEntry { index: 0, history: NO_HISTORY, listed: false };
        &mut self.pages[page].get_or_insert_with(|| Box::new([empty; PAGE]))[slot]
    }
}

fn place(number: u32) -> (usize, usize) {
    let number = number as usize;
    (number / PAGE, number % PAGE)
}
