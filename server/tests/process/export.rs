//! `boxoffice-server export`: its output, read again, agrees with the server's answers.

use super::data_folder::{Folder, fill};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{Places, Reservation};
use boxoffice_testing::process::program;
use boxoffice_testing::{Raw, key};
use rustix::process::Signal;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;

/// Event and customer of each reservation in the folder, in the order in which they were made.
const MADE: [(&str, &str); 7] = [
    ("film", "ann"),
    ("film", "=bob"),
    ("concert", "Zo\u{eb}, \"the\" 1st"),
    ("concert", "dan"),
    ("concert", "eve"),
    ("gone", "fay"),
    ("gone", "fay"),
];

/// What the server says of the reservations whose event is there.
async fn told(client: &mut Raw, ids: &[ReservationId]) -> BTreeMap<String, Reservation> {
    let mut told = BTreeMap::new();
    for (&id, (event, customer)) in ids.iter().zip(MADE) {
        let request = Request::GetReservation { reservation: key(id, event, customer) };
        if let Body::Reservation { reservation, .. } = client.ask(&request).await.body {
            told.insert(id.to_string(), *reservation);
        }
    }
    assert_eq!(told.len(), 6, "all but the one whose event is gone");
    told
}

fn ms(value: &Value) -> u64 {
    let time: jiff::Timestamp = value.as_str().expect("a time").parse().expect("RFC 3339");
    u64::try_from(time.as_millisecond()).expect("after 1970")
}

fn check_reservations(lines: &[Value], told: &BTreeMap<String, Reservation>) {
    assert_eq!(lines.len(), 7, "history included");
    for (line, (event, customer)) in lines.iter().zip(MADE) {
        assert_eq!((&line["event"], &line["customer"]), (&event.into(), &customer.into()));
        let Some(reservation) = told.get(line["id"].as_str().expect("an id")) else {
            assert!(line["event_deleted_at"].is_string(), "{line}");
            continue;
        };
        assert_eq!(line["status"], reservation.status.as_str());
        assert_eq!(line["currency"], reservation.currency.to_string());
        assert_eq!(ms(&line["created_at"]), reservation.created_at.as_ms());
        assert_eq!(ms(&line["expires_at"]), reservation.expires_at.as_ms());
        assert!(ms(&line["changed_at"]) >= reservation.created_at.as_ms());
        assert!(line["event_deleted_at"].is_null() && line["made_by"].is_null(), "{line}");
        if !reservation.status.shows_places() {
            assert!(line["places"].as_u64() > Some(0), "an export is history: {line}");
            continue;
        }
        assert_eq!(line["total"], reservation.total);
        match &reservation.places {
            Places::Seats(seats) => {
                let seats: Vec<Value> = seats.iter().map(|seat| seat.to_string().into()).collect();
                assert_eq!((&line["places"], &line["seats"]), (&seats.len().into(), &seats.into()));
            }
            Places::Standing { section, places } => {
                assert_eq!(
                    (&line["section"], &line["places"]),
                    (&section.as_str().into(), &(*places).into())
                );
            }
        }
    }
}

/// The lines of CSV as the objects that JSON lines have.
fn csv_objects(text: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().expect("names").clone();
    let object = |cells: csv::StringRecord| {
        let pairs = names.iter().zip(&cells).map(|(name, cell)| {
            let plain = cell.strip_prefix('\'').unwrap_or(cell);
            let value = match name {
                "places" | "total" | "currency_digits" | "revision" | "position" | "version" => {
                    cell.parse::<u64>().expect("a number").into()
                }
                "details" => serde_json::from_str(cell).expect("JSON"),
                "seats" => plain.split_whitespace().collect(),
                _ if cell.is_empty() => Value::Null,
                _ => plain.into(),
            };
            (name.to_owned(), value)
        });
        Value::Object(pairs.collect())
    };
    reader.records().map(|cells| object(cells.expect("a line"))).collect()
}

#[tokio::test]
async fn reservations_are_those_that_clients_are_told_of() {
    let folder = Folder::new();
    let process = folder.serve();
    let mut client = Raw::welcomed(process.address).await;
    let ids = fill(&mut client).await;
    let told = told(&mut client.0, &ids).await;
    // While the server runs, after it was killed, and after a clean stop.
    for signal in [Some(Signal::KILL), None] {
        for _ in 0..2 {
            let json = folder.look(&["export", "--format", "jsonl"]).ended(0);
            check_reservations(&json.objects(), &told);
            let csv = folder.look(&["export", "--format", "csv"]).ended(0);
            assert_eq!(csv_objects(&csv.stdout), json.objects());
            assert!(csv.stdout.contains(",'=bob,") && !csv.stdout.contains(",=bob"), "no formula");
            if let Some(signal) = signal {
                process.signal(signal);
            }
        }
    }
    drop(process);
    let process = folder.serve();
    process.signal(Signal::TERM);
    process.wait();
    let run = folder.look(&["export", "--format", "jsonl"]).ended(0);
    assert_eq!(run.stderr, "");
    check_reservations(&run.objects(), &told);
}

#[tokio::test]
async fn changes_are_the_history_of_every_event() {
    let folder = Folder::filled(Signal::KILL).await;
    let run = folder.look(&["export", "--changes", "--format", "jsonl"]).ended(0);
    let changes = run.objects();
    let csv = folder.look(&["export", "--changes", "--format", "csv"]).ended(0);
    assert_eq!(csv_objects(&csv.stdout), changes);
    let kinds: Vec<_> =
        changes.iter().map(|change| change["kind"].as_str().expect("a kind")).collect();
    let expected = [
        "created",
        "created",
        "created",
        "reserved",
        "held",
        "held",
        "confirmed",
        "reserved",
        "cancelled",
        "held",
        "released",
        "reserved",
        "deleted",
        "created",
        "reserved",
    ];
    assert_eq!(kinds, expected);
    let mut versions = BTreeMap::new();
    for (position, change) in (1u64..).zip(&changes) {
        assert_eq!(change["position"], position);
        let version = versions.entry(change["event"].to_string()).or_insert(0u64);
        *version += 1;
        assert_eq!(change["version"], *version, "{change}");
        assert!(ms(&change["at"]) > 0 && change["principal"].is_null());
    }
    assert_eq!(changes[0]["details"]["sections"][0]["capacity"], 50);
    assert_eq!(changes[4]["details"]["customer"], "=bob");
    assert_eq!(changes[4]["details"]["places"]["seats"].as_array().map(Vec::len), Some(2));
    assert_eq!(changes[5]["details"]["places"]["standing"], 4);
    assert_eq!(changes[6]["details"]["reservation"], changes[5]["details"]["reservation"]);
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_left_in_peace() {
    let folder = Folder::filled(Signal::TERM).await;
    for extra in [&["--format", "csv"][..], &["--format", "jsonl", "--changes"]] {
        let mut command = program();
        command.arg("export").arg("--data").arg(&folder.data).args(extra);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a binary");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("it ends");
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[tokio::test]
async fn looking_for_what_to_export_changes_nothing() {
    for signal in [Signal::TERM, Signal::KILL] {
        let folder = Folder::filled(signal).await;
        let before = folder.files();
        folder.look(&["export", "--format", "csv"]).ended(0);
        folder.look(&["export", "--format", "jsonl", "--changes"]).ended(0);
        assert_eq!(folder.files(), before);
    }
}
