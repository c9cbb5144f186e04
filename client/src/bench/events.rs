//! The events of a run: planned, created before it, deleted after it.

use super::workload::{Hall, Mix, Size};
use crate::failure::Failure;
use boxoffice_client::protocol::event::EventSpec;
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::request::Force;
use boxoffice_client::{Client, ClientError};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::task::JoinSet;

/// Requests that are in flight while events are created and deleted.
const AT_ONCE: usize = 64;
/// The run's events begin so long after it.
const AHEAD: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many events, and how large, where it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// How many each workload of a mix has.
    pub(crate) events: Option<NonZeroU32>,
    /// How many places each of them has.
    pub(crate) places: Option<NonZeroU32>,
}

/// The events of each workload of a mix. Their slugs begin with `bench-` and the run's mark.
pub(crate) fn plan(mix: &Mix, wanted: Wanted, mark: u32) -> Result<Vec<Vec<Hall>>, Failure> {
    let mut indexes = 0..;
    let halls = mix.parts().iter().map(|(name, _)| {
        let about = name.about();
        let events = wanted.events.map_or(about.events, NonZeroU32::get);
        let size = match (about.size, wanted.places) {
            (size, None) => size,
            (Size::Seats(_), Some(places)) => Size::Seats(places.get()),
            (Size::Standing(_), Some(places)) => Size::Standing(places.get()),
        };
        let hall = |index| {
            let event = EventId::parse(&format!("bench-{mark:08x}-{index}"))?;
            Ok(Hall { event, index, size })
        };
        indexes.by_ref().take(events as usize).map(hall).collect()
    });
    halls.collect()
}

/// Creates the events, and says of each the version it begins with.
pub(crate) async fn create(client: &Client, halls: &[Hall]) -> Result<Vec<u64>, Failure> {
    let starts_at = client.server_now().plus(AHEAD);
    let mut versions = vec![0; halls.len()];
    let mut tasks = JoinSet::new();
    for (index, hall) in halls.iter().enumerate() {
        let (client, event) = (client.clone(), hall.event.clone());
        let spec: EventSpec = hall.spec(starts_at)?;
        if tasks.len() == AT_ONCE {
            created(&mut tasks, &mut versions).await?;
        }
        tasks.spawn(async move { (index, client.create_event(&event, spec).await) });
    }
    while !tasks.is_empty() {
        created(&mut tasks, &mut versions).await?;
    }
    Ok(versions)
}

async fn created(
    tasks: &mut JoinSet<(usize, Result<boxoffice_client::Saved, ClientError>)>,
    versions: &mut [u64],
) -> Result<(), ClientError> {
    if let Some(Ok((index, saved))) = tasks.join_next().await {
        versions[index] = saved?.version;
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
