//! The requests of a workload, as much of them as is remembered until the reply.

use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::request::Request;

/// The next request of a workload.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is sent at once, and never kept")]
pub(crate) enum NextRequest {
    Send(SentRequest, Request),
    /// The events are used up; there is no further request.
    Over,
}

/// A request that waits for its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentRequest {
    pub(crate) step: WorkloadStep,
    /// The index of the workload within its mix.
    pub(crate) part: u8,
    /// The index of the event within the run.
    pub(crate) event: u32,
    /// The run's number of the reservation; 0 for a read.
    pub(crate) number: u32,
    /// The id of the reservation; for a read one that no reservation has.
    pub(crate) id: ReservationId,
}

/// The kinds of requests that workloads send. Changes are about all places of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WorkloadStep {
    Reserve,
    Hold,
    Confirm,
    Release,
    Cancel,
    Event,
    Seats,
    Events,
}

/// The outcome of a request, as much as workloads need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepOutcome {
    Done,
    Refused,
}

impl WorkloadStep {
    /// Whether it is about a reservation; the others are reads.
    pub(crate) const fn is_change(self) -> bool {
        !matches!(self, Self::Event | Self::Seats | Self::Events)
    }
}
