//! The seat map of an event.

use super::event::sales_in_words;
use super::kept_plan::hall_of;
use crate::args::SeatsArgs;
use crate::console::Console;
use crate::failure::Failure;
use crate::output::{Drawing, RowNames, SectionLine, draw};
use crate::values::RowRange;
use boxoffice_client::Client;
use boxoffice_client::protocol::event::{SeatMap, SectionMap};
use boxoffice_client::protocol::id::SectionName;
use boxoffice_client::protocol::request::Freshness;
use boxoffice_load::escape::escape;
use boxoffice_plan::Hall;

/// Draws the map, or prints a JSON line for each section.
pub(crate) async fn run(
    client: &Client,
    args: SeatsArgs,
    console: &Console,
) -> Result<(), Failure> {
    let SeatsArgs { event, section, rows } = args;
    let seen = client.seats(&event, Freshness::Fresh).await?;
    let hall = hall_of(client, seen.value.plan).await?;
    let map = part(&seen.value, section.as_ref(), rows.as_ref(), &hall)?;
    if console.is_json() {
        // Of the whole map: how seats are labelled depends on all of the event's sections.
        let named = |name: &str| map.sections.iter().any(|map| map.section.name.as_str() == name);
        let rows = rows.as_ref().map(|rows| (rows, &hall));
        let lines = SectionLine::all(&event, seen.version, &seen.value, rows);
        for line in lines.filter(|line| named(line.name())) {
            console.json(&line)?;
        }
        return Ok(());
    }
    let details = client.event(&event).await?.value;
    let title = format!(
        "{} ({event}), {}, {}",
        details.spec.name,
        console.venue_time(&details.spec.starts_at),
        sales_in_words(&details, console)
    );
    let drawing = draw(&Drawing {
        map: &map,
        hall: &hall,
        currency: details.spec.currency,
        rows: rows.as_ref(),
        width: console.width(),
        colors: console.colors,
    });
    console.data(&format!("{}\n\n{drawing}", escape(&title)))?;
    Ok(())
}

/// The sections that match the arguments; at least one must.
fn part(
    map: &SeatMap,
    section: Option<&SectionName>,
    rows: Option<&RowRange>,
    hall: &Hall,
) -> Result<SeatMap, Failure> {
    let wanted = |map: &&SectionMap| {
        let (spec, mut numbers) = (&map.section, 0..map.section.layout.rows());
        section.is_none_or(|name| *name == spec.name)
            && rows.is_none_or(|rows| {
                let rows = RowNames::of(hall, &spec.name).range(rows);
                numbers.any(|row| rows.contains(&row))
            })
    };
    let all = map.sections.iter().map(|map| {
        let spec = &map.section;
        let names = RowNames::of(hall, &spec.name);
        match spec.layout.rows().checked_sub(1) {
            Some(last) => format!("{} (rows {}-{})", spec.name, names.row(0), names.row(last)),
            None => format!("{} (standing)", spec.name),
        }
    });
    let all: Vec<_> = all.collect();
    let sections: Vec<_> = map.sections.iter().filter(wanted).cloned().collect();
    if sections.is_empty() {
        let why = format!("the event has no such section or rows; it has {}", all.join(", "));
        return Err(Failure::Usage(why));
    }
    Ok(SeatMap { plan: map.plan, sections: sections.into() })
}
