//! The server's state after a run, and the verification of the whole run against it.

use super::after::{EventAfter, ListedPlaces, ListedReservation, Steadiness};
use super::verifier::Verifier;
use crate::history::exchange::{EventBefore, ReservationNumbers};
use crate::history::packed::ThreadHistory;
use crate::result::Verification;
use boxoffice_client::protocol::event::{Counts, Sections};
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::reply::{Body, ReservationRow};
use boxoffice_client::protocol::request::{Freshness, Request};
use boxoffice_client::protocol::reservation::{self, Reservation};
use boxoffice_client::{Client, ClientError, ReservationFilter};
use std::time::Instant;
use tokio::task::JoinSet;

/// Events that are fetched concurrently.
const CONCURRENCY: usize = 64;

/// Attempts to list an event that keeps changing.
const ATTEMPTS: u32 = 5;

/// Verifies a run: its history in itself, then against the server's reservations. The times of the
/// exchanges count from `began`.
///
/// # Errors
/// [`ClientError`] if a request to the server fails.
pub(crate) async fn verify(
    client: &Client,
    events: &[EventBefore],
    numbers: ReservationNumbers,
    histories: Vec<ThreadHistory>,
    began: Instant,
) -> Result<Verification, ClientError> {
    let begun_at = Instant::now();
    let mut verifier = Verifier::new(events, histories);
    // Dropped early, the set aborts its tasks.
    let mut looks = JoinSet::new();
    let mut next = events.iter().enumerate();
    loop {
        for (index, event) in next.by_ref().take(CONCURRENCY - looks.len()) {
            let (client, event) = (client.clone(), event.clone());
            looks.spawn(async move { (index, look_after(&client, &event, numbers, began).await) });
        }
        let Some(looked) = looks.join_next().await else { break };
        let (index, after) = looked.map_err(|error| ClientError::Protocol(error.to_string()))?;
        verifier.compare(index, &after?);
    }
    let mut verification = verifier.finish();
    verification.took_ms = u64::try_from(begun_at.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(verification)
}

async fn look_after(
    client: &Client,
    event: &EventBefore,
    numbers: ReservationNumbers,
    began: Instant,
) -> Result<EventAfter, ClientError> {
    let mut attempts = 0;
    let (mut version, _) = look(client, &event.id).await?;
    loop {
        attempts += 1;
        let rows = list(client, event, numbers).await?;
        let listed_ns = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let (version_after, counts) = look(client, &event.id).await?;
        let steady = version == version_after;
        version = version_after;
        if steady || attempts == ATTEMPTS {
            let steadiness = if steady { Steadiness::Steady } else { Steadiness::Changing };
            return Ok(EventAfter { version, counts, steadiness, listed_ns, rows });
        }
    }
}

async fn look(client: &Client, event: &EventId) -> Result<(u64, Counts), ClientError> {
    let request = Request::GetEvent { event: event.clone(), freshness: Freshness::Fresh };
    let reply = client.call(&request).await?;
    match reply.body {
        Body::Event(details) => Ok((reply.version, details.counts.iter().copied().sum())),
        other => Err(ClientError::Protocol(format!("an event was asked for, not {other:?}"))),
    }
}

async fn list(
    client: &Client,
    event: &EventBefore,
    numbers: ReservationNumbers,
) -> Result<Vec<ListedReservation>, ClientError> {
    let filter =
        ReservationFilter { event: Some(event.id.clone()), ..ReservationFilter::default() };
    let mut pages = client.reservations(filter);
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await? {
        rows.extend(page.into_iter().map(|row| read(row, &event.spec.sections, numbers)));
    }
    Ok(rows)
}

fn read(
    row: ReservationRow,
    sections: &Sections,
    numbers: ReservationNumbers,
) -> ListedReservation {
    let ReservationRow { version, reservation } = row;
    let Reservation { id, status, places, .. } = reservation;
    let places = match places {
        reservation::Places::Seats(labels) => {
            ListedPlaces::Seats(labels.iter().filter_map(|label| sections.seat(label)).collect())
        }
        reservation::Places::Standing { section, places } => {
            let section = sections.named(&section).map_or(u8::MAX, |(index, _)| index);
            ListedPlaces::Standing { section, places }
        }
    };
    ListedReservation { number: numbers.number(&id), version, status, places }
}
