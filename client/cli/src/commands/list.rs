//! Lists of events and reservations.

use crate::console::{Audience, Console};
use crate::failure::Failure;
use crate::values::{money, places, rfc3339, span};
use boxoffice_client::protocol::event::EventSummary;
use boxoffice_client::protocol::id::{CustomerId, EventId};
use boxoffice_client::protocol::json::{EventSummaryRecord, ReservationRecord};
use boxoffice_client::protocol::reply::ReservationRow;
use boxoffice_client::protocol::reservation::{Reservation, Status};
use boxoffice_client::{Client, ReservationFilter};
use boxoffice_load::table::{Table, left, right, text};

pub(crate) async fn events(client: &Client, console: &Console) -> Result<(), Failure> {
    let events = client.events().await?;
    if console.is_json() {
        for event in &events {
            console.json(&EventSummaryRecord::new(event))?;
        }
        return Ok(());
    }
    if events.is_empty() {
        console.note("no events yet; `boxoffice event create --help` says how to make one");
    }
    let mut table = Table::new([
        left("event"),
        text("name"),
        left("starts"),
        left("sales").spare(),
        right("price"),
        right("free"),
        right("held").spare(),
        right("sold").spare(),
        right("blocked").spare(),
    ]);
    for event in &events {
        table.row([
            event.id.to_string(),
            event.name.to_string(),
            rfc3339(event.starts_at),
            event.sales.to_string(),
            prices(event),
            event.counts.free.to_string(),
            event.counts.held.to_string(),
            event.counts.sold.to_string(),
            event.counts.blocked.to_string(),
        ]);
    }
    Ok(console.table(&table)?)
}

fn prices(event: &EventSummary) -> String {
    let (lowest, highest) = event.prices;
    let highest_text = money(highest, event.currency);
    if lowest == highest {
        return highest_text;
    }
    let lowest = money(lowest, event.currency);
    let lowest = lowest.split(' ').next().unwrap_or_default();
    format!("{lowest}-{highest_text}")
}

/// Prints reservations, with ended ones while they are remembered. JSON comes page by page, while a
/// table needs all of them to be aligned.
pub(crate) async fn reservations(
    client: &Client,
    event: Option<EventId>,
    customer: Option<CustomerId>,
    console: &Console,
) -> Result<(), Failure> {
    let mut pages = client.reservations(ReservationFilter { event, customer });
    let mut table = Table::new([
        left("event"),
        left("id"),
        text("customer"),
        left("status"),
        text("places"),
        right("total").spare(),
        left(if console.audience == Audience::Person { "left" } else { "expires" }).spare(),
    ]);
    while let Some(page) = pages.next().await? {
        for row in &page {
            if console.is_json() {
                console.json(&ReservationRecord::new(&row.reservation, row.version))?;
            } else {
                table.row(cells(row, expiry(client, &row.reservation, console.audience)));
            }
        }
    }
    if !console.is_json() {
        console.table(&table)?;
    }
    Ok(())
}

/// The expiry of a hold: a time for a program, the remaining span for a person.
fn expiry(client: &Client, reservation: &Reservation, reader: Audience) -> String {
    match (reader, reservation.status) {
        (Audience::Program, Status::Held | Status::Expired) => rfc3339(reservation.expires_at),
        (Audience::Program, _) => String::new(),
        (Audience::Person, Status::Held) => span(reservation.expires_at.since(client.server_now())),
        (Audience::Person, _) => String::new(),
    }
}

fn cells(row: &ReservationRow, expiry: String) -> [String; 7] {
    let reservation = &row.reservation;
    [
        reservation.event.to_string(),
        reservation.id.to_string(),
        reservation.customer.to_string(),
        reservation.status.to_string(),
        places(&reservation.places),
        money(reservation.total, reservation.currency),
        expiry,
    ]
}
