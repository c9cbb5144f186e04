//! What those ask who keep the server running: health, readiness, metrics; and that what is
//! deployed with it asks for what there is.

mod common;

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Request;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::ledger::Ledger;
use common::http::Http;
use common::openmetrics::Exposed;
use common::process::{Process, durable, durable_with_http};
use common::reserved_port::ReservedPort;
use common::shoppers::connect;
use common::skip::{Need, skip};
use common::strace::{self, Fault, Injected};
use common::{
    Raw, concert, config, create, film, hold, key, new_id, reserve, seat_map, seats, standing,
};
use rustix::process::Signal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;

/// How long each barrier of the journal takes, so that a start takes a while.
const SLOW: Duration = Duration::from_secs(3);

async fn metrics(http: SocketAddr) -> Exposed {
    let answer = Http::at(http).await.get("/metrics").await;
    let media_type = answer.header("content-type").expect("it has one");
    assert!(answer.status == 200 && media_type.starts_with("application/openmetrics-text"));
    Exposed::read(std::str::from_utf8(&answer.body).expect("UTF-8"))
}

/// What `/readyz` says: nothing, or why not.
async fn unready(http: &mut Http) -> Option<String> {
    let answer = http.get("/readyz").await;
    (answer.status != 200).then(|| answer.problem(503))
}

#[tokio::test]
async fn a_server_that_recovers_says_so_and_goes_on_on_the_same_connection() {
    let name = "a_server_that_recovers_says_so_and_goes_on_on_the_same_connection";
    if let Some(why) = strace::missing() {
        return skip(name, Need::Strace, &why);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = connect(&process).await;
    client.ask(&create("concert", concert(10))).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());

    let port = ReservedPort::new().expect("a port");
    let command = durable_with_http(&data, "127.0.0.1:0", &port.address.to_string());
    let slow = Fault {
        call: "fdatasync",
        paths: vec![data.join("journal/00000001.log")],
        injected: Injected::Delay(SLOW),
        when: "1".to_owned(),
    };
    let starting = tokio::task::spawn_blocking(move || Process::spawn(&mut slow.of(&command)));
    let wait = async {
        while TcpStream::connect(port.address).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(common::PATIENCE, wait).await.expect("HTTP listens at once");
    let mut http = Http::at(port.address).await;
    assert_eq!(http.get("/healthz").await.body, b"ok\n");
    assert_eq!(unready(&mut http).await.as_deref(), Some("Recovering"));
    for path in ["/metrics", "/v1/events/concert", "/nothing"] {
        let answer = http.get(path).await;
        assert_eq!(answer.problem(503), "Unavailable", "{path}");
        assert!(answer.header("retry-after").is_some());
    }
    assert!(!starting.is_finished(), "it recovers still");

    let process = starting.await.expect("it starts");
    assert_eq!(process.http, Some(port.address));
    assert_eq!(unready(&mut http).await, None);
    http.get("/v1/events/concert").await.expect(200);
    assert_eq!(http.get("/healthz").await.body, b"ok\n");
}

#[tokio::test]
async fn a_server_whose_disk_failed_lives_and_is_not_ready() {
    let ledger = Arc::new(Ledger::by_hand());
    let store = StoreChoice::Ledger(Arc::clone(&ledger));
    let server = common::start(Config { store, ..config() }).await;
    let mut http = Http::connect(&server).await;
    assert_eq!(unready(&mut http).await, None);
    ledger.fail();
    assert_eq!(unready(&mut http).await.as_deref(), Some("StorageFailed"));
    assert_eq!(http.get("/healthz").await.status, 200);
    let told = metrics(server.http_address().expect("it speaks HTTP")).await;
    assert_eq!(told.value("boxoffice_ready"), 0.0);
    assert_eq!(told.value("boxoffice_not_ready{why=\"StorageFailed\"}"), 1.0);
    assert_eq!(told.value("boxoffice_not_ready{why=\"StorageFull\"}"), 0.0);
}

#[tokio::test]
async fn metrics_tell_what_was_done() {
    let server = common::server().await;
    let http = server.http_address().expect("it speaks HTTP");
    let before = metrics(http).await;
    let mut client = Raw::connect(&server).await;
    client.ask(&create("film", film(2, 10))).await;
    let id = new_id(common::START);
    client.ask(&hold(id, "film", "ann", seats(&["A1"]))).await;
    for _ in 0..3 {
        let taken = reserve(new_id(common::START), "film", "bob", seats(&["A1"]));
        let refusal = client.refused(&taken).await;
        assert!(matches!(refusal, Refusal::SeatsTaken { .. }));
    }
    client.ask(&Request::Confirm { reservation: key(id, "film", "ann"), keep: None }).await;
    for _ in 0..5 {
        client.ask(&seat_map("film")).await;
    }
    Http::at(http).await.get("/v1/events/nothing").await.problem(404);
    // What was answered is counted once it has been written, which the last request waits for.
    let after = metrics(http).await;
    let grown = |series: &str| after.value(series) - before.value(series);
    for (kind, times) in [
        ("Hello", 1.0),
        ("CreateEvent", 1.0),
        ("Hold", 1.0),
        ("Reserve", 3.0),
        ("Confirm", 1.0),
        ("Seats", 5.0),
        ("Ping", 0.0),
    ] {
        assert_eq!(
            grown(&format!("boxoffice_requests_total{{listener=\"tcp\",kind=\"{kind}\"}}")),
            times,
            "{kind}"
        );
    }
    let refused = |listener: &str, refusal: &str| {
        grown(&format!("boxoffice_refusals_total{{listener=\"{listener}\",refusal=\"{refusal}\"}}"))
    };
    assert_eq!(refused("tcp", "SeatsTaken"), 3.0);
    assert_eq!(refused("http", "EventNotFound"), 1.0);
    assert_eq!(refused("tcp", "EventNotFound"), 0.0);
    let answered =
        |asks: &str| grown(&format!("boxoffice_request_duration_seconds_count{{asks=\"{asks}\"}}"));
    assert_eq!((answered("change"), answered("look")), (6.0, 5.0));
    assert_eq!(grown("boxoffice_views_total{from=\"rendered\"}"), 1.0);
    assert_eq!(grown("boxoffice_connections{listener=\"tcp\"}"), 1.0);
    assert_eq!(after.value("boxoffice_reservations_live"), 1.0);
    let event = grown("boxoffice_http_answers_total{kind=\"GetEvent\",status=\"4xx\"}");
    let took = grown("boxoffice_http_request_duration_seconds_count{kind=\"GetEvent\"}");
    assert_eq!((event, took), (1.0, 1.0));
    assert_eq!(grown("boxoffice_requests_total{listener=\"http\",kind=\"GetEvent\"}"), 1.0);
    let documents = "boxoffice_http_answers_total{kind=\"other\",status=\"2xx\"}";
    assert_eq!(grown(documents), 1.0, "the metrics before");
}

#[tokio::test]
async fn metrics_of_a_data_folder_add_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let process = Process::spawn(&mut durable(&folder.path().join("data")));
    let (mut client, now) = connect(&process).await;
    client.ask(&create("concert", concert(1_000))).await;
    for _ in 0..40 {
        client.ask(&reserve(new_id(now), "concert", "ann", standing(1))).await;
    }
    let told = metrics(process.http.expect("it speaks HTTP")).await;
    let changes = told.value("boxoffice_changes_recorded_total");
    assert_eq!(changes, 41.0);
    assert_eq!(told.value("boxoffice_changes_durable_total"), changes);
    assert_eq!(told.sum("boxoffice_commit_changes_sum"), changes);
    let batches = told.sum("boxoffice_commit_changes_count");
    assert_eq!(batches, told.sum("boxoffice_commit_duration_seconds_count"));
    assert!((1.0..=changes).contains(&batches));
    let in_rows = told.value("boxoffice_changes_in_rows_total");
    assert!(in_rows <= changes && told.value("boxoffice_backlog_changes") <= changes - in_rows);
    assert!(told.value("boxoffice_storage_free_bytes") <= told.value("boxoffice_storage_bytes"));
    assert!(told.value("process_resident_memory_bytes") > 1e6);
    assert!(told.value("process_open_fds") <= told.value("process_max_fds"));
}

#[tokio::test]
async fn dashboards_and_alerts_name_what_there_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let process = Process::spawn(&mut durable(&folder.path().join("data")));
    let http = process.http.expect("it speaks HTTP");
    metrics(http).await;
    let told = metrics(http).await;
    let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    for file in ["grafana.json", "alerts.yml"] {
        let text = std::fs::read_to_string(deploy.join(file)).expect("it is there");
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let of_ours = |word: &&str| word.starts_with("boxoffice_") || word.starts_with("process_");
        let named: Vec<_> = words.filter(of_ours).collect();
        assert!(named.len() > 5, "{file} asks for something");
        for name in named {
            assert!(told.has(name), "{file} names {name}, and there is none");
        }
    }
}
