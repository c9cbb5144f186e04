//! Health, readiness and metrics of a server process; dashboards and alerts ask for metrics that
//! exist.

use boxoffice_testing::http::Http;
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::process::{Process, durable, durable_at};
use boxoffice_testing::reserved_port::ReservedPort;
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::strace::{Fault, Injected};
use boxoffice_testing::{
    Raw, concert, create, new_id, repository, reserve, standing, strace, test_name, until_some,
};
use rustix::process::Signal;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_server_that_recovers_says_so_and_goes_on_on_the_same_connection() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let (mut client, _) = Raw::welcomed(process.address).await;
    client.ask(&create("concert", concert(10))).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    for slow in SLOW {
        if is_seen_to_recover(&data, slow).await {
            return;
        }
    }
    panic!("it recovers before it can be asked, however long its disk takes");
}

/// How long the first barrier of a start takes: longer where this machine does not get round to
/// asking in the meantime.
const SLOW: [Duration; 3] =
    [Duration::from_secs(3), Duration::from_secs(12), Duration::from_secs(48)];

/// Starts a server on a slow disk and asks it while it recovers. Returns false if that was over too
/// soon.
async fn is_seen_to_recover(data: &Path, slow: Duration) -> bool {
    let port = ReservedPort::new().expect("a port");
    let command = durable_at(data, "127.0.0.1:0", &port.address.to_string());
    let fault = Fault {
        call: "fdatasync",
        paths: vec![data.join("journal/00000001.log")],
        injected: Injected::Delay(slow),
        when: "1".to_owned(),
    };
    let starting = tokio::task::spawn_blocking(move || Process::spawn(&mut fault.of(&command)));
    let mut http = until_some("HTTP listens at once", async || {
        TcpStream::connect(port.address).await.ok()?;
        Some(Http::connect(port.address).await)
    })
    .await;
    let (well, unready) = (http.get("/healthz").await, http.unready().await);
    let mut answers = Vec::new();
    for path in ["/metrics", "/v1/events/concert", "/nothing"] {
        answers.push(http.get(path).await);
    }
    let in_time = !starting.is_finished();
    let process = starting.await.expect("it starts");
    if in_time {
        assert_eq!(well.body, b"ok\n");
        assert_eq!(unready.as_deref(), Some("Recovering"));
        for answer in answers {
            assert_eq!(answer.problem(503), "Unavailable");
            assert!(answer.header("retry-after").is_some());
        }
        assert_eq!(process.http, Some(port.address));
        assert_eq!(http.unready().await, None);
        http.get("/v1/events/concert").await.expect(200);
        assert_eq!(http.get("/healthz").await.body, b"ok\n");
    }
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    in_time
}

#[tokio::test]
async fn metrics_of_a_data_folder_add_up() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let process = Process::spawn(&mut durable(&folder.path().join("data")));
    let (mut client, now) = Raw::welcomed(process.address).await;
    client.ask(&create("concert", concert(1_000))).await;
    for _ in 0..40 {
        client.ask(&reserve(new_id(now), "concert", "ann", standing(1))).await;
    }
    let told = Exposed::scrape(process.http).await;
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
    Exposed::scrape(http).await;
    let told = Exposed::scrape(http).await;
    let deploy = repository("deploy");
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
