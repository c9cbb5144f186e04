//! Views that take long to write, beside the event loop.
//!
//! A look at an event copies the states of its seats, under its lock. To write a million of them as
//! JSON, and to pack that, takes many times as long, so that a thread of its own does it: one
//! view at a time. Readers that wait for their turn meanwhile share the next one, which begins after
//! all of them asked.

use super::view::{Aged, View, ViewRequirement};
use super::views::{Aspect, Form, Key, Views, body};
use crate::catalog::{Catalog, Event, ExpiryTurn};
use boxoffice_inventory::Inventory;
use boxoffice_protocol::time::Timestamp;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

/// Seats of the largest map, and rows of the largest event, that are written on the event loop.
pub(crate) const MOST_ON_LOOP: u64 = 20_000;

impl Views {
    /// Whether the JSON of an event's view takes long to write.
    pub(crate) fn takes_long(event: &Event, aspect: Aspect) -> bool {
        let size = |inventory: &Inventory| match aspect {
            Aspect::Seats => inventory.seats(),
            Aspect::Details => {
                let sections = inventory.spec().sections.as_slice().iter();
                sections.map(|section| section.layout.rows() as u64).sum()
            }
        };
        event.look(size).value > MOST_ON_LOOP
    }

    /// The JSON of a large event's view, with its gzip form and its tag; none if the event is gone.
    ///
    /// The future may be dropped at any await. What is being written then is written to its end, and
    /// nothing else is written before.
    pub(crate) async fn beside(
        self: &Arc<Self>,
        catalog: &Catalog,
        event: &Arc<Event>,
        aspect: Aspect,
        wanted: ViewRequirement,
    ) -> Option<Aged> {
        let asked_at = self.clock.now();
        let key = Key::Event(event.serial, aspect, Form::Json);
        if let Some(aged) = self.cached(&key, Some(event.version()), wanted, asked_at) {
            return Some(aged).filter(|_| !event.is_gone());
        }
        let permit = Arc::clone(&self.writing).acquire_owned().await;
        let permit = permit.expect("nothing closes the semaphore");
        let (begun_at, read) = loop {
            if event.is_gone() {
                return None;
            }
            let now = self.clock.now();
            let current = event.version();
            let cached = || self.cached(&key, Some(current), wanted, now);
            if let Some(aged) = cached().or_else(|| self.shared(&key, current, asked_at, now)) {
                return Some(aged).filter(|_| !event.is_gone());
            }
            let look = |inventory: &Inventory| body(inventory, aspect);
            match catalog.read(event, &mut ExpiryTurn::default(), look) {
                Some(read) => break (now, read),
                // Expired holds were recorded; other tasks have a turn.
                None => tokio::task::yield_now().await,
            }
        };
        self.metrics.views_beside.add(1);
        let (this, of) = (Arc::clone(self), Arc::clone(event));
        let written = tokio::task::spawn_blocking(move || {
            let view = this.rendered_event(&of, read, Form::Json, begun_at);
            view.tag();
            view.gzip();
            this.cache.insert(key, Arc::clone(&view));
            drop(permit);
            view
        });
        match written.await {
            Ok(view) => Some(Aged::new(view)).filter(|_| !event.is_gone()),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The server is stopping.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// The cached view, if it is as new as one that could have been rendered for a reader that asked
    /// then. The event may have changed since.
    fn shared(&self, key: &Key, current: u64, asked_at: Timestamp, now: Timestamp) -> Option<Aged> {
        let is_new = |view: &Arc<View>| view.begun_at > asked_at && now < view.until;
        let view = self.cache.get(key).filter(is_new)?;
        self.metrics.views_cached.add(1);
        let stands = view.version >= current;
        let age = if stands { Duration::ZERO } else { now.since(view.begun_at) };
        Some(Aged { view, age })
    }
}
