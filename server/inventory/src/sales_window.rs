//! The phase of the sales window that is recorded. It is saved nowhere: see
//! [`sales`](crate::sales).

use boxoffice_protocol::event::{EventSpec, SalesPhase};
use boxoffice_protocol::time::Timestamp;

/// The phase of the sales window that is recorded, and until when it lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SalesWindow {
    pub(crate) phase: SalesPhase,
    pub(crate) until: Timestamp,
}

impl SalesWindow {
    /// No phase lasts as long.
    pub(crate) const NEVER: Timestamp = Timestamp::from_ms(u64::MAX);

    /// The window after a change at a time.
    pub(crate) fn at(spec: &EventSpec, at: Timestamp) -> Self {
        Self::in_phase(spec, spec.sales_phase(at))
    }

    pub(crate) fn in_phase(spec: &EventSpec, phase: SalesPhase) -> Self {
        Self { phase, until: spec.end_of_phase(phase) }
    }
}
