//! The page of a comparison.

use super::comparison::{AT_ONE_DEPTH, DEPTH, Measurements, Peers};
use super::figure::{FigureValue, rate};
use super::goals;
use super::redis;
use super::results::ComparisonResults;
use super::settings::Settings;
use super::subject::{BoxofficeWork, Durability, PostgresWork, RedisBrand, RedisWork, Subject};
use boxoffice_load::format::amount;
use boxoffice_load::machine;
use boxoffice_load::statistics::Spread;
use boxoffice_load::table::Table;
use std::fmt::{self, Write};

/// Subjects with several depths, in the order of the tables.
const DURABLE: [Subject; 9] = [
    Subject::LIMIT,
    Subject::STANDING,
    Subject::SEATS,
    Subject::Redis(RedisBrand::Redis, RedisWork::Script),
    Subject::Redis(RedisBrand::Redis, RedisWork::Lock),
    Subject::Redis(RedisBrand::Valkey, RedisWork::Script),
    Subject::Redis(RedisBrand::Valkey, RedisWork::Lock),
    Subject::Limit(Durability::PageCache),
    Subject::Boxoffice(BoxofficeWork::StandingUnsynced),
];

pub(crate) fn page(
    settings: &Settings,
    peers: &Peers,
    outcome: &Measurements,
) -> Result<String, fmt::Error> {
    let mut page = String::new();
    let results = &outcome.results;
    writeln!(page, "# Boxoffice side by side\n\n{}\n", introduction(settings, peers))?;
    writeln!(
        page,
        "## Reservations a second\n\n{WORK}\n\n{}",
        rates(settings, results).to_markdown()
    )?;
    writeln!(page, "## Ratios\n\n{RATIOS}\n\n{}", ratios(settings, results).to_markdown())?;
    writeln!(page, "## Latency\n\n{LATENCY}\n\n{}", latencies(settings, results).to_markdown())?;
    writeln!(page, "## Other work\n\n{}", others(results).to_markdown())?;
    if !outcome.endurances.is_empty() {
        writeln!(
            page,
            "## Peak and sustained\n\n{ENDURANCE}\n\n{}",
            endurances(outcome).to_markdown()
        )?;
    }
    writeln!(page, "## Goals\n\n{}", goals::table(outcome).to_markdown())?;
    writeln!(page, "{BOUNDS}")?;
    writeln!(page, "## Machine, versions, settings\n\n{}", facts(settings, peers))?;
    if !outcome.failures.is_empty() {
        writeln!(page, "Failed, and missing above:\n")?;
        for failure in &outcome.failures {
            writeln!(page, "- {failure}")?;
        }
    }
    Ok(page)
}

/// Written by a person, with a profile; the rest of the page is measured each time.
const BOUNDS: &str = include_str!("bounds.md");

const WORK: &str = "\
The *limit* echoes frames of 64 bytes after one write and one fdatasync a loop turn, and does nothing else. No server that
answers after a sync can do more on this machine. Redis syncs its append-only file before it answers (`appendfsync
always`). `EVALSHA` decrements a count of free places and writes a hash; `SET NX EX` locks a seat. Rows without durability
stand at the end, for the distance only. Boxoffice's load generator counts successes, no refusals, and does not verify
here (`boxoffice bench` by itself does).";

const RATIOS: &str = "\
Each ratio is taken within a round, between measurements minutes apart; the median of the rounds is shown, with the
lowest and the highest.";

const LATENCY: &str = "\
p50 / p99 in microseconds, as reported by each load generator. The limit's latency is that of a batch; redis-benchmark's
ends at the first answer of a batch.";

const ENDURANCE: &str = "\
Standing places, 64 in flight on each connection, at full speed for the whole time. The rows (the SQLite file) follow the
journal; *behind* is the largest number of changes that were durable and not yet rows.";

fn introduction(settings: &Settings, peers: &Peers) -> String {
    let mut text = format!(
        "Medians; rounds: {}, seconds each: {}, connections: {}. Everything is on one machine, the load generators beside\n\
         the servers. Every measurement has a server of its own in an empty folder; every other round runs in reverse order.\n\
         Absolute figures move with the machine: compare within this page. It was written by\n\n\
         ```\n{}\n```\n",
        settings.rounds,
        settings.seconds,
        settings.connections,
        command(settings),
    );
    if !peers.left_out.is_empty() {
        let left_out = peers.left_out.join(", ");
        text.push_str(&format!("\nLeft out, as they are not installed here: {left_out}.\n"));
    }
    text.push_str("\nTigerBeetle is left out: it has no package that the command could look for.");
    text
}

/// The command for the same page, without the folders of this machine.
fn command(settings: &Settings) -> String {
    let mut words = vec!["cargo bench -p boxoffice-load --bench compare --".to_owned()];
    words.push(format!("--rounds {} --seconds {}", settings.rounds, settings.seconds));
    if settings.connections != Settings::CONNECTIONS {
        words.push(format!("--connections {}", settings.connections));
    }
    if settings.depths != Settings::DEPTHS {
        let depths: Vec<_> = settings.depths.iter().map(u32::to_string).collect();
        words.push(format!("--depths {}", depths.join(",")));
    }
    if !settings.only.is_empty() {
        words.push(format!("--only {}", settings.only.join(",")));
    }
    words.extend(settings.sustained.then(|| "--sustained".to_owned()));
    words.extend(settings.large.then(|| "--large".to_owned()));
    words.push("--write BENCHMARKS.md".to_owned());
    words.join(" ")
}

fn table_of_depths(settings: &Settings) -> Table {
    let depths = settings.depths.iter().map(|depth| format!("× {depth} in flight"));
    Table::of_figures(std::iter::once(String::new()).chain(depths))
}

/// A table with a column for each depth, and a row for each subject that has a cell.
fn by_depth(
    settings: &Settings,
    subjects: &[Subject],
    cell: impl Fn(Subject, u32) -> Option<String>,
) -> Table {
    let mut table = table_of_depths(settings);
    for &subject in subjects {
        let cells: Vec<_> = settings.depths.iter().map(|&depth| cell(subject, depth)).collect();
        if cells.iter().any(Option::is_some) {
            let name = std::iter::once(subject.to_string());
            table.row(name.chain(cells.into_iter().map(Option::unwrap_or_default)));
        }
    }
    table
}

fn rates(settings: &Settings, results: &ComparisonResults) -> Table {
    by_depth(settings, &DURABLE, |subject, depth| {
        results.rate(subject.at(depth)).map(|rate| amount(rate.median))
    })
}

fn ratios(settings: &Settings, results: &ComparisonResults) -> Table {
    let mut table = table_of_depths(settings);
    for ours in [Subject::STANDING, Subject::SEATS] {
        for peer in DURABLE.into_iter().filter(|peer| is_durable_peer(*peer)) {
            let ratio = |&depth: &u32| results.ratio(ours.at(depth), peer.at(depth), rate);
            let cells: Vec<_> = settings.depths.iter().map(ratio).collect();
            if cells.iter().any(Option::is_some) {
                let name = std::iter::once(format!("{ours}, of {peer}"));
                table.row(name.chain(cells.into_iter().map(spread)));
            }
        }
    }
    table
}

fn is_durable_peer(subject: Subject) -> bool {
    subject == Subject::LIMIT || matches!(subject, Subject::Redis(..))
}

fn spread(spread: Option<Spread>) -> String {
    spread.map_or_else(String::new, |Spread { low, median, high }| {
        format!("{} ({}–{})", amount(median), amount(low), amount(high))
    })
}

fn latencies(settings: &Settings, results: &ComparisonResults) -> Table {
    by_depth(settings, &DURABLE, |subject, depth| {
        let median =
            |reading: FigureValue| Some(results.latency(subject.at(depth), reading)?.median);
        let (p50, p99) = (median(|figure| figure.p50_us)?, median(|figure| figure.p99_us)?);
        Some(format!("{p50:.0} / {p99:.0}"))
    })
}

fn others(results: &ComparisonResults) -> Table {
    let mut cases = AT_ONE_DEPTH.map(|work| Subject::Boxoffice(work).at(DEPTH)).to_vec();
    let reads =
        [RedisBrand::Redis, RedisBrand::Valkey].map(|it| Subject::Redis(it, RedisWork::Get));
    cases.extend(reads.map(|subject| subject.at(DEPTH)));
    cases.extend(PostgresWork::ALL.map(|work| Subject::Postgres(work).at(1)));
    let mut table = Table::of_figures(["", "a second"]);
    for case in cases {
        if let Some(rate) = results.rate(case) {
            table.row([case.to_string(), amount(rate.median)]);
        }
    }
    table
}

fn endurances(outcome: &Measurements) -> Table {
    let mut table = Table::of_figures(["", "a second", "p50 µs", "p99 µs", "behind"]);
    for run in &outcome.endurances {
        let latency = |value: Option<f64>| value.map_or_else(String::new, |us| format!("{us:.0}"));
        table.row([
            format!("{} s", run.seconds),
            amount(run.figure.per_second),
            latency(run.figure.p50_us),
            latency(run.figure.p99_us),
            amount(run.most_behind as f64),
        ]);
    }
    table
}

fn facts(settings: &Settings, peers: &Peers) -> String {
    let mut text = String::new();
    let settings_of = [
        ("Boxoffice's settings", "`--sync always`, else as delivered".to_owned()),
        ("Redis's settings", format!("`{}`", redis::settings())),
        ("PostgreSQL's", "`fsync=on`, `synchronous_commit=on`, else as delivered".to_owned()),
    ];
    let machine = machine::facts(&settings.place());
    for (name, value) in machine.into_iter().chain(peers.versions.clone()).chain(settings_of) {
        text.push_str(&format!("- {name}: {value}\n"));
    }
    text
}
