//! The streams of all events.

use super::broadcast::Broadcast;
use super::broadcaster::Broadcaster;
use super::listener::StreamListener;
use super::open_streams::{FollowedEvent, NoStream, OpenStreams};
use super::wake_rate::WakeRate;
use crate::catalog::{Catalog, Event, Wake};
use crate::event_watch::EventWatch;
use crate::fairness::Party;
use crate::ledger::Ledger;
use crate::plans::PlanRegistry;
use crate::server_state::ServerState;
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

#[derive(Debug)]
pub(in crate::http) struct Streams {
    catalog: Arc<Catalog>,
    open: Arc<OpenStreams>,
    ledger: Arc<Ledger>,
    plans: Arc<PlanRegistry>,
    stop: CancellationToken,
    wake_rate: Arc<WakeRate>,
    /// One large snapshot is written at a time.
    writing: Arc<Semaphore>,
}

impl Streams {
    pub(in crate::http) fn new(shared: &ServerState, stop: &CancellationToken) -> Arc<Self> {
        let (limits, metrics) = (shared.config.streams, Arc::clone(&shared.metrics));
        Arc::new(Self {
            catalog: Arc::clone(&shared.catalog),
            open: Arc::new(OpenStreams::new(limits, metrics)),
            ledger: Arc::clone(&shared.ledger),
            plans: Arc::clone(shared.plans.registry()),
            stop: stop.clone(),
            wake_rate: Arc::new(WakeRate::new()),
            writing: Arc::new(Semaphore::new(1)),
        })
    }

    /// Begins a stream of an event, behind version `known` if that is given.
    pub(super) fn listen(
        &self,
        event: &Arc<Event>,
        known: Option<u64>,
        party: Party,
    ) -> Result<StreamListener, NoStream> {
        let joined = self.open.join(event.serial, party, || self.follow(event))?;
        Ok(StreamListener::new(Arc::clone(&self.open), joined, event, known))
    }

    /// Starts the task that follows an event; none if the event is deleted.
    fn follow(&self, event: &Arc<Event>) -> Option<FollowedEvent> {
        let watch = EventWatch::begin(&self.catalog, Arc::clone(event), None, Wake::default())?;
        let broadcast =
            Arc::new(Broadcast::new(event.id.clone(), Arc::<PlanRegistry>::clone(&self.plans)));
        let close = self.stop.child_token();
        let left = Arc::new(Notify::new());
        let broadcaster = Broadcaster {
            open: Arc::clone(&self.open),
            ledger: Arc::clone(&self.ledger),
            wake_rate: Arc::clone(&self.wake_rate),
            writing: Arc::clone(&self.writing),
            serial: event.serial,
            broadcast: Arc::clone(&broadcast),
            closed: close.clone(),
            left: Arc::clone(&left),
        };
        tokio::spawn(broadcaster.run(watch));
        Some(FollowedEvent::new(broadcast, close, left))
    }
}
