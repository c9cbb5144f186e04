//! Views for a connection: no older than the versions that it was sent before.

use crate::server_state::ServerState;
use crate::views::{Aged, Aspect, Form, MonotonicReads, Viewed};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, PageLimit};

impl ServerState {
    /// A page of the events behind `after`; none if it takes another turn.
    #[inline]
    pub(crate) fn view_list(
        &self,
        told: &mut MonotonicReads,
        (after, limit): (Option<EventId<&str>>, PageLimit),
        form: Form,
        freshness: Freshness,
    ) -> Option<Aged> {
        let wanted = told.wants_list(freshness);
        let aged = self.views.of_list(&self.catalog, after, limit, form, wanted)?;
        told.heard_of_many(aged.view.done_at);
        Some(aged)
    }

    /// A view of one event.
    #[inline]
    pub(crate) fn view_event(
        &self,
        told: &mut MonotonicReads,
        event: EventId<&str>,
        aspect: Aspect,
        form: Form,
        freshness: Freshness,
    ) -> Viewed {
        let Some(event) = self.catalog.find(event) else { return Viewed::Gone };
        let wanted = told.wants(event.serial, freshness);
        let viewed = self.views.of_event(&self.catalog, &event, aspect, form, wanted);
        if let Viewed::View(Aged { view, .. }) = &viewed {
            told.heard(event.serial, view.version, view.done_at);
        }
        viewed
    }
}
