//! What is particular to each kind of change, as JSON for other programs.

use super::output::rfc3339;
use boxoffice_protocol::change::{Change, EventTerms, NewReservation, TakenPlaces};
use boxoffice_protocol::event::{EventSpec, Layout, Sales};
use boxoffice_protocol::id::{ReservationId, Seat, SeatLabel};
use serde_json::{Value, json};

/// The word for a change.
pub(super) const fn kind(change: &Change) -> &'static str {
    match change {
        Change::Created(_) => "created",
        Change::Updated(_) => "updated",
        Change::Held(_) => "held",
        Change::Reserved(_) => "reserved",
        Change::Confirmed { .. } => "confirmed",
        Change::Extended { .. } => "extended",
        Change::Released { .. } => "released",
        Change::Expired { .. } => "expired",
        Change::Cancelled { .. } => "cancelled",
        Change::Deleted => "deleted",
    }
}

/// What is particular to it.
pub(super) fn details(change: &Change) -> Value {
    match change {
        Change::Created(created) => spec(created),
        Change::Updated(updated) => json!({
            "before": terms(&updated.before),
            "after": terms(&updated.after),
            "blocked": seats(&updated.blocked),
            "unblocked": seats(&updated.unblocked),
        }),
        Change::Held(new) | Change::Reserved(new) => begun(new),
        Change::Extended { id, from, to } => json!({
            "reservation": id.to_string(),
            "from": rfc3339(*from),
            "to": rfc3339(*to),
        }),
        Change::Confirmed { id, let_go }
        | Change::Released { id, let_go }
        | Change::Cancelled { id, let_go } => ended(*id, let_go.as_ref()),
        Change::Expired { id } => json!({ "reservation": id.to_string() }),
        Change::Deleted => json!({}),
    }
}

fn begun(new: &NewReservation) -> Value {
    json!({
        "reservation": new.id.to_string(),
        "customer": new.customer.as_str(),
        "places": places(&new.places),
        "expires_at": rfc3339(new.expires_at),
    })
}

fn ended(id: ReservationId, let_go: Option<&TakenPlaces>) -> Value {
    json!({ "reservation": id.to_string(), "let_go": let_go.map(places) })
}

fn places(places: &TakenPlaces) -> Value {
    match places {
        TakenPlaces::Seats(taken) => json!({ "seats": seats(taken) }),
        TakenPlaces::Standing { section, places } => {
            json!({ "section": section, "standing": places })
        }
    }
}

/// Seats by their section's number: what sections were called then, only their event knew.
fn seats(seats: &[Seat]) -> Vec<String> {
    let label = |seat: Seat| SeatLabel { section: None, row: seat.row(), number: seat.number() };
    seats.iter().map(|&seat| format!("{}:{}", seat.section(), label(seat))).collect()
}

fn terms(terms: &EventTerms) -> Value {
    let mut value = spec(&terms.spec);
    value["sales"] = json!(match terms.sales {
        Sales::Open => "open",
        Sales::Closed => "closed",
    });
    value
}

fn spec(spec: &EventSpec) -> Value {
    let sections = spec.sections.as_slice().iter().map(|section| {
        let rows = match &section.layout {
            Layout::Seated { rows } => Some(rows),
            Layout::Standing { .. } => None,
        };
        json!({
            "name": section.name.as_str(),
            "price": section.price,
            "capacity": section.layout.capacity(),
            "rows": rows,
        })
    });
    json!({
        "name": spec.name.as_str(),
        "starts_at": rfc3339(spec.starts_at),
        "currency": spec.currency.as_str(),
        "max_per_customer": spec.max_per_customer,
        "sections": sections.collect::<Vec<_>>(),
    })
}
