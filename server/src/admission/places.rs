//! The places of one party.

use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// A party's places in the order in which they were taken.
#[derive(Debug, Default)]
pub(super) struct Places {
    by_number: BTreeMap<u64, SharedPlace>,
    /// Their sizes together.
    size: usize,
}

#[derive(Debug)]
struct SharedPlace {
    size: usize,
    /// Cancelled when the place is lost.
    lost: CancellationToken,
}

impl Places {
    pub(super) fn size(&self) -> usize {
        self.size
    }

    pub(super) fn has(&self, number: u64) -> bool {
        self.by_number.contains_key(&number)
    }

    pub(super) fn insert(&mut self, number: u64, size: usize, lost: CancellationToken) {
        self.size += size;
        self.by_number.insert(number, SharedPlace { size, lost });
    }

    /// Removes a place, and returns what tells of its loss.
    pub(super) fn remove(&mut self, number: u64) -> Option<CancellationToken> {
        let SharedPlace { size, lost } = self.by_number.remove(&number)?;
        self.size -= size;
        Some(lost)
    }

    pub(super) fn resize(&mut self, number: u64, size: usize) {
        if let Some(place) = self.by_number.get_mut(&number) {
            self.size = self.size - place.size + size;
            place.size = size;
        }
    }

    pub(super) fn oldest(&self) -> Option<u64> {
        self.by_number.first_key_value().map(|(&number, _)| number)
    }

    pub(super) fn newest(&self) -> Option<u64> {
        self.by_number.last_key_value().map(|(&number, _)| number)
    }

    pub(super) fn largest(&self) -> Option<u64> {
        let largest = self.by_number.iter().max_by_key(|(_, place)| place.size);
        largest.map(|(&number, _)| number)
    }
}
