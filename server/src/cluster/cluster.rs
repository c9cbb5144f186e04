//! A server's part of the cluster: what listeners ask, and the shells of events.

use super::cluster_state::{ClusterBounds, ClusterState};
use super::event_index::EventIndex;
use super::event_shell::EventShell;
use super::opening::Joined;
use super::queue::queue;
use super::request::{ClusterRequest, ShellAsk};
use super::server_lease::servers_log;
use super::settled::{Kept, ReplyTo, Settled, Settlement};
use super::shells::Shell;
use super::upkeep;
use crate::auth::Admitted;
use crate::catalog::{Answer, Catalog};
use crate::randomness::Randomness;
use crate::terms_check;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, Request};
use std::ops::{Bound, Deref};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// Events that a page of reservations looks into, and the one that tells whether there are more.
const EVENTS_A_PAGE: usize = 257;

/// How long a server that stops waits for the engine to know it.
const GOODBYE: Duration = Duration::from_secs(1);

/// How often a page is looked up again because an event of it is gone.
const PAGE_TRIES: usize = 4;

/// This server among those that share a store.
#[derive(Debug)]
pub(crate) struct Cluster {
    state: Arc<ClusterState>,
}

impl Cluster {
    /// Takes part, for as long as the runtime lasts. Has to be called inside it.
    pub(crate) fn start(
        joined: Joined,
        catalog: Arc<Catalog>,
        randomness: Randomness,
        bounds: ClusterBounds,
    ) -> Arc<Self> {
        let Joined { calls, clock, index, hints, lease } = joined;
        let index = EventIndex::start(index);
        let (index, time) = ((index, lease), (clock, randomness));
        let state = Arc::new(ClusterState::new(catalog, calls, index, time, bounds));
        upkeep::start(&state, hints);
        Arc::new(Self { state })
    }

    /// Tells the other servers that this one is there no longer.
    pub(crate) async fn end(&self) {
        let released = tokio::time::timeout(GOODBYE, self.lease.release()).await;
        if matches!(released, Ok(Ok(()))) {
            let _ = tokio::time::timeout(GOODBYE, self.calls.hint_now(servers_log())).await;
        }
    }

    /// Has an event decide a request.
    pub(crate) fn decide(self: &Arc<Self>, admitted: Admitted<'_>, reply: ReplyTo) {
        let event = admitted.request().event().expect("an event decides it").to_owned();
        if let Err(refusal) = terms_check::check(admitted.request()) {
            return reply.send(Settlement::Answer(Answer::plain(Body::Refused(refusal))));
        }
        let times = self.times(self.clock.now());
        let request = ClusterRequest::of(admitted, &self.catalog, times, reply);
        self.ask(&event, ShellAsk::Request(request));
    }

    /// Has it known what an event is now.
    pub(crate) fn confirm(self: &Arc<Self>, event: EventId<&str>, reply: ReplyTo) {
        let times = self.times(self.clock.now());
        let request = ClusterRequest::confirmation(&self.catalog, times, Some(reply));
        self.ask(&event.to_owned(), ShellAsk::Request(request));
    }

    /// Has it known what the events of a page are now, or the event of one.
    pub(crate) fn confirm_request(self: &Arc<Self>, request: &Request<&str>, reply: ReplyTo) {
        if let Some(event) = request.event() {
            return self.confirm(*event, reply);
        }
        let (cluster, request) = (Arc::clone(self), request.with_names());
        tokio::spawn(async move {
            let confirmed = cluster.confirm_page(&request).await;
            reply.send(confirmed.map_or(Settlement::Unconfirmed, Settlement::Confirmed));
        });
    }

    /// The answer of an event to a request, for a caller that waits for it alone.
    pub(crate) async fn answer(self: &Arc<Self>, admitted: Admitted<'_>) -> Option<Answer> {
        let (to, settled) = queue();
        self.decide(admitted, ReplyTo { to, ticket: 0 });
        match first(settled).await {
            Settlement::Answer(answer) => Some(answer),
            Settlement::Confirmed(_) | Settlement::Unconfirmed => None,
        }
    }

    /// What is known once an event, or a page of them, was looked at.
    pub(crate) async fn confirmed(self: &Arc<Self>, request: &Request<&str>) -> Settlement {
        let (to, settled) = queue();
        self.confirm_request(request, ReplyTo { to, ticket: 0 });
        first(settled).await
    }

    /// Returns what the page shows, which stays loaded while that is kept.
    async fn confirm_page(self: &Arc<Self>, request: &Request) -> Option<Kept> {
        let (from, most) = match request {
            Request::ListEvents { after, limit, .. } => {
                let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
                (from, limit.as_u32() as usize + 1)
            }
            Request::ListReservations { after: Some(after), .. } if after.version.is_some() => {
                (Bound::Included(&after.event), EVENTS_A_PAGE)
            }
            Request::ListReservations { after, .. } => {
                let after = after.as_ref().map(|after| &after.event);
                (after.map_or(Bound::Unbounded, Bound::Excluded), EVENTS_A_PAGE)
            }
            _ => return Some(Kept::new()),
        };
        let is_fresh = matches!(request, Request::ListEvents { freshness: Freshness::Fresh, .. });
        let mut must_read = is_fresh || !self.is_index_young();
        let mut kept = Kept::new();
        for _ in 0..PAGE_TRIES {
            if must_read {
                self.index.confirmed_version(self.patience).await?;
            }
            let page = self.index.page(from, most);
            kept = self.confirm_all(&page, is_fresh).await?;
            self.catalog.show_index(self.index.version(), self.index.all());
            // An event that turned out to be gone makes room for another one.
            if page.iter().all(|event| self.catalog.shows(event)) {
                break;
            }
            must_read = true;
        }
        Some(kept)
    }

    async fn confirm_all(self: &Arc<Self>, page: &[EventId], is_fresh: bool) -> Option<Kept> {
        let (to, mut settled) = queue();
        let mut all = Kept::new();
        for event in page {
            match self.young(event.borrowed()) {
                Some(young) if !is_fresh => all.push(young),
                _ => self.confirm(event.borrowed(), ReplyTo { to: to.clone(), ticket: 0 }),
            }
        }
        drop(to);
        while let Some(Settled { settlement, .. }) = settled.recv().await {
            match settlement {
                Settlement::Confirmed(kept) => all.extend(kept),
                Settlement::Answer(_) => {}
                Settlement::Unconfirmed => return None,
            }
        }
        Some(all)
    }

    /// Asks an event's shell, which begins if there is none.
    pub(super) fn ask(self: &Arc<Self>, event: &EventId, asked: ShellAsk) {
        let mut shells = self.shells.lock();
        if let Some(shell) = shells.get(event) {
            // A shell takes itself out before it ends.
            let _ = shell.asks.send(asked);
            return;
        }
        let ((asks, waiting), uses) = (queue(), self.memory.begin());
        let _ = asks.send(asked);
        shells.insert(event.clone(), Shell { asks, uses: Arc::clone(&uses) });
        drop(shells);
        let random = self.random();
        let asked = (waiting, uses);
        let shell = EventShell::new(Arc::clone(&self.state), event.clone(), random, asked);
        tokio::spawn(shell.run());
    }
}

impl Deref for Cluster {
    type Target = ClusterState;

    fn deref(&self) -> &ClusterState {
        &self.state
    }
}

async fn first(mut settled: UnboundedReceiver<Settled>) -> Settlement {
    settled.recv().await.map_or(Settlement::Unconfirmed, |settled| settled.settlement)
}
