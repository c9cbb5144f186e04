//! PostgreSQL keeps the laws, on a server of the test's own.

use boxoffice_store::laws::{self, Bench};
use boxoffice_store::{End, LogId, Pending, Postgres, PostgresError, Store, StoreError};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{DatabaseUser, seed, test_name};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

/// A server in a folder of its own, reached by a socket in it.
struct Server {
    folder: TempDir,
    programs: PathBuf,
    user: DatabaseUser,
}

impl Server {
    /// Starts one; an error says why there is none here.
    fn start(options: &str) -> Result<Self, String> {
        let programs = programs().ok_or("initdb and pg_ctl are not installed")?;
        let user = DatabaseUser::choose().map_err(|error| error.to_string())?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        user.give(folder.path()).expect("it is ours");
        let server = Self { folder, programs, user };
        server.run("initdb", &["--username=postgres", "--auth=trust", "--no-sync"]);
        let socket = server.folder.path().display();
        let options = format!("-k {socket} -c listen_addresses='' {options}");
        let log = server.folder.path().join("log").display().to_string();
        server.run("pg_ctl", &["start", "--wait", "--log", &log, "--options", &options]);
        Ok(server)
    }

    /// Runs a program of PostgreSQL on the server's data.
    fn run(&self, program: &str, arguments: &[&str]) {
        let mut command = self.user.command(&self.programs.join(program), self.folder.path());
        command.args(arguments).arg("--pgdata").arg(self.folder.path().join("data"));
        // Not its pipes: the server would keep them open.
        command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::null());
        let ended = command.stderr(std::process::Stdio::null()).status().expect("it is there");
        assert!(ended.success(), "{program} {arguments:?}: {ended}");
    }

    fn address(&self) -> String {
        format!("host={} user=postgres dbname=postgres", self.folder.path().display())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["stop", "--wait", "--mode", "immediate"]);
    }
}

/// The newest of Debian's folders, or wherever the path leads.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<_> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = folders.into_iter().rev().chain(std::env::split_paths(&path));
    found.into_iter().find(|folder| folder.join("initdb").exists())
}

struct PostgresBench {
    address: String,
    operator: Arc<Client>,
    /// Appends of another server that are not committed, by their logs.
    open: Arc<Mutex<HashMap<LogId, Client>>>,
}

async fn connect(address: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(address, NoTls).await.expect("it is up");
    tokio::spawn(async { drop(connection.await) });
    client
}

impl PostgresBench {
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
            let opened = Postgres::open(&address).await;
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

#[tokio::test]
async fn it_keeps_the_store_laws() {
    let server = match Server::start("") {
        Ok(server) => server,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let seed = seed();
    let operator = Arc::new(connect(&server.address()).await);
    let bench = PostgresBench { address: server.address(), operator, open: Arc::default() };
    for round in 0..5 {
        laws::all(&bench, seed.wrapping_add(round)).await;
    }
}

#[tokio::test]
async fn a_setting_that_loses_what_was_acknowledged_is_refused_by_name() {
    let server = match Server::start("-c fsync=off") {
        Ok(server) => server,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let refused = Postgres::open(&server.address()).await.err();
    assert!(
        matches!(refused, Some(PostgresError::Setting { setting: "fsync", .. })),
        "{refused:?}"
    );
    let missing = Postgres::open("host=/no/such/folder user=postgres").await.err();
    assert!(matches!(missing, Some(PostgresError::Unavailable(_))), "{missing:?}");
}
