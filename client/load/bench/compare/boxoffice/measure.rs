//! One measurement of Boxoffice: its server under its own load generator.

use super::maps;
use super::programs::{Counted, LoadRun, Programs};
use crate::compare::figure::Figure;
use crate::compare::settings::Settings;
use crate::compare::subject::BoxofficeWork;
use tokio::select;

/// Measures one kind of work with `depth` requests in flight on each connection.
pub(crate) async fn measure(
    settings: &Settings,
    programs: &Programs,
    work: BoxofficeWork,
    depth: u32,
) -> anyhow::Result<Figure> {
    if work == BoxofficeWork::ChangingMap {
        return maps::measure(settings, programs, depth).await;
    }
    let flags = ["--sync", sync(work)];
    let server = programs.start(settings.temporary_folder()?, &flags).await?;
    let run = LoadRun {
        workload: workload(work),
        connections: settings.connections,
        depth,
        seconds: settings.seconds,
    };
    let polite = programs.run(&server, &run, counted(work));
    if work != BoxofficeWork::StandingBesideGreedy {
        return polite.await;
    }
    // Longer than the polite run, whose end ends it.
    let seconds = settings.seconds * 2 + 60;
    let greedy = LoadRun { connections: 1, depth: 10_000, seconds, ..run };
    select! {
        figure = polite => figure,
        greedy = programs.run(&server, &greedy, Counted::Changes) => {
            greedy.and_then(|_| anyhow::bail!("the greedy connection ended before the polite ones"))
        }
    }
}

fn sync(work: BoxofficeWork) -> &'static str {
    match work {
        BoxofficeWork::StandingUnsynced => "never",
        _ => "always",
    }
}

/// The arguments of the load generator that choose the workload.
fn workload(work: BoxofficeWork) -> &'static [&'static str] {
    match work {
        BoxofficeWork::Standing
        | BoxofficeWork::StandingUnsynced
        | BoxofficeWork::StandingBesideGreedy => &["standing"],
        BoxofficeWork::Thousand => &["season", "--events", "1000"],
        BoxofficeWork::Seats => &["seats"],
        BoxofficeWork::Event => &["event"],
        BoxofficeWork::Map | BoxofficeWork::ChangingMap => &["map"],
        BoxofficeWork::Best => &["best"],
    }
}

/// The replies that count.
fn counted(work: BoxofficeWork) -> Counted {
    match work {
        BoxofficeWork::Event | BoxofficeWork::Map | BoxofficeWork::ChangingMap => Counted::Requests,
        BoxofficeWork::Best => Counted::PairsOfChanges,
        _ => Counted::Changes,
    }
}
