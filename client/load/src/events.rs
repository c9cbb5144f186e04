//! The events of a run: planned, created before it, deleted after it.

use super::error::LoadError;
use super::exchange::EventBefore;
use super::workload::{Hall, Mix, Size};
use boxoffice_client::protocol::event::{Counts, EventSpec};
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::reply::Welcome;
use boxoffice_client::protocol::request::Force;
use boxoffice_client::{Client, ClientError, Saved};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::task::JoinSet;

/// Requests that are in flight while events are created and deleted.
const AT_ONCE: usize = 64;
/// The run's events begin so long after it.
const AHEAD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is wanted of the events of a run, where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// How many each workload of a mix has.
    pub(crate) events: Option<NonZeroU32>,
    /// How many places each of them has.
    pub(crate) places: Option<NonZeroU32>,
    /// How long holds last, where there are any.
    pub(crate) hold: Duration,
}

/// The events of each workload of a mix. Their slugs begin with `bench-` and the run's mark.
///
/// # Errors
/// [`LoadError::Hold`] for holds that the server does not allow.
pub(crate) fn plan(
    mix: &Mix,
    wanted: Wanted,
    mark: u32,
    welcome: &Welcome,
) -> Result<Vec<Vec<Hall>>, LoadError> {
    let mut indexes = 0..;
    let halls = mix.parts().iter().map(|(name, _)| {
        let about = name.about();
        let events = wanted.events.map_or(about.events, NonZeroU32::get);
        let size = match (about.size, wanted.places) {
            (size, None) => size,
            (Size::Seats(_), Some(places)) => Size::Seats(places.get()),
            (Size::Standing(_), Some(places)) => Size::Standing(places.get()),
        };
        let hold_ms = name.is_holding().then(|| hold_ms(wanted.hold, welcome)).transpose()?;
        let hall = |index| {
            let event = EventId::parse(&format!("bench-{mark:08x}-{index}"))?;
            Ok(Hall { event, index, size, hold_ms })
        };
        indexes.by_ref().take(events as usize).map(hall).collect()
    });
    halls.collect()
}

fn hold_ms(hold: Duration, welcome: &Welcome) -> Result<u32, LoadError> {
    let Welcome { hold_min_ms, hold_max_ms, .. } = *welcome;
    let ms = u32::try_from(hold.as_millis()).ok();
    ms.filter(|ms| (hold_min_ms..=hold_max_ms).contains(ms))
        .ok_or_else(|| LoadError::Hold { min_ms: hold_min_ms, max_ms: hold_max_ms })
}

/// What a task that creates an event brings back.
type Creation = (usize, EventSpec, Result<Saved, ClientError>);

/// Creates the events, and says how they are before the run.
///
/// # Errors
/// [`LoadError`] if one could not be created; others may be there.
pub(crate) async fn create(client: &Client, halls: &[Hall]) -> Result<Vec<EventBefore>, LoadError> {
    let starts_at = client.server_now().plus(AHEAD);
    let mut created = vec![None; halls.len()];
    let mut tasks = JoinSet::new();
    for (index, hall) in halls.iter().enumerate() {
        if tasks.len() == AT_ONCE {
            take_created(&mut tasks, halls, &mut created).await?;
        }
        let (client, event, spec) = (client.clone(), hall.event.clone(), hall.spec(starts_at)?);
        tasks.spawn(async move {
            let saved = client.create_event(&event, spec.clone()).await;
            (index, spec, saved)
        });
    }
    while !tasks.is_empty() {
        take_created(&mut tasks, halls, &mut created).await?;
    }
    Ok(created.into_iter().flatten().collect())
}

async fn take_created(
    tasks: &mut JoinSet<Creation>,
    halls: &[Hall],
    created: &mut [Option<EventBefore>],
) -> Result<(), ClientError> {
    if let Some(Ok((index, spec, saved))) = tasks.join_next().await {
        let Hall { event, size, hold_ms, .. } = &halls[index];
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

/// Deletes the events with all their reservations. Says how many are left because it failed.
pub(crate) async fn delete(client: &Client, halls: &[Hall]) -> usize {
    let mut left = 0;
    let mut tasks = JoinSet::new();
    let mut count = |deleted: Option<Result<Result<_, ClientError>, _>>| {
        left += usize::from(!matches!(deleted, Some(Ok(Ok(_)))));
    };
    for hall in halls {
        let (client, event) = (client.clone(), hall.event.clone());
        if tasks.len() == AT_ONCE {
            count(tasks.join_next().await);
        }
        tasks.spawn(async move { client.delete_event(&event, Force::Yes).await });
    }
    while !tasks.is_empty() {
        count(tasks.join_next().await);
    }
    left
}
