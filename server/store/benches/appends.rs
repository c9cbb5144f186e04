//! Appends per second to a PostgreSQL server of its own that syncs its disk: by the number of logs,
//! each with one append on its way, and by the changes of a batch, of 100 bytes each. Beside it what
//! shops begin with: a transaction that locks the event's row, at several numbers of clients, and the
//! same as one statement over many events.

use boxoffice_store::{
    Batch, BatchId, LogId, Outcome, Postgres, PostgresAddress, PostgresSettings, Store, migrate,
};
use boxoffice_testing::DatabaseServer;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

const SECONDS: u64 = 3;

/// Logs, and changes of a batch. 800 are those of 50 connections with 16 requests each.
const LOADS: [(usize, usize); 6] = [(1, 1), (1, 100), (1, 800), (16, 1), (100, 1), (1_000, 1)];

/// Clients that lock one event's row.
const LOCKING: [usize; 4] = [1, 4, 16, 50];

const EVENTS: i32 = 1_000;

const TABLES: &str = "CREATE TABLE event (id int PRIMARY KEY, sold int NOT NULL);
    CREATE TABLE booking (event int NOT NULL, place int NOT NULL, customer text NOT NULL,
        PRIMARY KEY (event, place));
    INSERT INTO event SELECT id, 0 FROM generate_series(0, 999) AS id (id)";

const ONE_STATEMENT: &str = "WITH sold AS (
        UPDATE event SET sold = sold + 1 WHERE id = $1 AND sold < 1000000 RETURNING sold)
    INSERT INTO booking SELECT $1, sold, $2 FROM sold";

/// What a booking has beside its numbers.
const CUSTOMER: &str = "customer-0123456789-0123456789-0123456789-0123456789-0123456789-0123456789";

type Failed = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let server = DatabaseServer::start("-c max_connections=200")?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let address = PostgresAddress::parse(&server.address())?;
    let time = Duration::from_secs(SECONDS);
    runtime.block_on(async {
        migrate(&address).await?;
        let store: Arc<dyn Store> =
            Arc::new(Postgres::open(&address, &PostgresSettings::default()).await?);
        for (logs, changes) in LOADS {
            let batches = appended(&store, logs, changes, time).await? / SECONDS;
            let changes = batches * changes as u64;
            println!("{logs:>5} logs: {batches:>7} appends/s, {changes:>7} changes/s");
        }
        connect(&server.address()).await?.batch_execute(TABLES).await?;
        for clients in LOCKING {
            let booked = booked(&server.address(), clients, Variant::Locking, time).await?;
            println!("{clients:>5} clients lock one row: {:>7} bookings/s", booked / SECONDS);
        }
        for clients in [16, 50] {
            let booked = booked(&server.address(), clients, Variant::OneStatement, time).await?;
            let each = booked / SECONDS;
            println!("{clients:>5} clients, one statement, {EVENTS} events: {each:>7} bookings/s");
        }
        Ok(())
    })
}

async fn appended(
    store: &Arc<dyn Store>,
    logs: usize,
    changes: usize,
    time: Duration,
) -> Result<u64, Failed> {
    let (now, until) = (store.now().await?, Instant::now() + time);
    let body: Arc<[u8]> = vec![7; 100 * changes].into();
    let grow = |log: usize| {
        let (store, name) = (Arc::clone(store), format!("{logs}-{changes}-{log}"));
        let body = Arc::clone(&body);
        tokio::spawn(async move {
            let (log, mut end, mut appended) = (LogId::parse(&name).expect("a name"), None, 0);
            while Instant::now() < until {
                let id = BatchId(fastrand::u128(..).to_be_bytes());
                let batch = Batch::new(log.clone(), end, id, changes as u64, now, &body);
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

#[derive(Debug, Clone, Copy)]
enum Variant {
    /// The row of one event is locked, read and written by a transaction.
    Locking,
    /// One statement does it, for any of many events.
    OneStatement,
}

async fn connect(address: &str) -> Result<Client, Failed> {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await?;
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

async fn booked(
    address: &str,
    clients: usize,
    variant: Variant,
    time: Duration,
) -> Result<u64, Failed> {
    let mut tasks = Vec::new();
    for _ in 0..clients {
        let client = connect(address).await?;
        tasks.push(tokio::spawn(book(client, variant, Instant::now() + time)));
    }
    let mut sum = 0;
    for task in tasks {
        sum += task.await??;
    }
    Ok(sum)
}

async fn book(mut client: Client, variant: Variant, until: Instant) -> Result<u64, Failed> {
    let lock = client.prepare("SELECT sold FROM event WHERE id = 0 FOR UPDATE").await?;
    let write = client.prepare("UPDATE event SET sold = sold + 1 WHERE id = 0").await?;
    let insert = client.prepare("INSERT INTO booking VALUES (0, $1, $2)").await?;
    let one = client.prepare(ONE_STATEMENT).await?;
    let mut booked = 0;
    while Instant::now() < until {
        match variant {
            Variant::Locking => {
                let transaction = client.transaction().await?;
                let sold: i32 = transaction.query_one(&lock, &[]).await?.get(0);
                transaction.execute(&write, &[]).await?;
                transaction.execute(&insert, &[&(sold + 1), &CUSTOMER]).await?;
                transaction.commit().await?;
            }
            Variant::OneStatement => {
                client.execute(&one, &[&fastrand::i32(1..EVENTS), &CUSTOMER]).await?;
            }
        }
        booked += 1;
    }
    Ok(booked)
}
