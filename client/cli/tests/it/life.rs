//! The whole life of events and reservations, as people and scripts see it.

use super::server::{serve, stop};
use boxoffice_server::Server;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::repository;
use rustix::process::Signal;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::Stdio;

/// The fields of a reservation, in their order. A hold has `expires_at` before the revision.
const RESERVATION: [&str; 12] = [
    "id",
    "code",
    "event",
    "customer",
    "status",
    "seats",
    "standing",
    "total",
    "currency",
    "currency_digits",
    "revision",
    "version",
];

const DUNE: &str = "event create dune-2 --name Dune --starts 2030-12-24T20:00:00+01:00 \
    --section stalls=4x10@45.00 --section floor=100@30.00 --max-per-customer 12";

/// A server with one event: 40 seats and 100 standing places.
fn with_dune() -> (Server, Cli) {
    let (server, cli) = serve();
    assert_eq!(cli.done(DUNE), "dune-2: created (version 1)\n");
    (server, cli)
}

/// The id of a reservation that a line makes.
fn made(cli: &Cli, line: &str) -> String {
    text(&cli.object(line)["id"])
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[test]
fn an_event_is_created_shown_and_listed() {
    let (_server, cli) = with_dune();
    assert_eq!(cli.done(DUNE), "dune-2: created, as it was already (version 1)\n");
    assert_eq!(cli.object(DUNE), json!({"id": "dune-2", "changed": false, "version": 1}));

    let expected = "event\tname\tstarts\tsales\tprice\tfree\theld\tsold\tblocked\n\
        dune-2\tDune\t2030-12-24T19:00:00Z\topen\t30.00-45.00 EUR\t140\t0\t0\t0\n";
    assert_eq!(cli.done("events"), expected);
    assert_eq!(
        cli.object("events"),
        json!({
            "id": "dune-2", "version": 1, "name": "Dune", "starts_at": "2030-12-24T19:00:00.000Z",
            "starts_local": "2030-12-24T19:00:00", "zone": "UTC",
            "sales": "open", "sales_from": null, "currency": "EUR", "currency_digits": 2, "price_min": 3000, "price_max": 4500,
            "free": 140, "held": 0, "sold": 0, "blocked": 0,
        })
    );

    let expected = "Dune (dune-2), 2030-12-24T19:00:00Z, sales open, at most 12 places a customer, \
        version 1\n\
        section\tlayout\tprice\tfree\theld\tsold\tblocked\n\
        stalls\t4 rows x 10 seats\t45.00 EUR\t40\t0\t0\t0\n\
        floor\tstanding, 100\t30.00 EUR\t100\t0\t0\t0\n";
    assert_eq!(cli.done("event show dune-2"), expected);
    let shown = cli.object("event show dune-2");
    assert_eq!(shown["max_per_customer"], 12);
    assert_eq!(
        shown["sections"][0],
        json!({"section": "stalls", "price": 4500, "kind": "seated", "rows": [10, 10, 10, 10],
            "capacity": 40, "free": 40, "held": 0, "sold": 0, "blocked": 0})
    );
    assert_eq!(shown["sections"][1]["rows"], Value::Null);
}

#[test]
fn the_events_of_the_season_come_from_files() {
    let (_server, cli) = serve();
    let mut slugs = Vec::new();
    for file in std::fs::read_dir(repository("client/examples/season")).expect("examples") {
        let file = file.expect("readable").path();
        let slug = file.file_stem().and_then(|stem| stem.to_str()).expect("a slug").to_owned();
        let path = file.to_str().expect("UTF-8");
        let run = cli.run_words(&["event", "create", &slug, "--from", path]).ended(0);
        assert_eq!(run.stdout, format!("{slug}: created (version 1)\n"));
        slugs.push(slug);
    }
    slugs.sort();
    assert!(slugs.len() >= 5, "{slugs:?}");
    let listed: Vec<_> = cli.objects("events").iter().map(|event| text(&event["id"])).collect();
    assert_eq!(listed, slugs);
}

#[test]
fn seats_are_drawn_and_listed() {
    let (_server, cli) = with_dune();
    cli.done("reserve dune-2 A1-A3 --customer ann");
    cli.done("hold dune-2 B2 --customer ann");
    cli.done("reserve dune-2 --standing 8 --customer ann");
    cli.done("event update dune-2 --block D10");
    let drawing = cli.done("seats dune-2");
    for line in [
        "Dune (dune-2), 2030-12-24T19:00:00Z, sales open",
        "stalls: 45.00 EUR, 35 of 40 free",
        "   1       5         10",
        "A  ● ● ● ○ ○ ○ ○ ○ ○ ○",
        "B  ○ ◐ ○ ○ ○ ○ ○ ○ ○ ○",
        "D  ○ ○ ○ ○ ○ ○ ○ ○ ○ ×",
        "floor: standing, 30.00 EUR, 92 of 100 free",
        "○░ 127 free   ◐▓ 1 held   ●█ 11 sold   × 1 blocked",
    ] {
        assert!(drawing.lines().any(|drawn| drawn == line), "{line:?} is not in\n{drawing}");
    }
    assert!(!drawing.contains('\x1b'), "no colours where nobody sees them");

    let sections = cli.objects("seats dune-2");
    assert_eq!(sections[0]["rows"][0], json!({"row": "A", "seats": "sssfffffff"}));
    assert_eq!(sections[0]["rows"][1], json!({"row": "B", "seats": "fhffffffff"}));
    assert_eq!(sections[0]["rows"][3], json!({"row": "D", "seats": "fffffffffb"}));
    assert_eq!((&sections[1]["section"], &sections[1]["sold"]), (&json!("floor"), &json!(8)));
    assert_eq!(sections[0]["version"], 5);

    cli.done("event update dune-2 --section balcony=1x2@60.00");
    let only = cli.object("seats dune-2 --section stalls --rows B");
    assert_eq!(only["rows"], json!([{"row": "B", "seats": "fhffffffff"}]));
    assert_eq!((&only["prefix"], &only["capacity"]), (&json!("stalls:"), &json!(40)));
}

#[test]
fn a_hold_lives_from_its_first_to_its_last_command() {
    let (_server, cli) = with_dune();
    let run = cli.run("hold dune-2 A1-A3 a4,B1 --customer ann --ttl 2m").ended(0);
    assert!(run.stdout.starts_with("held  dune-2  A1..A4 B1  225.00 EUR  ann  "), "{}", run.stdout);
    let id = run.stdout.trim().rsplit(' ').next().expect("an id").to_owned();
    assert!(run.stderr.contains(&format!("boxoffice confirm dune-2 {id} --customer ann")));

    let held = cli.object(&format!("show dune-2 {id} --customer ann"));
    assert_eq!(held["status"], "held");
    let longer = cli.object(&format!("extend dune-2 {id} --customer ann --ttl 20m"));
    assert!(text(&longer["expires_at"]) > text(&held["expires_at"]), "{longer}");

    let kept = cli.object(&format!("confirm dune-2 {id} --customer ann --keep A1-A3"));
    assert_eq!((&kept["status"], &kept["total"]), (&json!("confirmed"), &json!(13_500)));
    assert_eq!(kept["seats"], json!(["A1", "A2", "A3"]));
    let fields: Vec<_> = kept.as_object().expect("an object").keys().collect();
    let (fields, expected) =
        (fields.into_iter().collect::<HashSet<_>>(), RESERVATION.map(str::to_owned));
    assert_eq!(fields, expected.iter().collect());

    let line = cli.done(&format!("cancel dune-2 {id} --customer ann --keep A1"));
    let code = text(&kept["code"]);
    assert_eq!(line, format!("confirmed  dune-2  A1  45.00 EUR  ann  {code}  {id}\n"));
    let line = cli.done(&format!("cancel dune-2 {id} --customer ann"));
    assert!(line.starts_with("cancelled  dune-2  "), "{line}");
    assert_eq!(cli.object("events")["free"], 140);
}

#[test]
fn json_has_its_fields_in_the_documented_order() {
    let (_server, cli) = with_dune();
    let line = cli.done("reserve dune-2 --standing 2 --section floor --customer ann --json");
    let mut rest = line.as_str();
    for field in RESERVATION {
        let name = format!("\"{field}\":");
        let at = rest.find(&name).unwrap_or_else(|| panic!("{field} is not next in {line}"));
        rest = &rest[at + name.len()..];
    }
    let reserved: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(reserved["standing"], json!({"section": "floor", "places": 2}));
    assert_eq!((&reserved["seats"], &reserved["currency"]), (&json!([]), &json!("EUR")));
}

#[test]
fn parts_of_a_hold_are_released() {
    let (_server, cli) = with_dune();
    let id = made(&cli, "hold dune-2 --best 4 --together --section stalls --customer ann");
    let all = cli.object(&format!("show dune-2 {id} --customer ann"));
    let seat = text(&all["seats"][0]);
    let kept = cli.object(&format!("release dune-2 {id} --customer ann --keep {seat}"));
    assert_eq!((&kept["status"], &kept["seats"]), (&json!("held"), &json!([seat])));
    let released = cli.object(&format!("release dune-2 {id} --customer ann"));
    assert_eq!(released["status"], "released");

    let id = made(&cli, "hold dune-2 --standing 5 --customer ann");
    let kept = cli.object(&format!("confirm dune-2 {id} --customer ann --keep 2"));
    assert_eq!(kept["standing"]["places"], 2);
    assert_eq!(cli.object("events")["free"], 138);
}

#[test]
fn the_same_id_has_one_effect() {
    let (_server, cli) = with_dune();
    let id = made(&cli, "reserve dune-2 A1 --customer ann");
    let again = cli.object(&format!("reserve dune-2 A1 --customer ann --id {id}"));
    assert_eq!((&again["id"], &again["version"]), (&json!(id), &json!(2)));
    assert_eq!(cli.object("events")["sold"], 1);
    let (name, _) = cli.refused(&format!("reserve dune-2 A2 --customer ann --id {id}"));
    assert_eq!(name, "IdConflict");
    let (name, _) = cli.refused(&format!("hold dune-2 A1 --customer ann --id {id}"));
    assert_eq!(name, "IdConflict");
    assert_eq!(cli.object("events")["sold"], 1);
}

#[test]
fn an_event_is_updated() {
    let (_server, cli) = with_dune();
    let line = "event update dune-2 --price floor=25.00 --section stalls=5x10 --block E1-E3 \
        --max-per-customer none";
    assert_eq!(cli.done(line), "dune-2: updated (version 2)\n");
    assert_eq!(cli.done(line), "dune-2: updated, as it was already (version 2)\n");
    let shown = cli.object("event show dune-2");
    assert_eq!((&shown["free"], &shown["blocked"]), (&json!(147), &json!(3)));
    assert_eq!((&shown["price_min"], &shown["max_per_customer"]), (&json!(2_500), &Value::Null));
    cli.done("event update dune-2 --unblock E1,E2");
    cli.done("event update dune-2 --section balcony=2x4@60");
    let shown = cli.object("event show dune-2");
    assert_eq!((&shown["free"], &shown["blocked"]), (&json!(157), &json!(1)));
    let (name, refusal) = cli.refused("event update dune-2 --name Other --if-version 2");
    assert_eq!((name.as_str(), &refusal["current"]), ("VersionConflict", &json!(4)));
    cli.done("event update dune-2 --name Other --if-version 4");
    assert_eq!(cli.object("event show dune-2")["name"], "Other");
}

#[test]
fn sales_are_closed_and_opened_and_the_event_deleted() {
    let (_server, cli) = with_dune();
    let id = made(&cli, "hold dune-2 A1 --customer ann");
    assert_eq!(cli.done("event close dune-2"), "dune-2: sales closed (version 3)\n");
    assert_eq!(cli.refused("hold dune-2 A2 --customer ann").0, "SalesClosed");
    cli.done(&format!("confirm dune-2 {id} --customer ann"));
    assert_eq!(cli.done("event open dune-2"), "dune-2: sales opened (version 5)\n");
    let (name, refusal) = cli.refused("event delete dune-2");
    assert_eq!((name.as_str(), &refusal["live"]), ("ReservationsLive", &json!(1)));
    let deleted = cli.object("event delete dune-2 --force");
    assert_eq!(deleted, json!({"id": "dune-2", "changed": true, "version": 6}));
    assert_eq!(cli.refused("event show dune-2").0, "EventNotFound");
    assert_eq!(cli.object(DUNE)["version"], 7, "an event goes on from its tombstone");
}

#[test]
fn reservations_are_listed_over_many_pages() {
    const ROWS: usize = 2_500;
    let (_server, cli) = serve();
    cli.done("event create fair --name Fair --starts 2030-01-01T00:00:00Z --section hall=9999@1");
    cli.done("event create other --name Other --starts 2030-01-01T00:00:00Z --section hall=9@1");
    let mut rows = "event,customer,standing\n".to_owned();
    (0..ROWS).for_each(|row| rows += &format!("fair,customer {},1\n", row % 2));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("fair.csv");
    std::fs::write(&file, rows).expect("written");
    cli.run_words(&["batch", file.to_str().expect("UTF-8")]).ended(0);
    cli.done("reserve other --standing 1 --customer ann");

    let ids = |listed: &[Value]| -> HashSet<String> {
        listed.iter().map(|reservation| text(&reservation["id"])).collect()
    };
    let listed = cli.objects("reservations --event fair");
    assert_eq!((listed.len(), ids(&listed).len()), (ROWS, ROWS));
    let words = ["reservations", "--customer", "customer 1", "--json"];
    assert_eq!(ids(&cli.run_words(&words).ended(0).objects()).len(), ROWS / 2);
    assert_eq!(cli.objects("reservations --customer ann --event fair").len(), 0);
    assert_eq!(cli.done("reservations --event fair").lines().count(), ROWS + 1);
    let ann = cli.done("reservations --customer ann");
    assert!(ann.contains("\tann\tconfirmed\t1 standing in hall\t1.00 EUR\t"), "{ann}");
}

#[test]
fn a_watcher_sees_what_others_do_until_the_event_ends() {
    let (_server, cli) = with_dune();
    let mut people = cli.start("watch dune-2");
    let mut script = cli.start("watch dune-2 --json");
    let mut seen = || (people.line().expect("a line"), script.line().expect("a line"));
    let counts =
        "stalls: 40 free, 0 held, 0 sold, 0 blocked; floor: 100 free, 0 held, 0 sold, 0 blocked";
    let (line, object) = seen();
    assert_eq!(line, format!("version 1: snapshot; {counts}"));
    let object: Value = serde_json::from_str(&object).expect("JSON");
    assert_eq!((&object["what"], &object["version"]), (&json!("snapshot"), &json!(1)));
    assert_eq!(object["sections"][0]["rows"][0], json!({"row": "A", "seats": "ffffffffff"}));
    let id = made(&cli, "hold dune-2 A1 A2 --customer ann");
    let (line, object) = seen();
    assert_eq!(line, "version 2: held A1 A2; stalls: 38 free, 2 held, 0 sold, 0 blocked");
    let object: Value = serde_json::from_str(&object).expect("JSON");
    assert_eq!((&object["what"], &object["version"]), (&json!("changed"), &json!(2)));
    assert_eq!(object["places"], json!([{"state": "held", "seats": ["A1", "A2"]}]));
    cli.done(&format!("confirm dune-2 {id} --customer ann --keep A1"));
    let line = seen().0;
    assert!(line.contains("sold A1") && line.contains("free A2"), "{line}");
    cli.done("event delete dune-2 --force");
    assert_eq!(people.line().as_deref(), Some("ended: the event was deleted"));
    assert_eq!((people.line(), people.wait()), (None, Some(0)));
    assert_eq!(script.line().as_deref(), Some(r#"{"event":"dune-2","what":"ended"}"#));
    assert_eq!(script.wait(), Some(0));
}

#[test]
fn ctrl_c_ends_a_watch() {
    let (_server, cli) = with_dune();
    let mut watch = cli.start("watch dune-2");
    watch.line().expect("a snapshot");
    watch.signal(Signal::INT);
    assert_eq!(watch.wait(), Some(130));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let (_server, cli) = with_dune();
    let mut command = cli.command(["watch", "dune-2"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    cli.done("reserve dune-2 A1 --customer ann");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn the_server_tells_about_itself() {
    let (server, cli) = with_dune();
    assert!(cli.done("stats").lines().any(|line| line == "events\t1"));
    assert_eq!(cli.object("stats")["events"], 1);
    let ping = cli.done("ping");
    assert!(
        ping.starts_with("boxoffice/") && ping.contains(&server.address().to_string()),
        "{ping}"
    );
    let ping = cli.object("ping");
    assert_eq!((&ping["protocol_version"], &ping["hold_default_ms"]), (&json!(1), &json!(120_000)));
    assert!(text(&ping["time"]).ends_with('Z'), "{ping}");
}

#[test]
fn what_others_typed_cannot_play_with_the_terminal() {
    let (_server, cli) = with_dune();
    let name = "D\x1b[31m\u{202e}une";
    let words = [
        "event",
        "create",
        "x",
        "--name",
        name,
        "--starts",
        "2030-01-01T00:00:00Z",
        "--section",
        "a=1@1",
    ];
    let run = cli.run_words(&words).ended(2);
    assert!(run.stderr.contains("control"), "{}", run.stderr);
    for variant in [&["reserve", "dune-2", "A1", "--customer", name][..], &["seats", name]] {
        cli.run_words(variant).ended(2);
    }
    // The text of a file is not to be trusted, and shown escaped.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("rows.csv");
    std::fs::write(&file, format!("event,customer,best\ndune-2,ann,\"{name}\"\n"))
        .expect("written");
    let run = cli.run_words(&["batch", file.to_str().expect("UTF-8")]).ended(1);
    assert!(run.stderr.contains("line 2: best: "), "{}", run.stderr);
    assert!(!run.stderr.contains('\x1b') && !run.stderr.contains('\u{202e}'), "{}", run.stderr);
}

#[test]
fn mistakes_end_with_2_and_a_missing_server_with_3() {
    let (server, cli) = with_dune();
    for line in [
        "",
        "nonsense",
        "hold dune-2 --customer ann",
        "hold dune-2 A1",
        "hold Dune A1 --customer a",
        "hold dune-2 , --customer ann",
        "hold dune-2 --best 0 --customer ann",
        "event create x --from /no/such/file.toml",
        "batch /no/such/file.csv",
        "ping --timeout 5",
        "event update dune-2",
        "event create x --name X --starts tomorrow --section a=1@1",
    ] {
        let run = cli.run(line).ended(2);
        assert_eq!(run.stdout, "", "{line}");
        assert!(!run.stderr.is_empty(), "{line}");
    }
    let address = server.address();
    stop(server);
    let run = Cli::at(address).run("events").ended(3);
    assert!(run.stderr.contains(&address.to_string()), "{}", run.stderr);
    assert!(run.stderr.contains("boxoffice-server"), "it names the fix: {}", run.stderr);
}
