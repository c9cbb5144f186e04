//! Appends per second to a PostgreSQL server of its own that syncs its disk, by the number of logs:
//! each has one append on its way, of a batch of 100 bytes.

use boxoffice_store::{
    Batch, BatchId, LogId, Outcome, Postgres, PostgresAddress, PostgresSettings, Store, migrate,
};
use boxoffice_testing::DatabaseServer;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SECONDS: u64 = 3;

const LOGS: [usize; 4] = [1, 16, 100, 1_000];

fn main() -> Result<(), Box<dyn Error>> {
    let server = DatabaseServer::start("")?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let address = PostgresAddress::parse(&server.address())?;
    runtime.block_on(async {
        migrate(&address).await?;
        let store: Arc<dyn Store> =
            Arc::new(Postgres::open(&address, &PostgresSettings::default()).await?);
        for logs in LOGS {
            let appended = appended(&store, logs, Duration::from_secs(SECONDS)).await?;
            println!("{logs:>5} logs: {:>7} appends/s", appended / SECONDS);
        }
        Ok(())
    })
}

async fn appended(
    store: &Arc<dyn Store>,
    logs: usize,
    time: Duration,
) -> Result<u64, Box<dyn Error>> {
    let (now, until) = (store.now().await?, Instant::now() + time);
    let grow = |log: usize| {
        let (store, name) = (Arc::clone(store), format!("{logs}-{log}"));
        tokio::spawn(async move {
            let (log, mut end, mut appended) = (LogId::parse(&name).expect("a name"), None, 0);
            while Instant::now() < until {
                let id = BatchId(fastrand::u128(..).to_be_bytes());
                let batch = Batch::new(log.clone(), end, id, 1, now, &[7; 100]);
                end = Some(batch.end());
                let answer = store.append(vec![batch]).pop().expect("an answer for a batch");
                assert_eq!(answer.await, Ok(Outcome::Appended));
                appended += 1;
            }
            appended
        })
    };
    let tasks: Vec<_> = (0..logs).map(grow).collect();
    let mut sum = 0;
    for task in tasks {
        sum += task.await?;
    }
    Ok(sum)
}
