//! What is particular to each kind of change, as JSON for other programs.

use super::output::rfc3339;
use boxoffice_protocol::change::{Change, NewReservation, TakenPlaces, TermChange};
use boxoffice_protocol::event::{EventSpec, Layout, SectionSpec, TicketOffer, ZonedTime};
use boxoffice_protocol::id::{LetteredSeat, OrderNumber, ReservationId, Seat, TicketType};
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
        Change::Transferred { .. } => "transferred",
        Change::Exchanged { .. } => "exchanged",
        Change::SalesMoved { .. } => "sales_moved",
        Change::Ordered { .. } => "ordered",
        Change::ConfirmedTogether { .. } => "confirmed_together",
        Change::Reinstated { .. } => "reinstated",
        Change::Forfeited { .. } => "forfeited",
    }
}

/// What is particular to it.
pub(super) fn details(change: &Change) -> Value {
    match change {
        Change::Created(created) => spec(created),
        Change::Updated(updated) => json!({
            "terms": updated.terms.iter().map(term).collect::<Vec<_>>(),
            "blocked": seats(&updated.blocked),
            "unblocked": seats(&updated.unblocked),
        }),
        Change::Held(new) | Change::Reserved(new) => begun(new),
        Change::Extended { id, from, to } => json!({
            "reservation": id.to_string(),
            "from": rfc3339(*from),
            "to": rfc3339(*to),
        }),
        Change::Transferred { id, from, to } => json!({
            "reservation": id.to_string(),
            "from": from.as_str(),
            "to": to.as_str(),
        }),
        Change::Exchanged { id, from, to } => json!({
            "reservation": id.to_string(),
            "from": places(from),
            "to": places(to),
        }),
        Change::Confirmed { id, let_go }
        | Change::Released { id, let_go }
        | Change::Cancelled { id, let_go } => ended(*id, let_go.as_ref()),
        Change::Reinstated { id, places: all, .. } => json!({
            "reservation": id.to_string(),
            "places": places(all),
        }),
        Change::Forfeited { id, .. } => json!({ "reservation": id.to_string() }),
        Change::Ordered { id, order } => json!({
            "reservation": id.to_string(),
            "order": order.as_str(),
        }),
        Change::Expired { ids } | Change::ConfirmedTogether { ids } => {
            json!({ "reservations": ids.iter().map(ToString::to_string).collect::<Vec<_>>() })
        }
        Change::SalesMoved { from, to } => json!({ "from": from.as_str(), "to": to.as_str() }),
        Change::Deleted => json!({}),
    }
}

fn begun(new: &NewReservation) -> Value {
    json!({
        "reservation": new.id.to_string(),
        "customer": new.customer.as_str(),
        "places": places(&new.places),
        "expires_at": rfc3339(new.expires_at),
        "order": new.order.as_ref().map(OrderNumber::as_str),
    })
}

fn ended(id: ReservationId, let_go: Option<&TakenPlaces>) -> Value {
    json!({ "reservation": id.to_string(), "let_go": let_go.map(places) })
}

fn places(places: &TakenPlaces) -> Value {
    let mut value = match places.section() {
        Some(section) => json!({ "section": section, "standing": places.count() }),
        None => json!({ "seats": seats(places.seats().map_or(&[][..], |seats| seats)) }),
    };
    if !places.types().is_empty() {
        value["types"] = json!(places.types());
    }
    if !places.prices().is_empty() {
        value["prices"] = json!(places.prices());
    }
    value
}

/// Seats by their section's number: what sections were called then, only their event knew.
fn seats(seats: &[Seat]) -> Vec<String> {
    let label = |seat: Seat| LetteredSeat::new(seat.row(), seat.number());
    seats.iter().map(|&seat| format!("{}:{}", seat.section(), label(seat))).collect()
}

/// One thing that an update changed, by its name.
fn term(change: &TermChange) -> Value {
    let changed = |what: &str, from: Value, to: Value| json!({ what: { "from": from, "to": to } });
    let of_section = |section: u8, what: &str, from: Value, to: Value| json!({ "section": section, what: { "from": from, "to": to } });
    match change {
        TermChange::Name { from, to } => changed("name", json!(from.as_str()), json!(to.as_str())),
        TermChange::StartsAt { from, to } => changed("starts_at", zoned(from), zoned(to)),
        TermChange::Sales { from, to } => {
            changed("sales", json!(from.as_str()), json!(to.as_str()))
        }
        TermChange::SalesFrom { from, to } => {
            changed("sales_from", zoned_or_null(from.as_ref()), zoned_or_null(to.as_ref()))
        }
        TermChange::SalesUntil { from, to } => {
            changed("sales_until", zoned_or_null(from.as_ref()), zoned_or_null(to.as_ref()))
        }
        TermChange::Publication { from, to } => {
            changed("publication", json!(from.as_str()), json!(to.as_str()))
        }
        TermChange::Venue { from, to } => changed("venue", json!(from), json!(to)),
        TermChange::Description { from, to } => changed("description", json!(from), json!(to)),
        TermChange::Link { from, to } => changed("link", json!(from), json!(to)),
        TermChange::MaxPerCustomer { from, to } => {
            changed("max_per_customer", json!(from), json!(to))
        }
        TermChange::Price { section, from, to } => {
            of_section(*section, "price", json!(from), json!(to))
        }
        TermChange::Layout { section, from, to } => {
            of_section(*section, "layout", layout(from), layout(to))
        }
        TermChange::Added(added) => json!({ "added": section(added) }),
        TermChange::TicketPrice { category, ticket_type, from, to } => json!({
            "category": category.as_str(),
            "type": ticket_type.as_str(),
            "price": { "from": from.map(offer), "to": offer(*to) },
        }),
    }
}

/// A price, or that there is none.
fn offer(offer: TicketOffer) -> Value {
    match offer {
        TicketOffer::NotSold => json!("not sold"),
        TicketOffer::Price(price) => json!(price),
    }
}

/// The instant, and what the clocks of the zone show then.
fn zoned(time: &ZonedTime) -> Value {
    json!({ "at": rfc3339(time.at()), "local": format!("{time:#}"), "zone": time.zone().as_str() })
}

fn zoned_or_null(time: Option<&ZonedTime>) -> Value {
    time.map_or(Value::Null, zoned)
}

fn layout(layout: &Layout) -> Value {
    let rows = match layout {
        Layout::Seated { rows } => Some(rows),
        Layout::Standing { .. } => None,
    };
    json!({ "capacity": layout.capacity(), "blocked": layout.blocked(), "rows": rows })
}

fn section(section: &SectionSpec) -> Value {
    let mut value = layout(&section.layout);
    value["name"] = json!(section.name.as_str());
    value["price"] = json!(section.price);
    value
}

fn spec(spec: &EventSpec) -> Value {
    let sections = spec.sections.as_slice().iter().map(section);
    let prices = spec.tickets.prices().iter().map(|price| {
        json!({
            "category": price.category.as_str(),
            "type": price.ticket_type.as_str(),
            "price": offer(price.offer),
        })
    });
    let types: Vec<&str> = spec.tickets.types().iter().map(TicketType::as_str).collect();
    json!({
        "name": spec.name.as_str(),
        "starts_at": zoned(&spec.starts_at),
        "publication": spec.publication.as_str(),
        "venue": spec.presentation.venue,
        "description": spec.presentation.description,
        "link": spec.presentation.link,
        "sales_from": zoned_or_null(spec.sales_from.as_ref()),
        "sales_until": zoned_or_null(spec.sales_until.as_ref()),
        "currency": spec.currency.code().as_str(),
        "currency_digits": spec.currency.digits(),
        "max_per_customer": spec.max_per_customer,
        "plan": spec.plan.map(|plan| plan.to_string()),
        "sections": sections.collect::<Vec<_>>(),
        "types": types,
        "prices": prices.collect::<Vec<_>>(),
    })
}
