//! The requests of one connection that wait for their answers.

use super::workload::Asked;

/// A request that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlight {
    /// What was asked for.
    pub(crate) asked: Asked,
    /// Since when it was due: what its latency counts from.
    pub(crate) due_ns: u64,
    /// When it was sent, at the latest.
    pub(crate) sent_ns: u64,
}

/// A place for each request that may be in flight; its number is the correlation id.
#[derive(Debug)]
pub(crate) struct Slots {
    slots: Vec<Option<InFlight>>,
    free: Vec<u32>,
}

impl Slots {
    /// Places for so many.
    pub(crate) fn new(pipeline: u32) -> Self {
        Self { slots: vec![None; pipeline as usize], free: (0..pipeline).rev().collect() }
    }

    /// Whether another request may be sent.
    pub(crate) fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    /// How many wait.
    pub(crate) fn in_flight(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Remembers a request and says its correlation id; nothing where there is no room.
    pub(crate) fn put(&mut self, request: InFlight) -> Option<u32> {
        let correlation = self.free.pop()?;
        self.slots[correlation as usize] = Some(request);
        Some(correlation)
    }

    /// The request that a reply answers; none if nothing was asked under that correlation id.
    pub(crate) fn take(&mut self, correlation: u32) -> Option<InFlight> {
        let request = self.slots.get_mut(correlation as usize)?.take()?;
        self.free.push(correlation);
        Some(request)
    }

    /// What waits still.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = InFlight> {
        self.slots.iter_mut().filter_map(Option::take)
    }
}
