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

/// Seats of the largest event whose views are written on the event loop.
const SEATS: u64 = 20_000;

impl Views {
    /// Whether the JSON of an event's views takes long to write.
    pub(crate) fn takes_long(event: &Event) -> bool {
        event.look(Inventory::seats).value > SEATS
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
            if let Some(view) = self.cache.get(&key).filter(|view| is_new(view, asked_at, now)) {
                self.metrics.views_cached.add(1);
                return Some(Aged::new(view));
            }
            let look = |inventory: &Inventory| body(inventory, aspect);
            match catalog.read(event, &mut ExpiryTurn::default(), look) {
                Some(read) => break (now, read),
                // Expired holds were recorded; other tasks have a turn.
                None => tokio::task::yield_now().await,
            }
        };
        self.metrics.views_beside.add(1);
        let (this, event) = (Arc::clone(self), Arc::clone(event));
        let written = tokio::task::spawn_blocking(move || {
            let view = this.rendered_event(&event, read, Form::Json, begun_at);
            view.tag();
            view.gzip();
            this.cache.insert(key, Arc::clone(&view));
            drop(permit);
            view
        });
        match written.await {
            Ok(view) => Some(Aged::new(view)),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The server is stopping.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Whether a view is as new as one that would be rendered now, for a reader that asked then.
fn is_new(view: &View, asked_at: Timestamp, now: Timestamp) -> bool {
    view.begun_at > asked_at && now < view.until
}
