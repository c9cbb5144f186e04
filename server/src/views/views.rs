//! The cache of views.

use super::render;
use super::view::{Aged, View, ViewRequirement, Viewed, Writings};
use crate::catalog::{Catalog, Event, ExpiryTurn, Observed, Reading, Viewer};
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::randomness::TableHashing;
use boxoffice_inventory::Inventory;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::frame::encode_body;
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, PageLimit};
use boxoffice_protocol::time::Timestamp;
use moka::ops::compute::Op;
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// About what a cached view takes besides its body: moka's entry, the key, the view itself.
const ENTRY_BYTES: usize = 1_024;

/// The views of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// Everything but its seats.
    Details,
    Seats,
}

/// How a view is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// As the body of a reply of the binary protocol.
    Wire,
    /// As the JSON that HTTP answers with.
    Json,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    /// By the event's serial: one that is created again under a slug is another one.
    Event(u64, Aspect, Form),
    List(Option<EventId>, u32, Form, Viewer),
}

#[derive(Debug)]
pub struct Views {
    pub(super) cache: Cache<Key, Arc<View>, TableHashing>,
    max_age: Duration,
    pub(super) clock: Clock,
    pub(super) metrics: Arc<Metrics>,
    /// Taken while a view is written beside the event loop.
    pub(super) writing: Arc<Semaphore>,
}

impl Views {
    /// A cache of at most `capacity` bytes, whose views are served up to `max_age` old.
    pub fn new(
        capacity: u64,
        max_age: Duration,
        hashing: TableHashing,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        let weigh = |_: &Key, view: &Arc<View>| {
            u32::try_from(view.most_bytes() + ENTRY_BYTES).unwrap_or(u32::MAX)
        };
        let builder = Cache::builder().max_capacity(capacity).weigher(weigh);
        let cache = builder.build_with_hasher(hashing);
        Self { cache, max_age, clock, metrics, writing: Arc::new(Semaphore::new(1)) }
    }

    /// A view of an event.
    pub fn of_event(
        &self,
        catalog: &Catalog,
        event: &Arc<Event>,
        aspect: Aspect,
        form: Form,
        wanted: ViewRequirement,
    ) -> Viewed {
        let render = || {
            let begun_at = self.clock.now();
            let look = |inventory: &Inventory| body(inventory, aspect);
            let read = catalog.read(event, &mut ExpiryTurn::default(), look)?;
            Some(self.rendered_event(event, read, form, begun_at))
        };
        let key = Key::Event(event.serial, aspect, form);
        match self.serve(key, Some(event.version()), wanted, render) {
            _ if event.is_gone() => Viewed::Gone,
            Some(aged) => Viewed::View(aged),
            None => Viewed::Again,
        }
    }

    /// A view of a page of the list of events. It has no one version that could stand: it is
    /// as good as it is young. None if the turn was used up: see [`Viewed::Again`].
    pub fn of_list(
        &self,
        catalog: &Catalog,
        (after, limit): (Option<EventId<&str>>, PageLimit),
        viewer: Viewer,
        form: Form,
        wanted: ViewRequirement,
    ) -> Option<Aged> {
        let key = Key::List(after.map(|id| id.to_owned()), limit.as_u32(), form, viewer);
        let render = || {
            let begun_at = self.clock.now();
            let read = catalog.list_events((after, limit), viewer)?;
            Some(self.rendered(read.observed, read.until, form, render::events, begun_at))
        };
        self.serve(key, None, wanted, render)
    }

    pub(super) fn rendered_event(
        &self,
        event: &Event,
        read: Reading<Body>,
        form: Form,
        begun_at: Timestamp,
    ) -> Arc<View> {
        let write = |version, body: &Body| render::event(&event.id, version, body);
        self.rendered(read.observed, read.until, form, write, begun_at)
    }

    fn rendered(
        &self,
        looked: Observed<Body>,
        until: Timestamp,
        form: Form,
        to_json: impl FnOnce(u64, &Body) -> Vec<u8>,
        begun_at: Timestamp,
    ) -> Arc<View> {
        self.metrics.views_rendered.add(1);
        let Observed { version, position, value } = looked;
        let (body, writings) = match form {
            Form::Wire => (encode_body(&value), Writings::None),
            Form::Json => (to_json(version, &value).into(), Writings::possible()),
        };
        let done_at = self.clock.now();
        Arc::new(View { version, position, begun_at, done_at, until, body, writings })
    }

    /// The cached view if it will do, or else a new one; one rendering at a time for each key. None
    /// if `render` needs another turn.
    fn serve(
        &self,
        key: Key,
        current: Option<u64>,
        wanted: ViewRequirement,
        render: impl FnOnce() -> Option<Arc<View>>,
    ) -> Option<Aged> {
        let now = self.clock.now();
        if let Some(aged) = self.cached(&key, current, wanted, now) {
            return Some(aged);
        }
        let mut found = None;
        self.cache.entry(key).and_compute_with(|entry| {
            if let Some(view) = entry.map(moka::Entry::into_value)
                && let Some(age) = self.age_if_good(&view, current, wanted, now)
            {
                found = Some(Aged { view, age });
                return Op::Nop;
            }
            let Some(view) = render() else { return Op::Nop };
            found = Some(Aged::new(Arc::clone(&view)));
            Op::Put(view)
        });
        found
    }

    /// The cached view, if it will do.
    pub(super) fn cached(
        &self,
        key: &Key,
        current: Option<u64>,
        wanted: ViewRequirement,
        now: Timestamp,
    ) -> Option<Aged> {
        let view = self.cache.get(key)?;
        let age = self.age_if_good(&view, current, wanted, now)?;
        self.metrics.views_cached.add(1);
        Some(Aged { view, age })
    }

    fn age_if_good(
        &self,
        view: &View,
        current: Option<u64>,
        wanted: ViewRequirement,
        now: Timestamp,
    ) -> Option<Duration> {
        if current.is_some_and(|version| view.version >= version) && now < view.until {
            return Some(Duration::ZERO);
        }
        // Where the ledger took no expiries, it was old when it was rendered.
        let age = now.since(view.begun_at.min(view.until));
        let young = wanted.freshness == Freshness::Cached
            && age < self.max_age
            && (view.version >= wanted.at_least && view.begun_at > wanted.since
                || mutants::on(Mutant::OldViewTold));
        young.then_some(age)
    }
}

/// What a view of an event shows.
pub(super) fn body(inventory: &Inventory, aspect: Aspect) -> Body {
    match aspect {
        Aspect::Details => Body::Event(Box::new(inventory.details())),
        Aspect::Seats => Body::Seats(inventory.seat_map()),
    }
}
