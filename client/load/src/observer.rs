//! The face of a run towards the program that started it.

use crate::generator::live::LiveStatus;
use std::sync::Arc;

/// The phases of a run, in their order.
#[derive(Debug, Clone)]
pub enum LoadPhase {
    /// The run creates its events.
    CreatingEvents,
    /// The threads send; the status counts their replies.
    Sending(Arc<LiveStatus>),
    /// The recorded history is verified.
    Verifying,
    /// The run deletes its events.
    DeletingEvents,
}

/// A program that shows how a run goes, and may end it early.
pub trait LoadObserver: Send + Sync + 'static {
    fn phase(&self, phase: LoadPhase);

    /// A message for a person.
    fn note(&self, message: &str);

    /// Resolves when the run shall end early. The first time it ends in order: it waits for what
    /// it has in flight and is verified. The second time it gives up.
    fn interrupted(&self) -> impl Future<Output = ()> + Send;
}
