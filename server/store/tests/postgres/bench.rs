//! A PostgreSQL server on the bench of the laws.

use boxoffice_store::laws::Bench;
use boxoffice_store::{
    End, LogId, Pending, Postgres, PostgresAddress, PostgresSettings, Store, StoreError, migrate,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio_postgres::{Client, NoTls};

pub(crate) struct PostgresBench {
    address: String,
    operator: Arc<Client>,
    /// Appends of another server that are not committed, by their logs.
    open: Arc<Mutex<HashMap<LogId, Client>>>,
}

pub(crate) fn parsed(address: &str) -> PostgresAddress {
    PostgresAddress::parse(address).expect("an address")
}

pub(crate) async fn connect(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.expect("it is up");
    tokio::spawn(async { drop(connection.await) });
    client
}

impl PostgresBench {
    pub(crate) async fn new(address: String) -> Self {
        let operator = Arc::new(connect(&address).await);
        migrate(&parsed(&address)).await.expect("the database takes it");
        Self { address, operator, open: Arc::default() }
    }

    fn operate(&self, statement: &'static str, log: &LogId, numbers: Vec<i64>) -> Pending<()> {
        let (operator, log) = (Arc::clone(&self.operator), log.as_str().to_owned());
        Box::pin(async move {
            let mut values: Vec<&(dyn tokio_postgres::types::ToSql + Sync)> = vec![&log];
            values
                .extend(numbers.iter().map(|it| it as &(dyn tokio_postgres::types::ToSql + Sync)));
            let done = operator.execute(statement, &values).await;
            done.map(drop).map_err(|error| StoreError::Refused(error.to_string()))
        })
    }
}

impl Bench for PostgresBench {
    fn connect(&self) -> Pending<Arc<dyn Store>> {
        let address = self.address.clone();
        Box::pin(async move {
            let opened = Postgres::open(&parsed(&address), &PostgresSettings::default()).await;
            let store = opened.map_err(|error| StoreError::Refused(error.to_string()))?;
            Ok(Arc::new(store) as Arc<dyn Store>)
        })
    }

    fn stall(&self, log: &LogId, end: Option<End>) -> Pending<()> {
        let (address, log, open) = (self.address.clone(), log.clone(), Arc::clone(&self.open));
        let first = end.map_or(1, |end| end.version + 1);
        Box::pin(async move {
            let other = connect(&address).await;
            let insert = format!(
                "BEGIN; INSERT INTO boxoffice_batch
                 (log, first_version, last_version, id, at_ms, body, checksum)
                 VALUES ('{log}', {first}, {first}, '', 0, '', 0)"
            );
            other.batch_execute(&insert).await.expect("a statement");
            open.lock().expect("no panic").insert(log, other);
            Ok(())
        })
    }

    fn resume(&self, log: &LogId) -> Pending<()> {
        let other = self.open.lock().expect("no panic").remove(log);
        Box::pin(async move {
            let other = other.expect("it is stalled");
            other.batch_execute("ROLLBACK").await.expect("a statement");
            Ok(())
        })
    }

    fn truncate(&self, log: &LogId, version: u64) -> Pending<()> {
        let delete = "DELETE FROM boxoffice_batch WHERE log = $1 AND last_version > $2";
        self.operate(delete, log, vec![i64::try_from(version).expect("a version")])
    }

    fn flip(&self, log: &LogId, first: u64, bit: usize) -> Pending<()> {
        let flip = "UPDATE boxoffice_batch SET body = set_bit(body, $3, 1 - get_bit(body, $3))
             WHERE log = $1 AND first_version = $2";
        let numbers = [i64::try_from(first).ok(), i64::try_from(bit).ok()];
        self.operate(flip, log, numbers.into_iter().flatten().collect())
    }
}
