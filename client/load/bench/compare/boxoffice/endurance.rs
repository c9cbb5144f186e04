//! Peak and sustained rate, with the backlog of the rows.

use super::programs::{Counted, LoadRun, Programs, connect, count};
use crate::compare::figure::Figure;
use crate::compare::settings::Settings;
use anyhow::bail;
use boxoffice_client::Client;
use std::time::Duration;
use tokio::select;
use tokio::time::{MissedTickBehavior, interval};

/// Requests in flight on each connection.
const DEPTH: u32 = 64;

/// The interval of samples of the backlog.
const SAMPLED: Duration = Duration::from_millis(500);

/// More than a run makes: the bound of reservations in memory must not end it.
const MAX_RESERVATIONS: &str = "200000000";

/// The result of one run at full speed.
#[derive(Debug)]
pub(crate) struct Endurance {
    pub(crate) seconds: u32,
    pub(crate) figure: Figure,
    /// The largest number of durable changes that were no rows yet.
    pub(crate) most_behind: u64,
}

/// Reserves standing places at full speed.
pub(crate) async fn endure(
    settings: &Settings,
    programs: &Programs,
    seconds: u32,
) -> anyhow::Result<Endurance> {
    let flags = ["--max-reservations", MAX_RESERVATIONS];
    let server = programs.start(settings.temporary_folder()?, &flags).await?;
    let client = connect(&server).await?;
    let workload = &["standing"];
    let run = LoadRun { workload, connections: settings.connections, depth: DEPTH, seconds };
    let mut most_behind = 0;
    select! {
        figure = programs.run(&server, &run, Counted::Changes) => {
            Ok(Endurance { seconds, figure: figure?, most_behind })
        }
        failed = watch(&client, &mut most_behind) => failed,
    }
}

/// Records the largest backlog. Ends only when the server does not answer.
async fn watch<Never>(client: &Client, most_behind: &mut u64) -> anyhow::Result<Never> {
    let mut ticks = interval(SAMPLED);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match count(client, "changes_behind").await {
            Ok(behind) => *most_behind = behind.max(*most_behind),
            Err(error) => bail!(error.context("the server no longer says how it is")),
        }
    }
}
