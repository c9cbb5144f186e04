//! Health, readiness and metrics of a server.

use crate::common::config;
use crate::kinds::{by_hand, start};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::{IfExpired, Request};
use boxoffice_testing::http::Http;
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::{Raw, START, create, film, hold, key, new_id, reserve, seat_map, seats};

#[tokio::test]
async fn a_server_whose_disk_failed_lives_and_is_not_ready() {
    let (server, ledger) = by_hand(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    assert_eq!(http.unready().await, None);
    ledger.fail();
    assert_eq!(http.unready().await.as_deref(), Some("StorageFailed"));
    assert_eq!(http.get("/healthz").await.status, 200);
    let told = Exposed::scrape(server.http_address()).await;
    assert_eq!(told.value("boxoffice_ready"), 0.0);
    assert_eq!(told.value("boxoffice_not_ready{why=\"StorageFailed\"}"), 1.0);
    assert_eq!(told.value("boxoffice_not_ready{why=\"StorageFull\"}"), 0.0);
}

#[tokio::test]
async fn metrics_tell_what_was_done() {
    let server = start(config()).await;
    let http = server.http_address().expect("it speaks HTTP");
    let before = Exposed::scrape(http).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(2, 10))).await;
    let id = new_id(START);
    client.ask(&hold(id, "film", "ann", seats(&["A1"]))).await;
    for _ in 0..3 {
        let taken = reserve(new_id(START), "film", "bob", seats(&["A1"]));
        let refusal = client.refused(&taken).await;
        assert!(matches!(refusal, Refusal::SeatsTaken { .. }));
    }
    client
        .ask(&Request::Confirm {
            reservation: key(id, "film", "ann"),
            keep: None,
            expired: IfExpired::Refuse,
        })
        .await;
    for _ in 0..5 {
        client.ask(&seat_map("film")).await;
    }
    Http::connect(http).await.get("/v1/events/nothing").await.problem(404);
    // An answer is counted once it is written, which the last request has waited for.
    let after = Exposed::scrape(http).await;
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
