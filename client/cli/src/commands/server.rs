//! Commands about the server itself.

use crate::args::OutputFormat;
use crate::console::{Audience, Console};
use crate::failure::Failure;
use crate::output::PingLine;
use crate::values::span;
use boxoffice_client::protocol::id::BackupName;
use boxoffice_client::protocol::json::{Rfc3339, ServerRecord, StatsRecord};
use boxoffice_client::protocol::reply::{Stat, StatValue};
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_client::{BackedUp, Client};
use boxoffice_load::escape::escape;
use boxoffice_load::format::{bytes, count};
use boxoffice_load::table::{Table, left, right, text};
use serde::Serialize;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// Prints the server's figures.
pub(crate) async fn stats(client: &Client, console: &Console) -> Result<(), Failure> {
    let stats = client.stats().await?;
    if console.is_json() {
        console.json(&StatsRecord::new(&stats))?;
        return Ok(());
    }
    if (console.audience, console.format) == (Audience::Person, OutputFormat::Table) {
        return print_groups(&stats, console);
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

/// A heading, and the beginnings of the names below it.
type StatGroup = (&'static str, &'static [&'static str]);

/// The first group that fits has a figure; the last has all others.
const GROUPS: [StatGroup; 6] = [
    ("Server", &["server", "ledger", "sync", "time", "uptime"]),
    ("Events and reservations", &["events", "seats", "reservations", "swept"]),
    ("Durability", &["changes"]),
    (
        "Connections",
        &["connections", "max_connections", "http_conn", "in_flight", "closed", "turns"],
    ),
    ("Requests", &["requests", "refusals", "http_requests", "watch", "stream", "views"]),
    ("Others", &[""]),
];

/// The figures for a person: in groups, with their units.
fn print_groups(stats: &[Stat], console: &Console) -> Result<(), Failure> {
    let group_of = |name: &str| {
        GROUPS.iter().position(|(_, names)| names.iter().any(|start| name.starts_with(start)))
    };
    let width = stats.iter().map(|stat| stat.name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (index, (heading, _)) in GROUPS.iter().enumerate() {
        let figures = stats.iter().filter(|stat| group_of(&stat.name) == Some(index));
        let mut figures = figures.peekable();
        if figures.peek().is_some() {
            writeln!(text, "{heading}").expect("a string takes everything");
        }
        for Stat { name, value } in figures {
            let (name, value) = (escape(name), with_unit(name, value, console));
            writeln!(text, "  {name:<width$}  {}", escape(&value))
                .expect("a string takes everything");
        }
    }
    Ok(console.data(text.trim_end())?)
}

/// A figure as people read it, by the unit at the end of its name.
fn with_unit(name: &str, value: &StatValue, console: &Console) -> String {
    match value {
        StatValue::Text(text) => text.to_string(),
        StatValue::Count(ms) if name == "time_ms" => console.time(Timestamp::from_ms(*ms)),
        StatValue::Count(ms) if name.ends_with("_ms") => span(Duration::from_millis(*ms)),
        StatValue::Count(count) if name.ends_with("_bytes") => bytes(*count),
        StatValue::Count(number) => count(*number as f64),
    }
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
            hold_default_ms: welcome.hold_default_ms,
            hold_min_ms: welcome.hold_min_ms,
            hold_max_ms: welcome.hold_max_ms,
            hold_life_ms: welcome.hold_life_ms,
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
        console.time(server_time)
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
