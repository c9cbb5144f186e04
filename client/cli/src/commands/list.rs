//! Lists of events and reservations.

use crate::args::OutputFormat;
use crate::console::{Audience, Console};
use crate::failure::Failure;
use crate::values::{money, places, rfc3339, span, tickets};
use boxoffice_client::protocol::event::EventSummary;
use boxoffice_client::protocol::json::{EventSummaryRecord, ReservationRecord};
use boxoffice_client::protocol::reply::ReservationRow;
use boxoffice_client::protocol::reservation::{Reservation, Status};
use boxoffice_client::{Client, ReservationFilter};
use boxoffice_load::table::{Table, left, right, text};
use std::io;
use std::num::NonZeroUsize;

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
    // Scripts get each column, whatever events there are.
    let has_venues = events.iter().any(|event| event.venue.is_some());
    let has_venues = has_venues || console.format == OutputFormat::Csv;
    let columns = [
        left("event"),
        text("name"),
        left("starts"),
        left("sales").spare(2),
        right("price").spare(1),
        right("free"),
        right("held").spare(4),
        right("sold").spare(3),
        right("blocked").spare(5),
    ];
    let venue = has_venues.then(|| text("venue").spare(6));
    let mut table = Table::new(columns.into_iter().chain(venue));
    for event in &events {
        let cells = [
            event.id.to_string(),
            event.name.to_string(),
            console.venue_time(&event.starts_at),
            event.sales.to_string(),
            prices(event),
            event.counts.free.to_string(),
            event.counts.held.to_string(),
            event.counts.sold.to_string(),
            event.counts.blocked.to_string(),
        ];
        let venue = event.venue.as_ref().map_or_else(String::new, ToString::to_string);
        table.row(cells.into_iter().chain(has_venues.then_some(venue)));
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

/// The reservations that a list is to have.
pub(crate) struct ReservationsWanted {
    pub(crate) filter: ReservationFilter,
    /// Any, if there is none.
    pub(crate) status: Vec<Status>,
    pub(crate) limit: Option<NonZeroUsize>,
}

/// Prints reservations, with ended ones while they are remembered, and returns how many. JSON comes
/// page by page, while a table needs all of them to be aligned.
pub(crate) async fn reservations(
    client: &Client,
    wanted: ReservationsWanted,
    console: &Console,
) -> Result<usize, Failure> {
    let ReservationsWanted { filter, status, limit } = wanted;
    // What was asked for is known, and goes first.
    let known = |is_asked: bool, rank: u8| if is_asked { rank + 10 } else { rank };
    let event_column = left("event");
    let is_person = console.audience == Audience::Person;
    let mut table = Table::new([
        if filter.event.is_some() { event_column.spare(20) } else { event_column },
        left("id"),
        left("code"),
        text("customer").spare(known(filter.customer.is_some(), 2)),
        left("status"),
        text("places").spare(1),
        right("total").spare(4),
        left(if is_person { "left" } else { "expires" }).spare(3),
    ]);
    let mut pages = client.reservations(filter);
    let mut shown = 0;
    let is_full = |shown| limit.is_some_and(|limit| shown >= limit.get());
    'pages: while let Some(page) = pages.next().await? {
        let is_wanted =
            |row: &&ReservationRow| status.is_empty() || status.contains(&row.reservation.status);
        for row in page.iter().filter(is_wanted) {
            if is_full(shown) {
                console.note(&format!("there are more than these {shown}; --limit allows no more"));
                break 'pages;
            }
            shown += 1;
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
    Ok(shown)
}

/// Prints one reservation as a line of a table.
pub(crate) fn reservation(
    client: &Client,
    row: &ReservationRow,
    console: &Console,
) -> io::Result<()> {
    let headings = ["event", "id", "code", "customer", "status", "places", "total", "expires"];
    let mut table = Table::new(headings.map(left));
    table.row(cells(row, expiry(client, &row.reservation, Audience::Program)));
    console.table(&table)
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

fn cells(row: &ReservationRow, expiry: String) -> [String; 8] {
    let reservation = &row.reservation;
    [
        reservation.event.to_string(),
        reservation.id.to_string(),
        reservation.code.to_string(),
        reservation.customer.to_string(),
        reservation.status.to_string(),
        places(&reservation.places) + &tickets(&reservation.tickets),
        money(reservation.total, reservation.currency),
        expiry,
    ]
}
