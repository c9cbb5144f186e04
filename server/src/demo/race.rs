//! Races of customers for places, each over a connection of its own.

use anyhow::Context;
use boxoffice_client::{Client, ClientConfig, ClientError, ReservationFilter};
use boxoffice_protocol::id::{CustomerId, EventId, SeatLabel};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Freshness;
use boxoffice_protocol::reservation::{
    PlaceCount, Places, Reservation, SeatLabels, Selection, Together,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

pub(super) const CUSTOMERS: usize = 50;
/// Places in the first race.
pub(super) const PLACES: usize = 20;
/// Attempts on the one seat of the second race.
pub(super) const ATTEMPTS: usize = 100_000;
/// Attempts that a customer has in flight.
const IN_FLIGHT: u32 = 128;

/// The outcome of a race.
pub(super) struct RaceOutcome {
    /// Each customer's reservation, or the name of a refusal.
    pub(super) customers: Vec<(CustomerId, Result<Reservation, &'static str>)>,
    pub(super) refused: BTreeMap<&'static str, usize>,
    /// From the start to the last answer.
    pub(super) took: Duration,
}

/// Every customer asks for the best place, all at the same moment.
pub(super) async fn for_places(
    config: &ClientConfig,
    event: &EventId,
) -> anyhow::Result<RaceOutcome> {
    let best =
        Selection::Best { places: PlaceCount::ONE, section: None, together: Together::IfPossible };
    race(config, event, &best, 1).await
}

/// Every customer tries to get the same seat, again and again.
pub(super) async fn for_one_seat(
    config: &ClientConfig,
    event: &EventId,
) -> anyhow::Result<RaceOutcome> {
    let seat: SeatLabel = "stalls:A6".parse().context("a seat of the sample event")?;
    let seat = Selection::Seats(SeatLabels::new([seat])?);
    race(config, event, &seat, ATTEMPTS / CUSTOMERS).await
}

async fn race(
    config: &ClientConfig,
    event: &EventId,
    selection: &Selection,
    attempts: usize,
) -> anyhow::Result<RaceOutcome> {
    let start = Arc::new(Barrier::new(CUSTOMERS + 1));
    let mut racers = JoinSet::new();
    for number in 1..=CUSTOMERS {
        let customer = CustomerId::parse(&format!("customer-{number:02}"))?;
        let config = ClientConfig { in_flight: IN_FLIGHT, ..config.clone() };
        let racer = Racer {
            client: Client::connect(config).await?,
            event: event.clone(),
            customer,
            selection: selection.clone(),
        };
        racers.spawn(racer.run(Arc::clone(&start), attempts));
    }
    start.wait().await;
    let began = boxoffice_server::clock::Stopwatch::start();
    let mut outcome =
        RaceOutcome { customers: Vec::new(), refused: BTreeMap::new(), took: Duration::ZERO };
    while let Some(raced) = racers.join_next().await {
        let (customer, got, refused) = raced??;
        for (name, times) in refused {
            *outcome.refused.entry(name).or_default() += times;
        }
        outcome.customers.push((customer, got));
    }
    outcome.took = began.elapsed();
    outcome.customers.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(outcome)
}

struct Racer {
    client: Client,
    event: EventId,
    customer: CustomerId,
    selection: Selection,
}

type Raced = (CustomerId, Result<Reservation, &'static str>, BTreeMap<&'static str, usize>);

impl Racer {
    async fn run(self, start: Arc<Barrier>, attempts: usize) -> Result<Raced, ClientError> {
        start.wait().await;
        let mut won = Err("nothing");
        let mut refused = BTreeMap::new();
        let racer = Arc::new(self);
        let mut under_way = JoinSet::new();
        for _ in 0..attempts {
            if under_way.len() == IN_FLIGHT as usize
                && let Some(done) = under_way.join_next().await
            {
                count_attempt(done, &mut won, &mut refused)?;
            }
            let racer = Arc::clone(&racer);
            under_way.spawn(async move { racer.attempt().await });
        }
        while let Some(done) = under_way.join_next().await {
            count_attempt(done, &mut won, &mut refused)?;
        }
        Ok((racer.customer.clone(), won, refused))
    }

    async fn attempt(&self) -> Result<Reservation, ClientError> {
        let id = self.client.new_id();
        let booking = self.client.reserve(id, &self.event, &self.customer, &self.selection).await?;
        Ok(booking.reservation)
    }
}

fn count_attempt(
    done: Result<Result<Reservation, ClientError>, tokio::task::JoinError>,
    won: &mut Result<Reservation, &'static str>,
    refused: &mut BTreeMap<&'static str, usize>,
) -> Result<(), ClientError> {
    match done.expect("an attempt does not panic and is not aborted") {
        Ok(reservation) => *won = Ok(reservation),
        Err(ClientError::Refused { refusal, .. }) => {
            *refused.entry(refusal.name()).or_default() += 1;
            if won.is_err() {
                *won = Err(Refusal::name(&refusal));
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// The server's own account of an event after the races.
pub(super) struct Audit {
    /// Live reservations in the list.
    pub(super) reservations: usize,
    /// Seats in more than one of them.
    pub(super) oversold: usize,
    /// Whether the counts of the seat map agree with the list.
    pub(super) counts_agree: bool,
}

/// Lists every reservation of the event, and looks for a seat that is in two of them.
pub(super) async fn audit(client: &Client, event: &EventId) -> Result<Audit, ClientError> {
    let mut pages = client.reservations(ReservationFilter {
        event: Some(event.clone()),
        ..ReservationFilter::default()
    });
    let mut holders: BTreeMap<SeatLabel, usize> = BTreeMap::new();
    let mut reservations = 0;
    while let Some(page) = pages.next().await? {
        for row in page.into_iter().filter(|row| row.reservation.status.is_live()) {
            reservations += 1;
            if let Places::Seats(seats) = row.reservation.places {
                seats.into_iter().for_each(|seat| *holders.entry(seat).or_default() += 1);
            }
        }
    }
    let map = client.seats(event, Freshness::Fresh).await?.value;
    let taken: u64 =
        map.sections.iter().map(|section| section.counts.held + section.counts.sold).sum();
    Ok(Audit {
        reservations,
        oversold: holders.values().filter(|&&holders| holders > 1).count(),
        counts_agree: taken == holders.len() as u64,
    })
}
