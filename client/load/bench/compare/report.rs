//! The page that a comparison ends in.

use crate::compare::boxoffice::Work;
use crate::compare::comparison::{AT_ONE_DEPTH, DEPTH, Outcome, Peers};
use crate::compare::limit::Durability;
use crate::compare::postgres;
use crate::compare::redis::{self, Brand};
use crate::compare::results::{Reading, Results, rate};
use crate::compare::settings::Settings;
use crate::compare::statistics::Spread;
use crate::compare::subject::Subject;
use crate::compare::table::{Table, amount};
use crate::compare::{goals, machine};
use std::fmt::{self, Write};

/// What is measured at every depth, in the order of the tables.
const DURABLE: [Subject; 9] = [
    Subject::LIMIT,
    Subject::STANDING,
    Subject::SEATS,
    Subject::Redis(Brand::Redis, redis::Work::Script),
    Subject::Redis(Brand::Redis, redis::Work::Lock),
    Subject::Redis(Brand::Valkey, redis::Work::Script),
    Subject::Redis(Brand::Valkey, redis::Work::Lock),
    Subject::Limit(Durability::PageCache),
    Subject::Boxoffice(Work::StandingUnsynced),
];

/// Writes the page.
pub(crate) fn page(
    settings: &Settings,
    peers: &Peers,
    outcome: &Outcome,
) -> Result<String, fmt::Error> {
    let mut page = String::new();
    let results = &outcome.results;
    writeln!(page, "# Boxoffice side by side\n\n{}\n", introduction(settings, peers))?;
    writeln!(page, "## Reservations a second\n\n{WORK}\n\n{}", rates(settings, results))?;
    writeln!(page, "## Ratios\n\n{RATIOS}\n\n{}", ratios(settings, results))?;
    writeln!(page, "## Latency\n\n{LATENCY}\n\n{}", latencies(settings, results))?;
    writeln!(page, "## Other work\n\n{}", others(results))?;
    if !outcome.endurances.is_empty() {
        writeln!(page, "## Peak and sustained\n\n{ENDURANCE}\n\n{}", endurances(outcome))?;
    }
    writeln!(page, "## Goals\n\n{}", goals::table(outcome))?;
    page.push_str(BOUNDS);
    writeln!(page, "## Machine, versions, settings\n\n{}", facts(settings, peers))?;
    if !outcome.failures.is_empty() {
        writeln!(page, "Failed, and missing above:\n")?;
        for failure in &outcome.failures {
            writeln!(page, "- {failure}")?;
        }
    }
    Ok(page)
}

/// What a person found out, with a profile; the rest of the page is measured anew each time.
const BOUNDS: &str = include_str!("bounds.md");

const WORK: &str = "\
The *limit* echoes frames of 64 bytes after one write and one fdatasync a loop turn, and does nothing else: a server
that makes durable what it answers cannot do more on this machine. Redis syncs its append-only file before it answers
(`appendfsync always`). `EVALSHA` counts a free place down and writes a hash, `SET NX EX` locks a seat. What is not
durable stands at the end, for the distance only. Boxoffice's load generator counts what was done, no refusals, and does
not verify here (`boxoffice bench` by itself does).";

const RATIOS: &str = "\
Each ratio is taken within a round, between measurements minutes apart; the median of the rounds is shown, with the
lowest and the highest.";

const LATENCY: &str = "\
p50 / p99 in microseconds, as each load generator says. The limit's is that of a batch; redis-benchmark's ends at the
first answer of a batch.";

const ENDURANCE: &str = "\
Standing places, 64 in flight on each connection, at full speed for the whole time. The rows (the SQLite file) follow the
journal; *behind* is the most changes that were durable and not yet rows.";

fn introduction(settings: &Settings, peers: &Peers) -> String {
    let mut text = format!(
        "Medians; rounds: {}, seconds each: {}, connections: {}. Everything is on one machine, the load generators beside\n\
         the servers. Every measurement has a server of its own in an empty folder; every other round goes backwards.\n\
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

/// What has to be typed for the same page; not where, which is this machine's business.
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

/// A table with a column for each depth, and a row for each subject that has a cell.
fn by_depth(
    settings: &Settings,
    subjects: &[Subject],
    cell: impl Fn(Subject, u32) -> Option<String>,
) -> Table {
    let mut heading = vec![String::new()];
    heading.extend(settings.depths.iter().map(|depth| format!("× {depth} in flight")));
    let mut table = Table::new(heading);
    for &subject in subjects {
        let cells: Vec<_> = settings.depths.iter().map(|&depth| cell(subject, depth)).collect();
        if cells.iter().any(Option::is_some) {
            let name = std::iter::once(subject.to_string());
            table.row(name.chain(cells.into_iter().map(Option::unwrap_or_default)));
        }
    }
    table
}

fn rates(settings: &Settings, results: &Results) -> Table {
    by_depth(settings, &DURABLE, |subject, depth| {
        results.rate(subject.at(depth)).map(|rate| amount(rate.median))
    })
}

fn ratios(settings: &Settings, results: &Results) -> Table {
    let mut table = Table::new(
        std::iter::once(String::new())
            .chain(settings.depths.iter().map(|depth| format!("× {depth} in flight"))),
    );
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

fn latencies(settings: &Settings, results: &Results) -> Table {
    by_depth(settings, &DURABLE, |subject, depth| {
        let median = |reading: Reading| Some(results.latency(subject.at(depth), reading)?.median);
        let (p50, p99) = (median(|figure| figure.p50_us)?, median(|figure| figure.p99_us)?);
        Some(format!("{p50:.0} / {p99:.0}"))
    })
}

fn others(results: &Results) -> Table {
    let mut cases = AT_ONE_DEPTH.map(|work| Subject::Boxoffice(work).at(DEPTH)).to_vec();
    let reads = [Brand::Redis, Brand::Valkey].map(|it| Subject::Redis(it, redis::Work::Get));
    cases.extend(reads.map(|subject| subject.at(DEPTH)));
    cases.extend(postgres::Work::ALL.map(|work| Subject::Postgres(work).at(1)));
    let mut table = Table::new(["".to_owned(), "a second".to_owned()]);
    for case in cases {
        if let Some(rate) = results.rate(case) {
            table.row([case.to_string(), amount(rate.median)]);
        }
    }
    table
}

fn endurances(outcome: &Outcome) -> Table {
    let mut table = Table::new(["", "a second", "p50 µs", "p99 µs", "behind"]);
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
