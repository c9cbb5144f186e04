//! A run from beginning to end: events, connections, work, and what it came to.

use super::args::BenchArgs;
use super::clock::RunClock;
use super::connection::Target;
use super::crew::{Crew, Effort, Job, Measured};
use super::error::BenchError;
use super::events::{self, Wanted};
use super::live::Live;
use super::pacing::{Pacing, Stop};
use super::table;
use super::workload::{Hall, Run};
use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use boxoffice_client::{Client, ClientConfig};
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// Does what `bench` says.
pub(crate) async fn run(global: Global, args: BenchArgs, output: &Output) -> Result<Exit, Failure> {
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    let config = ClientConfig {
        server: global.server.clone(),
        token: global.token.clone(),
        deadline: global.timeout.0,
        connect_timeout: global.timeout.0,
        ..ClientConfig::default()
    };
    let client = Client::connect(config).await?;
    let wanted = Wanted { events: args.events, places: args.places };
    let halls = events::plan(&args.workload, wanted, fastrand::u32(..))?;
    let all: Vec<Hall> = halls.iter().flatten().cloned().collect();
    events::create(&client, &all).await?;
    let target = Target { server: global.server, token: global.token, patience: global.timeout.0 };
    let live = Arc::new(Live::default());
    let measured = measure(&client, &args, target, halls, seed, live).await;
    if !args.keep {
        let left = events::delete(&client, &all).await;
        if left > 0 {
            output.note(&format!("{left} events of this run could not be deleted"));
        }
    }
    let measured = measured?;
    table::print(&measured, seed, output)?;
    Ok(Exit::Done)
}

/// Works on threads of its own, until it is done or somebody presses Ctrl-C.
async fn measure(
    client: &Client,
    args: &BenchArgs,
    target: Target,
    halls: Vec<Vec<Hall>>,
    seed: u64,
    live: Arc<Live>,
) -> Result<Measured, Failure> {
    let (clock, began) = (RunClock::start(), client.server_now());
    let effort = Effort {
        warm_up: args.warm_up.0,
        pacing: args.rate.map_or(Pacing::Closed, |rate| Pacing::Open { rate: rate.get() as f64 }),
        stop: args
            .requests
            .map_or(Stop::After(args.duration.0), |requests| Stop::Requests(requests.get())),
        server: args.server_pid,
    };
    let args = args.clone();
    let working = live.clone();
    let mut work = spawn_blocking(move || {
        let job = Job {
            target: &target,
            mix: &args.workload,
            halls: &halls,
            connections: args.connections.into(),
            pipeline: args.pipeline,
            threads: args.threads.into(),
            seed,
            run: Run::new(),
            clock,
            began,
        };
        let mut crew = Crew::assemble(&job)?;
        crew.prepare(&working)?;
        crew.work(&effort, &working)
    });
    let outcome: Result<Result<Measured, BenchError>, _> = tokio::select! {
        outcome = &mut work => outcome,
        _ = tokio::signal::ctrl_c() => {
            live.stop();
            work.await
        }
    };
    let outcome = outcome.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => unreachable!("nobody cancels it: {error}"),
    });
    Ok(outcome?)
}
