//! The requests of one connection that wait for their replies.

use crate::workloads::SentRequest;

/// A request that was sent and is not answered yet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct InFlightRequest {
    pub(crate) sent: SentRequest,
    /// When it was due; its latency counts from here.
    pub(crate) due_ns: u64,
    /// When it was given to the connection.
    pub(crate) sent_ns: u64,
}

/// Where and when a reply came in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrival {
    /// The connection's index within its thread.
    pub(crate) connection: usize,
    pub(crate) now_ns: u64,
}

/// One slot for each request that may be in flight. The slot's index is the correlation id.
#[derive(Debug)]
pub(crate) struct InFlight {
    slots: Vec<Option<InFlightRequest>>,
    free: Vec<u32>,
}

impl InFlight {
    /// Room for `pipeline` requests.
    pub(crate) fn new(pipeline: u32) -> Self {
        Self { slots: vec![None; pipeline as usize], free: (0..pipeline).rev().collect() }
    }

    /// Whether another request may be sent.
    pub(crate) fn has_room(&self) -> bool {
        !self.free.is_empty()
    }

    /// Remembers a request and returns its correlation id; none if all slots are taken.
    pub(crate) fn put(&mut self, request: InFlightRequest) -> Option<u32> {
        let correlation = self.free.pop()?;
        self.slots[correlation as usize] = Some(request);
        Some(correlation)
    }

    /// Frees the slot of an answered request; none if no request has this correlation id.
    pub(crate) fn take(&mut self, correlation: u32) -> Option<InFlightRequest> {
        let request = self.slots.get_mut(correlation as usize)?.take()?;
        self.free.push(correlation);
        Some(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workloads::WorkloadStep;
    use boxoffice_client::protocol::id::ReservationId;
    use boxoffice_client::protocol::time::Timestamp;

    #[test]
    fn each_request_is_answered_once() {
        let id = ReservationId::new(Timestamp::from_ms(0), [0; 10]);
        let sent =
            |number| SentRequest { step: WorkloadStep::Reserve, part: 0, event: 0, number, id };
        let request = |number| InFlightRequest { sent: sent(number), due_ns: 0, sent_ns: 0 };
        let mut slots = InFlight::new(2);
        let first = slots.put(request(1)).expect("room");
        let second = slots.put(request(2)).expect("room");
        assert!(!slots.has_room() && slots.put(request(3)).is_none());
        assert_eq!(slots.take(second).map(|it| it.sent.number), Some(2));
        assert!(slots.take(second).is_none(), "the slot is free");
        assert!(slots.take(7).is_none(), "there is no such slot");
        assert_eq!(slots.put(request(3)), Some(second), "the slot is free again");
        assert_eq!(slots.take(first).map(|it| it.sent.number), Some(1));
    }
}
