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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{Asked, Step};
    use boxoffice_client::protocol::id::ReservationId;
    use boxoffice_client::protocol::time::Timestamp;

    #[test]
    fn each_request_is_answered_once() {
        let id = ReservationId::new(Timestamp::from_ms(0), [0; 10]);
        let asked = |number| Asked { step: Step::Reserve, part: 0, event: 0, number, id };
        let request = |number| InFlight { asked: asked(number), due_ns: 0, sent_ns: 0 };
        let mut slots = Slots::new(2);
        let first = slots.put(request(1)).expect("room");
        let second = slots.put(request(2)).expect("room");
        assert!(!slots.has_room() && slots.put(request(3)).is_none());
        assert_eq!(slots.take(second).map(|it| it.asked.number), Some(2));
        assert!(slots.take(second).is_none(), "nothing waits under it any more");
        assert!(slots.take(7).is_none(), "nothing was ever asked under it");
        assert_eq!(slots.put(request(3)), Some(second), "the place is free again");
        assert_eq!(slots.take(first).map(|it| it.asked.number), Some(1));
    }
}
