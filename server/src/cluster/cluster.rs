//! A server's part of the cluster: what listeners ask, and the shells of events.

use super::asker::Asker;
use super::cluster_state::{ClusterBounds, ClusterState, ShellAsks};
use super::event_index::EventIndex;
use super::event_shell::EventShell;
use super::opening::{Joined, Routing};
use super::queue::queue;
use super::request::{ClusterRequest, ShellAsk};
use super::routing::{Forward, Route, receive};
use super::server_lease::servers_log;
use super::settled::{Kept, ReplyTo, Settled, Settlement};
use super::ticks::every;
use super::upkeep;
use crate::auth::Admitted;
use crate::catalog::{Answer, Catalog, EVENTS_LOOKED_AT};
use crate::fairness::Turns;
use crate::plans::Plans;
use crate::randomness::Randomness;
use crate::terms_check;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, Request};
use boxoffice_protocol::time::Timestamp;
use std::net::IpAddr;
use std::ops::{Bound, Deref};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;

/// Events that a page of reservations looks into, and the one that tells whether there are more.
const EVENTS_A_PAGE: usize = 257;

/// How long a server that stops waits for the engine to know it.
const GOODBYE: Duration = Duration::from_secs(1);

/// How often it looks whether it may.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

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
        (catalog, plans): (Arc<Catalog>, Arc<Plans>),
        randomness: Randomness,
        bounds: ClusterBounds,
        turns: Arc<Turns>,
        digests: impl Fn() -> Vec<(String, u64)> + Send + Sync + 'static,
    ) -> Arc<Self> {
        let Joined { calls, clock, index, hints, lease, routing } = joined;
        let index = EventIndex::start(index);
        let (index, time) = ((index, lease), (clock, randomness));
        let known = (catalog, plans);
        let state = ClusterState::new(known, calls, index, time, (bounds, begin_shell));
        let state = Arc::new(state);
        let mut secret = None;
        if let Some(Routing { listener, secret: all, forwards, .. }) = routing {
            let there = Arc::downgrade(&state);
            tokio::spawn(receive(there, listener, Arc::clone(&all), turns));
            secret = Some(all).filter(|_| forwards);
        }
        upkeep::start(&state, hints, secret, digests);
        Arc::new(Self { state })
    }

    /// Tells the other servers that this one is there no longer.
    pub(crate) async fn end(&self) {
        let released = tokio::time::timeout(GOODBYE, self.lease.release()).await;
        if matches!(released, Ok(Ok(()))) {
            let _ = tokio::time::timeout(GOODBYE, self.calls.hint_now(servers_log())).await;
        }
    }

    /// Waits until what other servers forwarded is answered, for a moment at most.
    pub(crate) async fn finish(&self) {
        let mut ticks = every(LOOK_AGAIN);
        let finished = async {
            while self.done_with.value() < self.received.value() {
                ticks.tick().await;
            }
            // The last answers leave.
            ticks.tick().await;
        };
        let _ = tokio::time::timeout(GOODBYE, finished).await;
    }

    /// The route of a decision about this event, whose connection waits for others on this one; none if
    /// it has to wait until these are answered.
    pub(crate) fn route(&self, event: EventId<&str>, before: Option<Route>) -> Option<Route> {
        self.links.route(&self.members, event, before)
    }

    /// Has an event decide a request of a client at this address.
    pub(crate) fn decide(
        self: &Arc<Self>,
        admitted: Admitted<'_>,
        from: IpAddr,
        (route, is_behind): (Route, bool),
        reply: ReplyTo,
    ) {
        let event = admitted.request().event().expect("an event decides it").to_owned();
        if let Err(refusal) = terms_check::check(admitted.request()) {
            return reply.send(Settlement::Answer(Answer::plain(Body::Refused(refusal))));
        }
        let times = self.times(self.clock.now());
        let (asker, wanted) = (Asker::of(admitted, from), admitted.request().with_names());
        let request = ClusterRequest::of(asker, wanted, &self.catalog, times, reply);
        match route {
            Route::Here => self.state.ask(&event, ShellAsk::Request(request)),
            Route::Forward(link) => {
                let unsent = self.links.forward(link, Forward { event, request, is_behind });
                unsent.unwrap_or_else(|unsent| self.state.decide_unsent(unsent));
            }
        }
    }

    /// Has it known what an event is now.
    pub(crate) fn confirm(self: &Arc<Self>, event: EventId<&str>, reply: ReplyTo) {
        let times = self.times(self.clock.now());
        let request = ClusterRequest::confirmation(&self.catalog, times, Some(reply));
        self.state.ask(&event.to_owned(), ShellAsk::Request(request));
    }

    /// Has it known what the events of a page are now, later than `since`, or the event of one.
    pub(crate) fn confirm_request(
        self: &Arc<Self>,
        request: &Request<&str>,
        since: Timestamp,
        reply: ReplyTo,
    ) {
        if let Some(event) = request.event() {
            return self.confirm(*event, reply);
        }
        let (cluster, request) = (Arc::clone(self), request.with_names());
        tokio::spawn(async move {
            let confirmed = cluster.confirm_page(&request, since).await;
            reply.send(confirmed.map_or(Settlement::Unconfirmed, Settlement::Confirmed));
        });
    }

    /// The answer of an event to a request, for a caller that waits for it alone.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        admitted: Admitted<'_>,
        from: IpAddr,
    ) -> Option<Answer> {
        let (to, settled) = queue();
        let event = admitted.request().event().expect("an event decides it");
        let route = self.route(*event, None).unwrap_or(Route::Here);
        self.decide(admitted, from, (route, false), ReplyTo { to, ticket: 0 });
        match first(settled).await {
            Settlement::Answer(answer) => Some(answer),
            Settlement::Confirmed(_) | Settlement::Unconfirmed => None,
        }
    }

    /// What is known once an event, or a page of them, was looked at.
    pub(crate) async fn confirmed(
        self: &Arc<Self>,
        request: &Request<&str>,
        since: Timestamp,
    ) -> Settlement {
        let (to, settled) = queue();
        self.confirm_request(request, since, ReplyTo { to, ticket: 0 });
        first(settled).await
    }

    /// Returns what the page shows, which stays loaded while that is kept.
    async fn confirm_page(self: &Arc<Self>, request: &Request, since: Timestamp) -> Option<Kept> {
        // Where a page begins, how many events it asks for, and at how many it looks for them.
        let (from, most, looks) = match request {
            Request::ListEvents { after, limit, .. } => {
                let from = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
                (from, limit.as_u32() as usize + 1, EVENTS_LOOKED_AT)
            }
            Request::ListReservations { after: Some(after), .. } if after.version.is_some() => {
                (Bound::Included(&after.event), EVENTS_A_PAGE, EVENTS_A_PAGE)
            }
            Request::ListReservations { after, .. } => {
                let after = after.as_ref().map(|after| &after.event);
                let from = after.map_or(Bound::Unbounded, Bound::Excluded);
                (from, EVENTS_A_PAGE, EVENTS_A_PAGE)
            }
            _ => return Some(Kept::new()),
        };
        let is_fresh = matches!(request, Request::ListEvents { freshness: Freshness::Fresh, .. });
        let is_young = self.is_index_young() && self.index.confirmed() > since;
        let mut must_read = is_fresh || !is_young;
        let mut kept = Kept::new();
        for _ in 0..PAGE_TRIES {
            if must_read {
                self.index.confirmed_version(self.patience).await?;
            }
            let (mut page, mut from, mut part_of, mut listed) = (Vec::new(), from, most, 0);
            // Lists show few of many unlisted events.
            loop {
                let part = self.index.page(from, part_of);
                kept.extend(self.confirm_all(&part, is_fresh, since).await?);
                self.catalog.show_index(self.index.version(), self.index.all());
                let is_last = part.len() < part_of;
                listed += self.catalog.listed_of(&part);
                page.extend(part);
                if is_last || listed >= most || page.len() >= looks {
                    break;
                }
                part_of = EVENTS_A_PAGE.max(most);
                from = page.last().map_or(Bound::Unbounded, Bound::Excluded);
            }
            // An event that turned out to be gone makes room for another one.
            if page.iter().all(|event| self.catalog.shows(event)) {
                break;
            }
            must_read = true;
        }
        Some(kept)
    }

    async fn confirm_all(
        self: &Arc<Self>,
        page: &[EventId],
        is_fresh: bool,
        since: Timestamp,
    ) -> Option<Kept> {
        let (to, mut settled) = queue();
        let mut all = Kept::new();
        for event in page {
            match self.young(event.borrowed(), since) {
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
}

impl Deref for Cluster {
    type Target = ClusterState;

    fn deref(&self) -> &ClusterState {
        &self.state
    }
}

/// Begins the task of an event.
fn begin_shell(state: Arc<ClusterState>, event: EventId, asked: ShellAsks) {
    let random = state.random();
    tokio::spawn(EventShell::new(state, event, random, asked).run());
}

async fn first(mut settled: UnboundedReceiver<Settled>) -> Settlement {
    settled.recv().await.map_or(Settlement::Unconfirmed, |settled| settled.settlement)
}
