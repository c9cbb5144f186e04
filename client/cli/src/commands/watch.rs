//! The changes of an event as they happen, one line each.

use super::kept_plan::hall_of;
use crate::console::Console;
use crate::failure::Failure;
use crate::output::WatchLine;
use boxoffice_client::protocol::change::PlacesChanged;
use boxoffice_client::protocol::event::{Counts, Sections};
use boxoffice_client::protocol::id::{EventId, SectionName};
use boxoffice_client::{Client, WatchEvent};
use boxoffice_load::escape::escape;
use boxoffice_plan::Hall;
use std::iter;

/// Prints changes until the event is deleted.
pub(crate) async fn run(client: &Client, event: EventId, console: &Console) -> Result<(), Failure> {
    let mut watch = client.watch(event.clone(), None).await?;
    let mut names = None;
    while let Some(seen) = watch.next().await {
        let seen = seen?;
        if let WatchEvent::Snapshot { map, .. } = &seen {
            let specs = map.sections.iter().map(|section| section.section.clone());
            let sections = Sections::new(specs.collect())?;
            names = Some((sections, hall_of(client, map.plan).await?));
        }
        if console.is_json() {
            console.json(&WatchLine::new(&event, &seen, names.as_ref()))?;
        } else {
            console.data(&escape(&line(&seen, names.as_ref())))?;
        }
    }
    Ok(())
}

/// `version 42: sold A1 A2; stalls: 10 free, 2 held, 8 sold, 0 blocked`
fn line(seen: &WatchEvent, names: Option<&(Sections, Hall)>) -> String {
    match seen {
        WatchEvent::Gap => "gap: changes were skipped, a snapshot follows".to_owned(),
        WatchEvent::Ended => "ended: the event was deleted".to_owned(),
        WatchEvent::Snapshot { version, map } => {
            let sections = map.sections.iter().map(|map| counts(&map.section.name, map.counts));
            let parts: Vec<_> = iter::once("snapshot".to_owned()).chain(sections).collect();
            format!("version {version}: {}", parts.join("; "))
        }
        WatchEvent::Changed { version, places } => {
            let parts = names.map_or_else(Vec::new, |names| changes(places, names));
            format!("version {version}: {}", parts.join("; "))
        }
    }
}

fn changes(places: &PlacesChanged, (sections, hall): &(Sections, Hall)) -> Vec<String> {
    let seats = places.seats.iter().map(|now| {
        let labels = now.seats.iter().map(|&seat| format!(" {}", hall.label(sections, seat)));
        format!("{}{}", now.state, labels.collect::<String>())
    });
    let counts = places.counts.iter().filter_map(|&(index, now)| {
        let section = sections.as_slice().get(usize::from(index))?;
        Some(counts(&section.name, now))
    });
    seats.chain(counts).collect()
}

fn counts(section: &SectionName, counts: Counts) -> String {
    let Counts { free, held, sold, blocked } = counts;
    format!("{section}: {free} free, {held} held, {sold} sold, {blocked} blocked")
}
