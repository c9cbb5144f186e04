//! Views for a connection: no older than the versions that it was sent before.

use crate::catalog::{Event, Viewer};
use crate::server_state::ServerState;
use crate::views::{Aged, Aspect, Form, MonotonicReads, Viewed, Views};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, PageLimit};
use parking_lot::MutexGuard;
use std::time::Duration;

impl ServerState {
    /// A page of the events behind an id, for a viewer; none if it takes another turn.
    #[inline]
    pub(crate) fn view_list(
        &self,
        told: &mut MonotonicReads,
        page: (Option<EventId<&str>>, PageLimit),
        viewer: Viewer,
        form: Form,
        freshness: Freshness,
    ) -> Option<Aged> {
        let wanted = told.wants_list(freshness);
        let aged = self.views.of_list(&self.catalog, page, viewer, form, wanted)?;
        told.heard_of_many(aged.view.done_at);
        Some(aged)
    }

    /// A view of one event.
    #[inline]
    pub(crate) fn view_event(
        &self,
        told: &mut MonotonicReads,
        (event, viewer): (EventId<&str>, Viewer),
        aspect: Aspect,
        form: Form,
        freshness: Freshness,
    ) -> Viewed {
        let Some(event) = self.catalog.find_for(event, viewer) else { return Viewed::Gone };
        let wanted = told.wants(event.serial, freshness);
        let mut viewed = self.views.of_event(&self.catalog, &event, aspect, form, wanted);
        if let Viewed::View(Aged { view, age }) = &mut viewed {
            told.heard(event.serial, view.version, view.done_at);
            self.date(&event, freshness, age);
        }
        viewed
    }

    /// Where other servers change events, a view is as old as the last look at what they did.
    fn date(&self, event: &Event, freshness: Freshness, age: &mut Duration) {
        if self.cluster.is_some() && freshness == Freshness::Cached {
            *age = (*age).max(self.clock.now().since(event.confirmed()));
        }
    }

    /// The JSON of a view of one event; none if the event is gone. `told` is asked for the connection's
    /// own state, and no lock of it is held across an await.
    pub(crate) async fn view_json<'t>(
        &self,
        told: impl Fn() -> MutexGuard<'t, MonotonicReads>,
        id: (EventId<&str>, Viewer),
        aspect: Aspect,
        freshness: Freshness,
    ) -> Option<Aged> {
        let event = self.catalog.find_for(id.0, id.1)?;
        if Views::takes_long(&event, aspect) {
            let wanted = told().wants(event.serial, freshness);
            let mut aged = self.views.beside(&self.catalog, &event, aspect, wanted).await?;
            told().heard(event.serial, aged.view.version, aged.view.done_at);
            self.date(&event, freshness, &mut aged.age);
            return Some(aged);
        }
        loop {
            let viewed = self.view_event(&mut told(), id, aspect, Form::Json, freshness);
            match viewed {
                Viewed::View(aged) => return Some(aged),
                Viewed::Gone => return None,
                // Expired holds were recorded; other tasks have a turn.
                Viewed::Again => tokio::task::yield_now().await,
            }
        }
    }
}
