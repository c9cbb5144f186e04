//! One measurement of PostgreSQL.

use crate::compare::figure::Figure;
use crate::compare::process::{Launch, RunningServer, output};
use crate::compare::settings::Settings;
use crate::compare::subject::PostgresWork;
use anyhow::Context;
use boxoffice_testing::DatabaseUser;
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Clients at once where the clients are many.
const CLIENTS: u32 = 16;

/// How long a step of the preparation may take, and the load generator beyond what it measures.
const GRACE: Duration = Duration::from_secs(60);

/// Where Debian keeps what other systems have in the PATH, a folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The schema and the scripts, as the programs read them.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bench/compare/postgres");

/// The folder that has PostgreSQL's programs, and its version, if it is installed.
pub(crate) async fn installed() -> Option<(PathBuf, String)> {
    let debian = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.push(PathBuf::new());
    for folder in folders.into_iter().rev() {
        let said = crate::compare::process::version(&folder.join("postgres")).await;
        let pgbench = crate::compare::process::version(&folder.join("pgbench")).await;
        if let (Some(said), Some(_)) = (said, pgbench) {
            let number = said.split(' ').find(|word| word.starts_with(char::is_numeric))?;
            return Some((folder, number.to_owned()));
        }
    }
    None
}

/// Measures one kind of work with PostgreSQL's programs out of a folder.
pub(crate) async fn measure(
    settings: &Settings,
    programs: &Path,
    work: PostgresWork,
) -> anyhow::Result<Figure> {
    let owner = DatabaseUser::choose()?;
    let folder = settings.temporary_folder()?;
    owner.give(folder.path())?;
    let data = folder.path().join("data");
    let mut initdb = owner.command(&programs.join("initdb"), folder.path());
    initdb.args(["--username", "postgres", "--auth", "trust", "--pgdata"]).arg(&data);
    output(initdb, GRACE).await?;

    let place = folder.path().to_owned();
    let command = |port: u16| {
        let mut command = owner.command(&programs.join("postgres"), &place);
        command.arg("-D").arg(&data).args(["-p", &port.to_string()]);
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        command.args(["-c", "fsync=on", "-c", "synchronous_commit=on"]);
        command
    };
    // SIGQUIT is its immediate shutdown, which takes its children with it.
    let launch = Launch { name: "postgres", folder, end: Signal::QUIT, command: &command };
    let server = RunningServer::start(launch).await?;
    let database = Database { programs, port: server.port() };
    database.run(settings, work).await.map_err(|error| server.explain(error))
}

struct Database<'a> {
    programs: &'a Path,
    port: u16,
}

impl Database<'_> {
    async fn run(&self, settings: &Settings, work: PostgresWork) -> anyhow::Result<Figure> {
        self.until_ready().await?;
        let mut schema = self.tool("psql");
        schema.args(["-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(script("schema.sql"));
        output(schema, GRACE).await?;

        let clients = clients_of(work).to_string();
        let mut benchmark = self.tool("pgbench");
        benchmark
            .args(["-n", "-M", "prepared", "-j", "1", "-c", &clients])
            .args(["-T", &settings.seconds.to_string()])
            .args(["-D", &format!("events={}", events_of(work)), "-f"])
            .arg(script(script_of(work)));
        let printed = output(benchmark, settings.duration() + GRACE).await?;
        let transactions = transactions_per_second(&printed)?;
        let per_second = transactions * reservations_of(work);
        Ok(Figure { per_second, p50_us: None, p99_us: None })
    }

    /// It accepts connections before it serves them.
    async fn until_ready(&self) -> anyhow::Result<()> {
        let ready = async {
            while output(self.tool("pg_isready"), GRACE).await.is_err() {
                #[expect(clippy::disallowed_methods, reason = "another program has to get ready")]
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(GRACE, ready).await.context("postgres took too long to start")
    }

    fn tool(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]);
        command.env("PGDATABASE", "postgres");
        command
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(SCRIPTS).join(name)
}

/// Reads what pgbench prints: a line `tps = 2200.123 (without initial connection time)`.
pub(crate) fn transactions_per_second(printed: &str) -> anyhow::Result<f64> {
    let line = printed.lines().find_map(|line| line.strip_prefix("tps = "));
    let number = line.and_then(|rest| rest.split(' ').next()?.parse().ok());
    number.with_context(|| format!("pgbench printed no rate: {printed}"))
}

fn script_of(work: PostgresWork) -> &'static str {
    match work {
        PostgresWork::HotEvent | PostgresWork::ThousandEvents => "transaction.sql",
        PostgresWork::Statement => "statement.sql",
        PostgresWork::Hundred => "hundred.sql",
    }
}

fn events_of(work: PostgresWork) -> u32 {
    match work {
        PostgresWork::HotEvent => 1,
        PostgresWork::ThousandEvents | PostgresWork::Statement | PostgresWork::Hundred => 1_000,
    }
}

fn clients_of(work: PostgresWork) -> u32 {
    match work {
        PostgresWork::Hundred => 1,
        _ => CLIENTS,
    }
}

fn reservations_of(work: PostgresWork) -> f64 {
    match work {
        PostgresWork::Hundred => 100.0,
        _ => 1.0,
    }
}
