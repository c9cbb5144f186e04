//! Reads of a seat map of 100,000 seats, while 10,000 reservations a second, and as many
//! cancellations, change it.
//! The load generator creates the event and changes it. The reads come through the client library,
//! which decodes every map.

use super::programs::{Counted, LoadRun, Programs, config, connect};
use crate::compare::figure::Figure;
use crate::compare::process::RunningServer;
use crate::compare::settings::Settings;
use anyhow::bail;
use boxoffice_client::Client;
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::request::Freshness;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Reading connections; more would only share the one thread that decodes.
const CONNECTIONS: usize = 4;

/// The longest wait for the arena to be half sold.
const FILLED: Duration = Duration::from_secs(60);

/// The interval of checks whether it is.
const LOOKED: Duration = Duration::from_millis(50);

/// The time to read before it is measured.
const WARM_UP: Duration = Duration::from_secs(1);

/// Reads the seat map with `depth` requests in flight on each connection.
pub(super) async fn measure(
    settings: &Settings,
    programs: &Programs,
    depth: u32,
) -> anyhow::Result<Figure> {
    let server = programs.start(settings.temporary_folder()?, &[]).await?;
    // Longer than the reads.
    let seconds = settings.seconds + 120;
    let workload = &["best", "--rate", "20000"];
    let changes = LoadRun { workload, connections: 4, depth: 16, seconds };
    select! {
        figure = look(settings, &server, depth) => figure,
        ended = programs.run(&server, &changes, Counted::Changes) => {
            ended.and_then(|_| bail!("the changes ended before the looks"))
        }
    }
}

async fn look(settings: &Settings, server: &RunningServer, depth: u32) -> anyhow::Result<Figure> {
    let client = connect(server).await?;
    let event = timeout(FILLED, half_sold(&client)).await??;
    let looks = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let client = Client::connect(config(server)).await?;
        for _ in 0..depth {
            tasks.spawn(look_for_ever(client.clone(), event.clone(), looks.clone()));
        }
    }
    let measured = async {
        #[expect(clippy::disallowed_methods, reason = "a measurement has its time")]
        sleep(WARM_UP).await;
        let (before, begin) = (looks.load(Ordering::Relaxed), Instant::now());
        #[expect(clippy::disallowed_methods, reason = "a measurement has its time")]
        sleep(settings.duration()).await;
        (looks.load(Ordering::Relaxed) - before) as f64 / begin.elapsed().as_secs_f64()
    };
    select! {
        per_second = measured => Ok(Figure { per_second, p50_us: None, p99_us: None }),
        Some(ended) = tasks.join_next() => ended?,
    }
}

/// Waits until the event exists and is half sold.
async fn half_sold(client: &Client) -> anyhow::Result<EventId> {
    loop {
        if let Some(summary) = client.events().await?.into_iter().next() {
            let counts = summary.counts;
            if counts.sold * 5 >= counts.capacity() * 2 {
                return Ok(summary.id);
            }
        }
        #[expect(clippy::disallowed_methods, reason = "a measurement has its time")]
        sleep(LOOKED).await;
    }
}

/// Ends only with an error.
async fn look_for_ever<Never>(
    client: Client,
    event: EventId,
    looks: Arc<AtomicU64>,
) -> anyhow::Result<Never> {
    loop {
        client.seats(&event, Freshness::Cached).await?;
        looks.fetch_add(1, Ordering::Relaxed);
    }
}
