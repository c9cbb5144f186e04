//! Boxoffice itself: its released programs, as anybody runs them.

mod endurance;
mod large;
mod maps;
mod programs;

pub(crate) use endurance::{Endurance, endure};
pub(crate) use large::{Large, measure_large};
pub(crate) use programs::Programs;

use crate::compare::results::Figure;
use crate::compare::settings::Settings;
use programs::{Counted, Run};
use std::fmt::{self, Display, Formatter};
use tokio::select;

/// What is asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Work {
    /// A standing place of one event: one counter.
    Standing,
    /// The same, answered before it is synced.
    StandingUnsynced,
    /// The same, while another connection keeps 10,000 requests in flight.
    StandingBesideGreedy,
    /// A standing place of one of a thousand events.
    Thousand,
    /// An exact seat.
    Seats,
    /// An event and its counts.
    Event,
    /// The seat map of 100 seats.
    Map,
    /// The seat map of 100,000 seats, while it changes.
    ChangingMap,
    /// The best four of an arena that stays half sold, each with a release.
    Best,
}

impl Work {
    /// The server's `--sync`.
    fn sync(self) -> &'static str {
        match self {
            Self::StandingUnsynced => "never",
            _ => "always",
        }
    }

    /// The workload's name, and what else the load generator is told.
    fn workload(self) -> &'static [&'static str] {
        match self {
            Self::Standing | Self::StandingUnsynced | Self::StandingBesideGreedy => &["standing"],
            Self::Thousand => &["season", "--events", "1000"],
            Self::Seats => &["seats"],
            Self::Event => &["event"],
            Self::Map | Self::ChangingMap => &["map"],
            Self::Best => &["best"],
        }
    }

    /// What is counted of what was answered.
    fn counted(self) -> Counted {
        match self {
            Self::Event | Self::Map | Self::ChangingMap => Counted::Requests,
            Self::Best => Counted::PairsOfChanges,
            _ => Counted::Changes,
        }
    }
}

impl Display for Work {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Standing => "standing",
            Self::StandingUnsynced => "standing, `--sync never`",
            Self::StandingBesideGreedy => "standing, beside one connection with 10,000 in flight",
            Self::Thousand => "standing, 1,000 events",
            Self::Seats => "exact seats",
            Self::Event => "reads of an event",
            Self::Map => "reads of a seat map, 100 seats",
            Self::ChangingMap => "reads of a seat map, 100,000 seats, beside 10,000 reservations/s",
            Self::Best => "best 4 of 100,000 seats and their release",
        })
    }
}

/// Measures one kind of work with a number of requests in flight on each connection.
pub(crate) async fn measure(
    settings: &Settings,
    programs: &Programs,
    work: Work,
    depth: u32,
) -> anyhow::Result<Figure> {
    if work == Work::ChangingMap {
        return maps::measure(settings, programs, depth).await;
    }
    let flags = ["--sync", work.sync()];
    let server = programs.start(settings.temporary_folder()?, &flags).await?;
    let run = Run {
        workload: work.workload(),
        connections: settings.connections,
        depth,
        seconds: settings.seconds,
    };
    let polite = programs.run(&server, &run, work.counted());
    if work != Work::StandingBesideGreedy {
        return polite.await;
    }
    // It goes on for longer than the other, which ends it by being done first.
    let seconds = settings.seconds * 2 + 60;
    let greedy = Run { connections: 1, depth: 10_000, seconds, ..run };
    select! {
        figure = polite => figure,
        greedy = programs.run(&server, &greedy, Counted::Changes) => {
            greedy.and_then(|_| anyhow::bail!("the greedy connection ended before the polite ones"))
        }
    }
}
