//! The HTTP API keeps to its description: schemathesis makes requests from the description and
//! compares the answers with it, and a validator of others finds it to be OpenAPI.

use crate::common::config;
use crate::kinds::start_at;
use boxoffice_protocol::id::ReservationId;
use boxoffice_server::clock::Clock;
use boxoffice_testing::http::Http;
use boxoffice_testing::installed::{environment, run};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{Raw, create, repository, section, spec, test_name};

/// The packages, with versions: others might find other mistakes.
const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"];

/// The reservation's id in the description's examples. The server's time is the one in it, so that
/// the examples are taken.
const EXAMPLE: &str = "0192d3a0-7b1c-7def-8a12-3456789abcde";

/// The seed of the made-up requests, unless `BOXOFFICE_SEED` gives one.
const SEED: u64 = 20_261_224;

#[tokio::test]
async fn the_api_is_as_it_is_described() {
    let python = match environment("schemathesis", &PACKAGES, "") {
        Ok(programs) => programs,
        Err(why) => return skip(test_name!(), Need::PyPi, &why),
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let tool = |name: &str| python.join(name).display().to_string();
    let id: ReservationId = EXAMPLE.parse().expect("an id");
    let server = start_at(Clock::manual(id.time()), config()).await;
    let sections = vec![
        section("stalls", 4_500, boxoffice_protocol::event::Layout::grid(20, 30)),
        section("floor", 3_000, boxoffice_protocol::event::Layout::standing(500)),
    ];
    Raw::connect(server.address()).await.ask(&create("dune-2", spec(sections))).await;
    let address = server.http_address().expect("HTTP is on");
    let description = Http::connect(server.http_address()).await.get("/openapi.json").await;
    let file = folder.path().join("openapi.json");
    std::fs::write(&file, &description.body).expect("there is room");
    let arguments = ["-m", "openapi_spec_validator", "openapi.json"];
    let valid = run(folder.path(), 60, tool("python"), &arguments, &[]);
    assert!(valid.is_ok(), "{valid:?}");
    let seed = std::env::var("BOXOFFICE_SEED").unwrap_or_else(|_| SEED.to_string());
    println!("BOXOFFICE_SEED={seed}");
    let url = format!("http://{address}/openapi.json");
    let checks_folder = repository("server/tests/http").display().to_string();
    let own_check = [
        ("PYTHONPATH", checks_folder.as_str()),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("SCHEMATHESIS_HOOKS", "described_refusals"),
    ];
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
                  response_schema_conformance,response_headers_conformance,described_refusals";
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
        // A number, not a time: the same seed makes the same requests.
        "--max-examples",
        "30",
        "--no-color",
    ];
    let checked = run(folder.path(), 300, tool("schemathesis"), &arguments, &own_check);
    println!("{}", checked.as_deref().unwrap_or_default());
    assert!(checked.is_ok(), "{}", checked.unwrap_err());
    server.catalog().invariants();
}
