//! Requests of visitors, within the limits of their address.

use super::caller::{DurableAnswer, HttpCaller};
use super::problem::Problem;
use crate::auth::VisitorLimits;
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Selection;

impl HttpCaller {
    /// Decides a request about a reservation, within the limits of visitors. What is refused or
    /// repeated gives its share back, unless the client goes away meanwhile.
    pub(super) async fn execute_within_limits(
        &self,
        request: &Request<&str>,
    ) -> Result<DurableAnswer, Problem> {
        let admitted = self.admit(request)?;
        if !admitted.is_visitors() {
            return self.decide(admitted).await;
        }
        let limits = self.shared.auth.visitors().limits();
        self.admit_visitors(limits, request).map_err(|refusal| self.refused(refusal))?;
        let answered = self.decide(admitted).await;
        self.count_visitors(limits, request, &answered);
        answered
    }

    fn admit_visitors(
        &self,
        limits: &VisitorLimits,
        request: &Request<&str>,
    ) -> Result<(), Refusal> {
        match (taken(request), request) {
            (Some((key, places)), Request::Exchange { .. }) => {
                limits.admit_exchange(self.from, key, places)
            }
            (Some((new, places)), _) => limits.admit(self.from, new, places),
            (None, Request::Extend { .. }) => limits.admit_extension(self.from),
            _ => Ok(()),
        }
    }

    fn count_visitors(
        &self,
        limits: &VisitorLimits,
        request: &Request<&str>,
        answered: &Result<DurableAnswer, Problem>,
    ) {
        let told = answered.as_ref().ok().and_then(|answered| match &answered.body {
            Body::Reservation { reservation, effect } => Some((reservation, *effect)),
            _ => None,
        });
        let extends = matches!(request, Request::Extend { .. });
        match (taken(request), told) {
            (Some((key, places)), None) if matches!(request, Request::Exchange { .. }) => {
                limits.refuse_exchange(self.from, key, places);
            }
            (Some((new, places)), None) => limits.refuse(self.from, new, places),
            (Some((_, places)), Some((reservation, Effect::Unchanged))) => {
                limits.repeat(self.from, reservation, places);
            }
            (None, Some((reservation, Effect::Applied))) if extends => {
                limits.extend(self.from, reservation);
            }
            (None, _) if extends => limits.refuse_extension(self.from),
            (_, Some((reservation, _))) => limits.answer(self.from, reservation),
            (None, None) => {}
        }
    }
}

/// The reservation that a request would make or exchange, and how many places it would take.
fn taken<'a>(request: &Request<&'a str>) -> Option<((EventId<&'a str>, ReservationId), u32)> {
    let (event, id, selection) = match request {
        Request::Hold { event, id, selection, .. }
        | Request::Reserve { event, id, selection, .. } => (event, id, selection),
        Request::Exchange { reservation, to, .. } => (&reservation.event, &reservation.id, to),
        _ => return None,
    };
    let places = match selection.parts().0 {
        Selection::Seats(labels) => u32::try_from(labels.as_slice().len()).unwrap_or(u32::MAX),
        Selection::Best { places, .. } | Selection::Standing { places, .. } => places.as_u32(),
        Selection::Ticketed(_) => return None,
    };
    Some(((*event, *id), places))
}
