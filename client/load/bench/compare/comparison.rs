//! The comparison: all cases in turn, round by round.

use super::boxoffice::{self, Endurance, Programs, SizeCost};
use super::figure::Figure;
use super::limit;
use super::postgres;
use super::process;
use super::redis;
use super::results::{ComparisonResults, Round};
use super::settings::Settings;
use super::subject::{
    BoxofficeWork, Case, Durability, PostgresWork, RedisBrand, RedisWork, Subject,
};
use anyhow::Context;
use boxoffice_load::format::amount;
use boxoffice_load::machine::{self, Fact};
use std::path::PathBuf;

/// The depth of cases with a single depth.
pub(crate) const DEPTH: u32 = 16;

/// Boxoffice's work with a single depth, in the order of the tables.
pub(crate) const AT_ONE_DEPTH: [BoxofficeWork; 5] = [
    BoxofficeWork::Thousand,
    BoxofficeWork::Best,
    BoxofficeWork::Event,
    BoxofficeWork::Map,
    BoxofficeWork::ChangingMap,
];

#[derive(Debug)]
pub(crate) struct Peers {
    boxoffice: Programs,
    postgres: Option<PathBuf>,
    brands: Vec<RedisBrand>,
    /// Their names and versions.
    pub(crate) versions: Vec<Fact>,
    pub(crate) left_out: Vec<&'static str>,
}

/// All results, and the names of failed measurements.
#[derive(Debug, Default)]
pub(crate) struct Measurements {
    pub(crate) results: ComparisonResults,
    pub(crate) endurances: Vec<Endurance>,
    pub(crate) large: Option<SizeCost>,
    pub(crate) failures: Vec<String>,
}

impl Peers {
    /// Builds Boxoffice and finds its peers.
    ///
    /// # Errors
    /// If Boxoffice cannot be built.
    pub(crate) async fn find() -> anyhow::Result<Self> {
        progress("building boxoffice and boxoffice-server …");
        let boxoffice = Programs::build().await?;
        let version = process::version(&boxoffice.server).await;
        let version = version.context("boxoffice-server says no version")?;
        let mut peers = Self {
            boxoffice,
            postgres: None,
            brands: Vec::new(),
            versions: vec![("Boxoffice", version)],
            left_out: Vec::new(),
        };
        for (brand, name) in [(RedisBrand::Redis, "Redis"), (RedisBrand::Valkey, "Valkey")] {
            let version = redis::version(brand).await;
            if version.is_some() {
                peers.brands.push(brand);
            }
            peers.note(name, version);
        }
        let (programs, version) = postgres::installed().await.unzip();
        peers.postgres = programs;
        peers.note("PostgreSQL", version);
        Ok(peers)
    }

    fn note(&mut self, name: &'static str, version: Option<String>) {
        match version {
            Some(version) => self.versions.push((name, version)),
            None => self.left_out.push(name),
        }
    }

    /// The cases of a round.
    fn cases(&self, settings: &Settings) -> Vec<Case> {
        let mut cases = Vec::new();
        for &depth in &settings.depths {
            cases
                .extend([Subject::LIMIT, Subject::STANDING, Subject::SEATS].map(|it| it.at(depth)));
            for &brand in &self.brands {
                let works = [RedisWork::Script, RedisWork::Lock];
                cases.extend(works.map(|work| Subject::Redis(brand, work).at(depth)));
            }
            let unsynced = Subject::Boxoffice(BoxofficeWork::StandingUnsynced);
            cases.extend([Subject::Limit(Durability::PageCache), unsynced].map(|it| it.at(depth)));
        }
        cases.extend(AT_ONE_DEPTH.map(|work| Subject::Boxoffice(work).at(DEPTH)));
        let greedy = BoxofficeWork::StandingBesideGreedy;
        cases.push(Subject::Boxoffice(greedy).at(1));
        let reads = self.brands.iter().map(|&brand| Subject::Redis(brand, RedisWork::Get));
        cases.extend(reads.map(|subject| subject.at(DEPTH)));
        if self.postgres.is_some() {
            cases.extend(PostgresWork::ALL.map(|work| Subject::Postgres(work).at(1)));
        }
        cases.retain(|case| settings.wants(&case.to_string()));
        cases
    }

    async fn measure(&self, settings: &Settings, case: Case) -> anyhow::Result<Figure> {
        let depth = case.depth;
        match (case.subject, &self.postgres) {
            (Subject::Limit(durability), _) => limit::measure(settings, durability, depth).await,
            (Subject::Boxoffice(work), _) => {
                boxoffice::measure(settings, &self.boxoffice, work, depth).await
            }
            (Subject::Redis(brand, work), _) => redis::measure(settings, brand, work, depth).await,
            (Subject::Postgres(work), programs) => {
                let programs = programs.as_deref().context("PostgreSQL is not installed")?;
                postgres::measure(settings, programs, work).await
            }
        }
    }
}

/// Seconds of the peak and of the sustained rate.
const ENDURANCES: [u32; 2] = [10, 60];

/// Measures all cases in every round. Every other round goes backwards, so a machine whose speed
/// drifts favours no program. Each case has a server of its own, started for it in an empty folder.
pub(crate) async fn run(settings: &Settings, peers: &Peers) -> Measurements {
    let mut outcome = Measurements::default();
    let cases = peers.cases(settings);
    for number in 1..=settings.rounds {
        let mut order = cases.clone();
        if number.is_multiple_of(2) {
            order.reverse();
        }
        let mut round = Round::new();
        for case in order {
            let what = format!("round {number} of {}: {case}", settings.rounds);
            if let Some(figure) = outcome.keep(&what, peers.measure(settings, case).await) {
                progress(&format!("{what}: {}/s", amount(figure.per_second)));
                round.insert(case, figure);
            }
        }
        outcome.results.rounds.push(round);
    }
    if settings.sustained {
        for seconds in ENDURANCES {
            progress(&format!("{seconds} s in one go …"));
            let endured = boxoffice::endure(settings, &peers.boxoffice, seconds).await;
            let endured = outcome.keep(&format!("{seconds} s in one go"), endured);
            outcome.endurances.extend(endured);
        }
    }
    if settings.large {
        progress("10,000 connections, 10 million reservations …");
        let large = boxoffice::measure_large(settings, &peers.boxoffice).await;
        outcome.large = outcome.keep("10 million reservations", large);
    }
    outcome
}

impl Measurements {
    /// The result of a measurement; a failure is recorded instead.
    fn keep<T>(&mut self, what: &str, measured: anyhow::Result<T>) -> Option<T> {
        measured
            .inspect_err(|error| {
                progress(&format!("{what}: {error:#}"));
                self.failures.push(what.to_owned());
            })
            .ok()
    }
}

/// Warns if figures would mean nothing.
pub(crate) fn warn_of_memory(settings: &Settings) {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let kind = machine::file_system(&mounts, &settings.place());
    if kind.as_deref().is_some_and(machine::is_volatile) {
        progress("the temporary folder is in memory, where a sync costs nothing; use --folder");
    }
}

fn progress(message: &str) {
    eprintln!("{message}");
}
