//! Views for a connection: no older than the versions that it was sent before.

use crate::server_state::ServerState;
use crate::views::{Aged, Aspect, Form, MonotonicReads};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::request::{Freshness, PageLimit};

impl ServerState {
    /// A page of the events behind `after`.
    #[inline]
    pub(crate) fn view_list(
        &self,
        told: &mut MonotonicReads,
        (after, limit): (Option<EventId<&str>>, PageLimit),
        form: Form,
        freshness: Freshness,
    ) -> Aged {
        let wanted = told.wants_list(freshness);
        let aged = self.views.of_list(&self.catalog, after, limit, form, wanted);
        told.heard_of_many(aged.view.done_at);
        aged
    }

    /// A view of one event; none if there is no such event.
    #[inline]
    pub(crate) fn view_event(
        &self,
        told: &mut MonotonicReads,
        event: EventId<&str>,
        aspect: Aspect,
        form: Form,
        freshness: Freshness,
    ) -> Option<Aged> {
        let event = self.catalog.find(event)?;
        let wanted = told.wants(event.serial, freshness);
        let aged = self.views.of_event(&event, aspect, form, wanted)?;
        told.heard(event.serial, aged.view.version, aged.view.done_at);
        Some(aged)
    }
}
