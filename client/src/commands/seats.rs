//! An event's seat map.

use crate::failure::Failure;
use crate::output::{Drawing, Output, SeatsRecord, draw, escape, sales};
use crate::values::rfc3339;
use boxoffice_client::Client;
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::request::Freshness;

/// Draws it, or prints a JSON line for each section.
pub(crate) async fn run(client: &Client, event: &EventId, output: &Output) -> Result<(), Failure> {
    let map = client.seats(event, Freshness::Fresh).await?;
    if output.is_json() {
        for section in &map.value.sections {
            output.json(&SeatsRecord::new(event, map.version, section))?;
        }
        return Ok(());
    }
    let details = client.event(event).await?.value;
    let title = format!(
        "{} ({event}), {}, sales {}",
        details.spec.name,
        rfc3339(details.spec.starts_at),
        sales(details.sales)
    );
    let drawing = draw(&Drawing {
        map: &map.value,
        currency: details.spec.currency,
        width: output.width(),
        colors: output.colors,
    });
    output.data(&format!("{}\n\n{drawing}", escape(&title)))?;
    Ok(())
}
