//! The events of a run: planned and created before it, deleted after it.

use crate::error::LoadError;
use crate::history::exchange::EventBefore;
use crate::workloads::{Mix, Venue, VenueSize};
use boxoffice_client::protocol::event::{Counts, EventSpec};
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::reply::Welcome;
use boxoffice_client::protocol::request::Force;
use boxoffice_client::{Client, ClientError, Saved};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::task::JoinSet;

/// Requests in flight while events are created and deleted.
const CONCURRENCY: usize = 64;
/// Time from the run to the start of its events.
const LEAD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Number and sizes of the events; without a value each workload has its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventSizes {
    /// Events of each workload of the mix.
    pub(crate) events: Option<NonZeroU32>,
    /// Places of each event.
    pub(crate) places: Option<NonZeroU32>,
    /// The length of holds, for workloads that hold.
    pub(crate) hold: Duration,
}

/// Plans the events of each workload of the mix. Their slugs begin with `bench-` and `mark`.
///
/// # Errors
/// [`LoadError::Hold`] for holds that the server does not allow.
pub(crate) fn plan(
    mix: &Mix,
    sizes: EventSizes,
    mark: u32,
    welcome: &Welcome,
) -> Result<Vec<Vec<Venue>>, LoadError> {
    let mut indexes = 0..;
    let venues = mix.parts().iter().map(|(name, _)| {
        let description = name.description();
        let events = sizes.events.map_or(description.events, NonZeroU32::get);
        let size = match (description.size, sizes.places) {
            (size, None) => size,
            (VenueSize::Seats(_), Some(places)) => VenueSize::Seats(places.get()),
            (VenueSize::Standing(_), Some(places)) => VenueSize::Standing(places.get()),
        };
        let hold_ms = name.is_holding().then(|| hold_ms(sizes.hold, welcome)).transpose()?;
        let venue = |index| {
            let event = EventId::parse(&format!("bench-{mark:08x}-{index}"))?;
            Ok(Venue { event, index, size, hold_ms })
        };
        indexes.by_ref().take(events as usize).map(venue).collect()
    });
    venues.collect()
}

fn hold_ms(hold: Duration, welcome: &Welcome) -> Result<u64, LoadError> {
    let Welcome { hold_min_ms, hold_max_ms, .. } = *welcome;
    let ms = u64::try_from(hold.as_millis()).ok();
    ms.filter(|ms| (hold_min_ms..=hold_max_ms).contains(ms))
        .ok_or(LoadError::Hold { min_ms: hold_min_ms, max_ms: hold_max_ms })
}

type Creation = (usize, EventSpec, Result<Saved, ClientError>);

/// Creates the events, and returns their state before the run.
///
/// # Errors
/// [`LoadError`] if one could not be created; others may exist then.
pub(crate) async fn create(
    client: &Client,
    venues: &[Venue],
) -> Result<Vec<EventBefore>, LoadError> {
    let starts_at = client.server_now().plus(LEAD);
    let mut created = vec![None; venues.len()];
    let mut tasks = JoinSet::new();
    for (index, venue) in venues.iter().enumerate() {
        if tasks.len() == CONCURRENCY {
            take_created(&mut tasks, venues, &mut created).await?;
        }
        let (client, event, spec) = (client.clone(), venue.event.clone(), venue.spec(starts_at)?);
        tasks.spawn(async move {
            let saved = client.create_event(&event, spec.clone()).await;
            (index, spec, saved)
        });
    }
    while !tasks.is_empty() {
        take_created(&mut tasks, venues, &mut created).await?;
    }
    Ok(created.into_iter().flatten().collect())
}

async fn take_created(
    tasks: &mut JoinSet<Creation>,
    venues: &[Venue],
    created: &mut [Option<EventBefore>],
) -> Result<(), ClientError> {
    if let Some(Ok((index, spec, saved))) = tasks.join_next().await {
        let Venue { event, size, hold_ms, .. } = &venues[index];
        created[index] = Some(EventBefore {
            id: event.clone(),
            spec,
            version: saved?.version,
            counts: vec![Counts { free: size.places().into(), ..Counts::default() }],
            hold_ms: *hold_ms,
        });
    }
    Ok(())
}

/// Deletes the events with all their reservations. Returns the number of failures.
pub(crate) async fn delete(client: &Client, venues: &[Venue]) -> usize {
    let mut left = 0;
    let mut tasks = JoinSet::new();
    let mut count = |deleted: Option<Result<Result<_, ClientError>, _>>| {
        left += usize::from(!matches!(deleted, Some(Ok(Ok(_)))));
    };
    for venue in venues {
        let (client, event) = (client.clone(), venue.event.clone());
        if tasks.len() == CONCURRENCY {
            count(tasks.join_next().await);
        }
        tasks.spawn(async move { client.delete_event(&event, Force::Yes).await });
    }
    while !tasks.is_empty() {
        count(tasks.join_next().await);
    }
    left
}
