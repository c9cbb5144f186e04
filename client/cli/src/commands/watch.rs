//! An event's changes as they happen, a line each.

use crate::console::Console;
use crate::failure::Failure;
use crate::output::{PlacesRecord, SeatsNowRecord, SectionNowRecord, state};
use boxoffice_client::protocol::change::PlacesChanged;
use boxoffice_client::protocol::event::{Counts, SeatMap, SectionSpec, Sections};
use boxoffice_client::protocol::id::{EventId, SectionName};
use boxoffice_client::{Client, WatchEvent};
use boxoffice_load::escape::escape;

/// Prints until the event ends.
pub(crate) async fn run(client: &Client, event: EventId, console: &Console) -> Result<(), Failure> {
    let mut watch = client.watch(event.clone(), None).await?;
    let mut sections = None;
    while let Some(seen) = watch.next().await {
        let seen = seen?;
        if let WatchEvent::Snapshot { map, .. } = &seen {
            let specs = map.sections.iter().map(|section| section.section.clone());
            sections = Some(Sections::new(specs.collect())?);
        }
        let record = record(&event, &seen, sections.as_ref());
        if console.is_json() {
            console.json(&record)?;
        } else {
            console.data(&escape(&line(&record)))?;
        }
    }
    Ok(())
}

fn record<'a>(
    event: &'a EventId,
    seen: &'a WatchEvent,
    sections: Option<&'a Sections>,
) -> PlacesRecord<'a> {
    let blank =
        PlacesRecord { event, what: "gap", version: None, places: vec![], sections: vec![] };
    match seen {
        WatchEvent::Gap => blank,
        WatchEvent::Ended => PlacesRecord { what: "ended", ..blank },
        WatchEvent::Snapshot { version, map } => PlacesRecord {
            what: "snapshot",
            version: Some(*version),
            sections: all_counts(map),
            ..blank
        },
        WatchEvent::Changed { version, places } => PlacesRecord {
            what: "changed",
            version: Some(*version),
            places: sections.map_or_else(Vec::new, |sections| labelled(places, sections)),
            sections: sections.map_or_else(Vec::new, |sections| counted(places, sections)),
            ..blank
        },
    }
}

fn all_counts(map: &SeatMap) -> Vec<SectionNowRecord<'_>> {
    let sections = map.sections.iter();
    sections.map(|map| SectionNowRecord::new(&map.section.name, map.counts)).collect()
}

fn labelled(places: &PlacesChanged, sections: &Sections) -> Vec<SeatsNowRecord> {
    let now = places.seats.iter();
    now.map(|now| SeatsNowRecord {
        state: state(now.state),
        seats: now.seats.iter().map(|&seat| sections.label(seat)).collect(),
    })
    .collect()
}

fn counted<'a>(places: &PlacesChanged, sections: &'a Sections) -> Vec<SectionNowRecord<'a>> {
    let named = |&(index, counts): &(u8, Counts)| -> Option<(&'a SectionName, Counts)> {
        let SectionSpec { name, .. } = sections.as_slice().get(usize::from(index))?;
        Some((name, counts))
    };
    let counts = places.counts.iter().filter_map(named);
    counts.map(|(name, counts)| SectionNowRecord::new(name, counts)).collect()
}

/// `version 42: sold A1 A2; stalls: 10 free, 2 held, 8 sold, 0 blocked`
fn line(record: &PlacesRecord<'_>) -> String {
    let version = record.version.map(|version| format!("version {version}: "));
    let mut parts = Vec::new();
    match record.what {
        "changed" => {}
        "gap" => parts.push("gap: changes were skipped, a snapshot follows".to_owned()),
        "ended" => parts.push("ended: the event was deleted".to_owned()),
        what => parts.push(what.to_owned()),
    }
    for now in &record.places {
        let seats: Vec<_> = now.seats.iter().map(ToString::to_string).collect();
        parts.push(format!("{} {}", now.state, seats.join(" ")));
    }
    parts.extend(record.sections.iter().map(ToString::to_string));
    version.unwrap_or_default() + &parts.join("; ")
}
