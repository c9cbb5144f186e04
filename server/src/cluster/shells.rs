//! The tasks of events, by their events' ids.

use super::event_memory::EventUse;
use super::request::ShellAsk;
use boxoffice_protocol::id::EventId;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

pub(super) type Shells = Mutex<HashMap<EventId, Shell>>;

/// The way to an event's task.
#[derive(Debug)]
pub(super) struct Shell {
    pub(super) asks: UnboundedSender<ShellAsk>,
    pub(super) uses: Arc<EventUse>,
}
