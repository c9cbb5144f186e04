//! What few reservations have besides their records: a revision. One that has none of it is not
//! here, and takes no memory for it.

use boxoffice_protocol::id::ReservationId;
use std::collections::BTreeMap;

/// What some reservations have besides.
///
/// Invariant: none has nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Particulars {
    of: BTreeMap<ReservationId, Particular>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Particular {
    /// How often the reservation was transferred.
    pub(crate) revision: u64,
}

impl Particulars {
    /// What a reservation has besides.
    pub(crate) fn get(&self, id: &ReservationId) -> Option<&Particular> {
        if self.of.is_empty() { None } else { self.of.get(id) }
    }

    pub(crate) fn revision(&self, id: &ReservationId) -> u64 {
        self.get(id).map_or(0, |of| of.revision)
    }

    pub(crate) fn set_revision(&mut self, id: &ReservationId, revision: u64) {
        self.change(id, |of| of.revision = revision);
    }

    /// Forgets what a reservation had.
    pub(crate) fn remove(&mut self, id: &ReservationId) {
        self.of.remove(id);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&ReservationId, &Particular)> {
        self.of.iter()
    }

    fn change(&mut self, id: &ReservationId, change: impl FnOnce(&mut Particular)) {
        let of = self.of.entry(*id).or_default();
        change(of);
        if *of == Particular::default() {
            self.of.remove(id);
        }
    }
}
