//! One measurement of Redis or Valkey.

use crate::compare::figure::Figure;
use crate::compare::process::{Launch, RunningServer, output};
use crate::compare::settings::Settings;
use crate::compare::subject::{RedisBrand, RedisWork};
use anyhow::Context;
use rustix::process::Signal;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// Requests that warm the server up and say how many fill the time that is to be measured.
const WARM_UP_REQUESTS: u64 = 100_000;

/// How long the load generator may take; it is told a number of requests, not a time.
const DEADLINE: Duration = Duration::from_secs(1_200);

/// A reservation as a web shop writes it.
const RESERVE: &str = include_str!("reserve.lua");

/// Keys are drawn from so many, so that hardly any comes twice.
const KEYS: &str = "1000000000";

/// How it is started, beside its port and its folder.
const SETTINGS: [(&str, &str); 5] = [
    ("--bind", "127.0.0.1"),
    ("--save", ""),
    ("--appendonly", "yes"),
    ("--appendfsync", "always"),
    ("--auto-aof-rewrite-percentage", "0"),
];

/// The settings as they are typed.
pub(crate) fn settings() -> String {
    SETTINGS
        .map(
            |(name, value)| {
                if value.is_empty() { format!("{name} ''") } else { format!("{name} {value}") }
            },
        )
        .join(" ")
}

/// Measures one kind of work with a number of requests in flight on each connection.
pub(crate) async fn measure(
    settings: &Settings,
    brand: RedisBrand,
    work: RedisWork,
    depth: u32,
) -> anyhow::Result<Figure> {
    let folder = settings.temporary_folder()?;
    let data = folder.path().to_owned();
    let command = |port: u16| {
        let mut command = Command::new(server_program(brand));
        command.args(["--port", &port.to_string()]).arg("--dir").arg(&data);
        command.args(SETTINGS.iter().flat_map(|(name, value)| [name, value]));
        command
    };
    let launch =
        Launch { name: &server_program(brand), folder, end: Signal::KILL, command: &command };
    let server = RunningServer::start(launch).await?;
    let benchmark = Benchmark { brand, port: server.port(), settings, depth };
    benchmark.run(work).await.map_err(|error| server.explain(error))
}

struct Benchmark<'a> {
    brand: RedisBrand,
    port: u16,
    settings: &'a Settings,
    depth: u32,
}

impl Benchmark<'_> {
    async fn run(&self, work: RedisWork) -> anyhow::Result<Figure> {
        let request = self.request(work).await?;
        let warm = self.requests(WARM_UP_REQUESTS, &request).await?;
        #[expect(clippy::cast_possible_truncation, reason = "a number of requests, not below 0")]
        let filling = (warm.per_second * f64::from(self.settings.seconds)) as u64;
        self.requests(filling.max(WARM_UP_REQUESTS), &request).await
    }

    /// What to send, after what has to be there for it.
    async fn request(&self, work: RedisWork) -> anyhow::Result<Vec<String>> {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect();
        match work {
            RedisWork::Lock => Ok(words("SET seat:__rand_int__ customer NX EX 120")),
            RedisWork::Get => {
                self.ask(&["SET", "seat", "customer"]).await?;
                Ok(words("GET seat"))
            }
            RedisWork::Script => {
                self.ask(&["SET", "free", "2000000000"]).await?;
                let loaded = self.ask(&["SCRIPT", "LOAD", RESERVE]).await?;
                let script = loaded.trim();
                Ok(words(&format!(
                    "EVALSHA {script} 2 free reservation:__rand_int__ customer 1900000000"
                )))
            }
        }
    }

    async fn ask(&self, request: &[&str]) -> anyhow::Result<String> {
        let mut command = Command::new(format!("{}-cli", prefix(self.brand)));
        command.args(["-e", "-p", &self.port.to_string()]).args(request);
        output(command, Duration::from_secs(30)).await
    }

    async fn requests(&self, number: u64, request: &[String]) -> anyhow::Result<Figure> {
        let mut command = Command::new(format!("{}-benchmark", prefix(self.brand)));
        command
            .args(["-p", &self.port.to_string()])
            .args(["-c", &self.settings.connections.to_string()])
            .args(["-P", &self.depth.to_string()])
            .args(["-n", &number.to_string()])
            .args(["-r", KEYS, "--csv"])
            .args(request);
        figure(&output(command, DEADLINE).await?)
    }
}

/// Reads what redis-benchmark prints: a line of column names, a line of values, all quoted.
pub(crate) fn figure(printed: &str) -> anyhow::Result<Figure> {
    let mut rows = csv::Reader::from_reader(printed.as_bytes());
    let names = rows.headers()?.clone();
    let values = rows.records().next().context("redis-benchmark printed no figure")??;
    let column = |name: &str| {
        let index = names.iter().position(|column| column == name)?;
        values.get(index)?.parse::<f64>().ok()
    };
    let per_second =
        column("rps").with_context(|| format!("redis-benchmark printed no rate: {printed}"))?;
    let microseconds = |name| column(name).map(|milliseconds| milliseconds * 1_000.0);
    Ok(Figure {
        per_second,
        p50_us: microseconds("p50_latency_ms"),
        p99_us: microseconds("p99_latency_ms"),
    })
}

/// Which version is installed, if any, with its load generator and its command line.
pub(crate) async fn version(brand: RedisBrand) -> Option<String> {
    for tool in ["cli", "benchmark"] {
        crate::compare::process::version(Path::new(&format!("{}-{tool}", prefix(brand)))).await?;
    }
    let said = crate::compare::process::version(Path::new(&server_program(brand))).await?;
    let number = said.split(' ').find_map(|word| word.strip_prefix("v="))?;
    Some(number.to_owned())
}

/// The prefix of the names of its programs.
fn prefix(brand: RedisBrand) -> &'static str {
    match brand {
        RedisBrand::Redis => "redis",
        RedisBrand::Valkey => "valkey",
    }
}

fn server_program(brand: RedisBrand) -> String {
    format!("{}-server", prefix(brand))
}
