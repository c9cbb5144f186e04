//! The HTTP API is as its description says, whatever it is asked: what schemathesis makes up from
//! the description is answered as the description says. And that is a valid one, say others.

mod common;

use boxoffice_protocol::id::ReservationId;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use common::http::Http;
use common::skip::{Need, skip};
use common::{Raw, config, create, section, spec};
use std::path::Path;
use std::process::{Command, Output};

/// What is installed: to another version something else might be an error.
const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"];

/// The reservation's id in the description's examples. The server's time is the one in it, so that
/// the examples are taken.
const EXAMPLE: &str = "0192d3a0-7b1c-7def-8a12-3456789abcde";

/// Where the made-up requests begin, unless `BOXOFFICE_SEED` says where.
const SEED: u64 = 20_261_224;

/// Runs a command in a folder, for so many seconds at most; what it printed, if it went well.
fn run(folder: &Path, seconds: u32, command: &str, arguments: &[&str]) -> Result<String, String> {
    let mut bounded = Command::new("timeout");
    bounded.arg(seconds.to_string()).arg(command).args(arguments).current_dir(folder);
    let output = bounded.output();
    let Output { status, stdout, stderr } = output.map_err(|error| error.to_string())?;
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(said) } else { Err(format!("{status}: {said}")) }
}

/// An environment with the packages, in a folder.
fn install(folder: &Path) -> Result<(), String> {
    run(folder, 60, "python3", &["-m", "venv", "."])?;
    let quiet = ["install", "--quiet", "--disable-pip-version-check"];
    run(folder, 180, "bin/pip", &[&quiet[..], &PACKAGES[..]].concat())?;
    Ok(())
}

#[tokio::test]
async fn the_api_is_as_it_is_described() {
    let name = "the_api_is_as_it_is_described";
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Err(why) = install(folder.path()) {
        return skip(name, Need::PyPi, &why);
    }
    let id: ReservationId = EXAMPLE.parse().expect("an id");
    let clock = Some(Clock::manual(id.time()));
    let server = common::start(Config { clock, ..config() }).await;
    let sections = vec![
        section("stalls", 4_500, boxoffice_protocol::event::Layout::grid(20, 30)),
        section("floor", 3_000, boxoffice_protocol::event::Layout::Standing { capacity: 500 }),
    ];
    Raw::connect(&server).await.ask(&create("dune-2", spec(sections))).await;
    let address = server.http_address().expect("HTTP is on");
    let description = Http::connect(&server).await.get("/openapi.json").await;
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, &description.body).expect("there is room");
    let arguments = ["-m", "openapi_spec_validator", "openapi.json"];
    let valid = run(folder.path(), 60, "bin/python", &arguments);
    assert!(valid.is_ok(), "{valid:?}");
    let seed = std::env::var("BOXOFFICE_SEED").unwrap_or_else(|_| SEED.to_string());
    println!("BOXOFFICE_SEED={seed}");
    let url = format!("http://{address}/openapi.json");
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_schema_conformance,response_headers_conformance";
    let arguments = [
        "run",
        &url,
        "--checks",
        checks,
        // It does not end.
        "--exclude-path-regex",
        "/stream$",
        "--seed",
        &seed,
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "8",
        "--max-time",
        "40",
        "--no-color",
    ];
    let checked = run(folder.path(), 180, "bin/schemathesis", &arguments);
    println!("{}", checked.as_deref().unwrap_or_default());
    assert!(checked.is_ok(), "{}", checked.unwrap_err());
    server.catalog().invariants();
}
