//! Every refusal that a command line can provoke: its name, its code, its fields, and the exit code.

use super::server::{config, serve, start};
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::{Raw, hello};
use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Two films, a concert, and what became of some reservations.
struct Scene {
    _server: Server,
    cli: Cli,
    held: String,
    confirmed: String,
    released: String,
    expired: String,
}

impl Scene {
    fn new() -> Self {
        let mut config = config();
        config.holds.min = Duration::from_millis(1);
        let server = start(config);
        let cli = Cli::at(server.address());
        let starts = "--starts 2030-01-01T00:00:00Z";
        cli.done(&format!(
            "event create dune --name Dune {starts} --section a=1x6@9 --max-per-customer 4"
        ));
        cli.done(&format!(
            "event create over --name Over {starts} --section a=2x2@9 --section b=1x2@9"
        ));
        cli.done("event close over");
        let made = |line: &str| cli.object(line)["id"].as_str().expect("an id").to_owned();
        let confirmed = made("reserve dune A1 --customer ann");
        let held = made("hold dune A3 --customer ann");
        let released = made("hold dune A5 --customer ann");
        cli.done(&format!("release dune {released} --customer ann"));
        let expired = made("hold dune A5 --customer ann --ttl 1ms");
        // Showing is looking at the server's time again, until the hold is over.
        while cli.object(&format!("show dune {expired} --customer ann"))["status"] == "held" {}
        Self { _server: server, cli, held, confirmed, released, expired }
    }

    /// Checks that a line is refused with this code and name, and with these fields among others.
    fn check(&self, line: &str, code: u16, name: &str, fields: &Value) {
        let line = line
            .replace("HELD", &self.held)
            .replace("CONFIRMED", &self.confirmed)
            .replace("RELEASED", &self.released)
            .replace("EXPIRED", &self.expired);
        let (refused, object) = self.cli.refused(&line);
        assert_eq!((refused.as_str(), &object["code"]), (name, &json!(code)), "{line}: {object}");
        for (field, expected) in fields.as_object().expect("fields") {
            assert_eq!(&object[field], expected, "{line}: {object}");
        }
        let people = self.cli.run(&line).ended(1);
        assert_eq!(people.stdout, "", "{line}");
        let message = object["message"].as_str().expect("a message");
        assert!(people.stderr.contains(&format!("refused: {message}")), "{}", people.stderr);
    }
}

#[test]
fn every_refusal_by_name() {
    let scene = Scene::new();
    let none = json!({});
    let unknown = "show dune 01900000-0000-7000-8000-000000000000 --customer ann";
    let old = "reserve dune A6 --customer bob --id 01900000-0000-7000-8000-000000000000";
    let other = "event create dune --name Dune --starts 2030-01-01T00:00:00Z --section a=1x7@9";
    let cases: &[(&str, u16, &str, Value)] = &[
        ("hold dune A6 --customer bob --ttl 5h", 1, "Invalid", json!({"field": "ttl_ms"})),
        (old, 1, "Invalid", json!({"field": "id"})),
        ("seats nothing", 5, "EventNotFound", none.clone()),
        ("watch nothing", 5, "EventNotFound", none.clone()),
        ("hold nothing A1 --customer ann", 5, "EventNotFound", none.clone()),
        (other, 6, "EventExists", none.clone()),
        (unknown, 7, "ReservationNotFound", none.clone()),
        ("confirm dune HELD --customer bob", 8, "NotYours", none.clone()),
        ("reserve dune A2 --customer ann --id CONFIRMED", 9, "IdConflict", none.clone()),
        (
            "hold over a:A1 --customer ann",
            10,
            "SalesClosed",
            json!({"sales": "closed", "at": null, "in_ms": 0}),
        ),
        ("hold dune A6 A7 --customer bob", 11, "NoSuchSeat", json!({"seats": ["A7"]})),
        ("event update over --block C1", 11, "NoSuchSeat", json!({"seats": ["C1"]})),
        ("event update over --block A1", 1, "Invalid", json!({"field": "block"})),
        ("event update over --block a:A1-B2", 1, "Invalid", json!({"field": "block"})),
        ("hold dune --best 3 --customer ann", 12, "LimitExceeded", json!({"limit": 4, "have": 2})),
        ("confirm dune EXPIRED --customer ann", 13, "HoldExpired", none.clone()),
        ("release dune CONFIRMED --customer ann", 14, "AlreadyConfirmed", none.clone()),
        ("confirm dune RELEASED --customer ann", 15, "WrongStatus", json!({"status": "released"})),
        ("cancel dune HELD --customer ann", 15, "WrongStatus", json!({"status": "held"})),
        ("hold dune A1-A3 --customer bob", 16, "SeatsTaken", json!({"seats": ["A1", "A3"]})),
        ("hold dune --best 5 --customer bob", 12, "LimitExceeded", json!({"limit": 4, "have": 0})),
        ("hold dune --best 4 --together --customer bob", 18, "NotTogether", json!({"largest": 3})),
        ("event delete dune", 19, "ReservationsLive", json!({"live": 2})),
        ("event update dune --name X --if-version 1", 20, "VersionConflict", none),
    ];
    for (line, code, name, fields) in cases {
        scene.check(line, *code, name, fields);
    }
    scene.cli.done("reserve dune --best 4 --customer eve");
    scene.check("hold dune --best 1 --customer bob", 17, "SoldOut", &json!({"free": 0}));
}

/// How long the program tries. It may be over before a busy machine has connected, and then a
/// longer time says more.
const TIMEOUTS: [&str; 3] = ["300ms", "3s", "30s"];

/// The refusal that a line ends with, when the program has tried for its time.
fn refused_in_time(cli: &Cli, line: &str) -> Value {
    let run = |timeout: &&str| cli.run(&format!("{line} --json --timeout {timeout}"));
    let run = TIMEOUTS.iter().map(run).find(|run| run.exit == Some(1));
    run.expect("a refusal in one of these times").objects().remove(0)
}

#[test]
fn a_full_server_says_so_and_applies_nothing() {
    let mut config = config();
    config.limits.events = 1;
    let server = start(config);
    let cli = Cli::at(server.address());
    let create = "--name X --starts 2030-01-01T00:00:00Z --section a=1@9";
    cli.done(&format!("event create one {create}"));
    let refusal = refused_in_time(&cli, &format!("event create two {create}"));
    assert_eq!((&refusal["refused"], &refusal["why"]), (&json!("Unavailable"), &json!("TooMany")));
    assert_eq!(cli.objects("events").len(), 1);
}

/// A connection whose client has said who it is.
fn greeted(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).expect("the server listens");
    let (_, hello) = Raw::around(tokio::io::empty()).encode(&hello());
    stream.write_all(&hello).expect("the server reads");
    stream.read_exact(&mut [0; 4]).expect("a welcome");
    stream
}

#[test]
fn a_busy_server_says_so() {
    let server = start(Config { max_connections: 1, ..config() });
    let _only = greeted(&server);
    let refusal = refused_in_time(&Cli::at(server.address()), "events");
    assert_eq!(refusal["refused"], "Busy", "{refusal}");
    assert!(refusal["retry_after_ms"].as_u64() > Some(0), "{refusal}");
}

#[test]
fn hints_follow_what_was_asked() {
    let (_server, cli) = serve();
    let event = "event create club --name Club --starts 2030-01-01T00:00:00Z \
         --section floor=9@5 --max-per-customer 4";
    cli.done(event);
    cli.done("reserve club --standing 3 --customer ann");
    let smaller = cli.run("event update club --section floor=2").ended(1).stderr;
    assert!(smaller.contains("the limit is 2, and 3 are in use"), "{smaller}");
    assert!(smaller.contains("hint: `boxoffice event show EVENT` says how many"), "{smaller}");
    assert!(!smaller.contains("customer"), "{smaller}");
    let more = cli.run("reserve club --standing 2 --customer ann").ended(1).stderr;
    assert!(more.contains("how many places a customer may have"), "{more}");
}
