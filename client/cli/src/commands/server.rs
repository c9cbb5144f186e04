//! Commands about the server itself.

use crate::console::Console;
use crate::failure::Failure;
use crate::output::PingLine;
use crate::values::rfc3339;
use boxoffice_client::protocol::id::BackupName;
use boxoffice_client::protocol::json::{Rfc3339, ServerRecord, StatsRecord};
use boxoffice_client::protocol::reply::{Stat, StatValue};
use boxoffice_client::{BackedUp, Client};
use boxoffice_load::escape::escape;
use boxoffice_load::table::{Table, left, right, text};
use serde::Serialize;
use std::time::Instant;

/// Prints the server's figures.
pub(crate) async fn stats(client: &Client, console: &Console) -> Result<(), Failure> {
    let stats = client.stats().await?;
    if console.is_json() {
        console.json(&StatsRecord::new(&stats))?;
        return Ok(());
    }
    let mut table = Table::new([left("figure"), text("value")]);
    for Stat { name, value } in stats {
        let value = match value {
            StatValue::Count(count) => count.to_string(),
            StatValue::Text(text) => text.into(),
        };
        table.row([name.into(), value]);
    }
    Ok(console.table(&table)?)
}

/// Whether the server is there, what it is, and how far away.
pub(crate) async fn ping(client: &Client, console: &Console) -> Result<(), Failure> {
    let asked = Instant::now();
    let server_time = client.ping().await?;
    let round_trip = asked.elapsed();
    let welcome = client.welcome();
    if console.is_json() {
        let server = ServerRecord {
            server: &welcome.server,
            time: Rfc3339(server_time),
            hold_default_ms: welcome.hold_default_ms.into(),
            hold_min_ms: welcome.hold_min_ms.into(),
            hold_max_ms: welcome.hold_max_ms.into(),
            hold_life_ms: welcome.hold_life_ms.into(),
        };
        console.json(&PingLine {
            server,
            protocol_version: welcome.protocol_version,
            round_trip_us: u64::try_from(round_trip.as_micros()).unwrap_or(u64::MAX),
        })?;
        return Ok(());
    }
    console.data(&format!(
        "{} at {}: {:.1} ms, its time is {}",
        escape(&welcome.server),
        client.config().server,
        round_trip.as_secs_f64() * 1_000.0,
        rfc3339(server_time)
    ))?;
    Ok(())
}

/// The JSON of `backup`.
#[derive(Debug, Serialize)]
struct BackupRecord<'a> {
    name: &'a str,
    position: u64,
    bytes: u64,
}

/// Has the server make a backup.
pub(crate) async fn backup(
    client: &Client,
    name: &BackupName,
    console: &Console,
) -> Result<(), Failure> {
    let BackedUp { position, bytes } = client.backup(name).await?;
    if console.is_json() {
        console.json(&BackupRecord { name: name.as_str(), position, bytes })?;
        return Ok(());
    }
    let mut table = Table::new([left("backup"), right("changes"), right("bytes")]);
    table.row([name.to_string(), position.to_string(), bytes.to_string()]);
    Ok(console.table(&table)?)
}
