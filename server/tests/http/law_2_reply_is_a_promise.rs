//! Law 2 over HTTP: nothing is answered before everything that the answer depends on is durable;
//! and law 8: after a failed write barrier nothing is acknowledged.

use crate::common::config;
use crate::kinds::{by_hand_with, recorded, stays_silent};
use boxoffice_server::Server;
use boxoffice_server::ledger::Ledger;
use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::{START, film, new_id};
use serde_json::{Value, json};

const FILM: &str = "/v1/events/film";
const ALL: &str = "/v1/events/film/reservations";

fn reserve(customer: &str, seat: &str) -> (String, Value) {
    let id = new_id(START).to_string();
    let body = json!({"id": id, "action": "reserve", "customer": customer, "seats": [seat]});
    (id, body)
}

/// Sends a request, and checks that no answer comes before the test settles the ledger.
async fn answered_only_when_durable(
    server: &Server,
    ledger: &Ledger,
    http: &mut Http,
    request: String,
) -> Answer {
    http.send(&request).await;
    stays_silent(server, http.receive()).await;
    ledger.settle(ledger.recorded());
    http.receive().await.expect("it is durable now")
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

#[tokio::test]
async fn law_2_whatever_looks_at_a_change_waits_for_it() {
    let (_, taken) = reserve("bob", "A1");
    let taken = with_body("POST", ALL, "", &taken.to_string());
    let tagged = format!("GET {FILM} HTTP/1.1\r\nhost: localhost\r\nif-none-match: *\r\n\r\n");
    let observers = [
        (taken, 409),
        (get(FILM), 200),
        (tagged, 304),
        (get("/v1/events/film/seats"), 200),
        (get("/v1/events?fresh=true"), 200),
        (get("/v1/reservations?event=film"), 200),
        (get("/v1/reservations"), 200),
    ];
    for (observer, status) in observers {
        let (server, ledger, _) = by_hand_with(config(), film(2, 5)).await;
        let mut writer = Http::connect(server.http_address()).await;
        let (_, wish) = reserve("ann", "A1");
        writer.send(with_body("POST", ALL, "", &wish.to_string())).await;
        recorded(&ledger, 2).await;
        let mut reader = Http::connect(server.http_address()).await;
        let answer = answered_only_when_durable(&server, &ledger, &mut reader, observer).await;
        assert_eq!(answer.status, status, "{answer:?}");
        writer.receive().await.expect("the writer's answer").expect(201);
    }
}

#[tokio::test]
async fn law_2_effects_and_what_is_gone_wait_for_themselves() {
    let (server, ledger, _) = by_hand_with(config(), film(2, 5)).await;
    let mut http = Http::connect(server.http_address()).await;
    let (id, wish) = reserve("ann", "A1");
    let customer = json!({"customer": "ann"}).to_string();
    for (request, status) in [
        (with_body("POST", ALL, "", &wish.to_string()), 201),
        (with_body("POST", &format!("{ALL}/{id}/cancel"), "", &customer), 200),
        (with_body("PATCH", FILM, "", "{\"sales\":\"closed\"}"), 200),
        (format!("DELETE {FILM} HTTP/1.1\r\nhost: localhost\r\n\r\n"), 200),
    ] {
        let answer = answered_only_when_durable(&server, &ledger, &mut http, request).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    assert_eq!(http.get(FILM).await.problem(404), "EventNotFound");
}

#[tokio::test]
async fn law_2_event_not_found_waits_for_the_deletion_it_saw() {
    let (server, ledger, _) = by_hand_with(config(), film(2, 5)).await;
    let mut writer = Http::connect(server.http_address()).await;
    writer.send(format!("DELETE {FILM} HTTP/1.1\r\nhost: localhost\r\n\r\n")).await;
    recorded(&ledger, 2).await;
    let mut reader = Http::connect(server.http_address()).await;
    let answer = answered_only_when_durable(&server, &ledger, &mut reader, get(FILM)).await;
    assert_eq!(answer.problem(404), "EventNotFound");
}

/// The request of a client that went away is done once, and a repeat learns of it.
#[tokio::test]
async fn what_was_decided_stands_when_its_client_is_gone() {
    let (server, ledger, _) = by_hand_with(config(), film(2, 5)).await;
    let (_, wish) = reserve("ann", "A1");
    let wish = with_body("POST", ALL, "", &wish.to_string());
    let mut gone = Http::connect(server.http_address()).await;
    gone.send(&wish).await;
    recorded(&ledger, 2).await;
    gone.stream.set_zero_linger().expect("a socket");
    drop(gone);
    let mut http = Http::connect(server.http_address()).await;
    let answer = answered_only_when_durable(&server, &ledger, &mut http, wish).await;
    assert_eq!(answer.expect(200)["status"], "confirmed");
    assert_eq!(ledger.recorded().as_u64(), 2, "it was done once");
}

#[tokio::test]
async fn law_8_after_a_failed_barrier_nothing_is_acknowledged() {
    let (server, ledger, _) = by_hand_with(config(), film(2, 5)).await;
    let mut waiting = Http::connect(server.http_address()).await;
    let mut idle = Http::connect(server.http_address()).await;
    let (_, wish) = reserve("ann", "A1");
    waiting.send(with_body("POST", ALL, "", &wish.to_string())).await;
    recorded(&ledger, 2).await;
    ledger.fail();
    let answer = waiting.receive().await.expect("an answer");
    assert_eq!(answer.problem(503), "OutcomeUnknown");
    assert_eq!(answer.header("connection"), Some("close"));
    assert!(answer.header("retry-after").is_some());
    assert!(waiting.closed().await.is_empty());
    let (_, wish) = reserve("bob", "A2");
    idle.send(with_body("POST", ALL, "", &wish.to_string())).await;
    assert_eq!(idle.receive().await.expect("an answer").problem(503), "Unavailable");
    assert!(idle.closed().await.is_empty());
    let mut reader = Http::connect(server.http_address()).await;
    reader.send(get(FILM)).await;
    assert_eq!(reader.receive().await.expect("an answer").problem(503), "Unavailable");
    assert_eq!(ledger.recorded().as_u64(), 2, "nothing more was taken");
}
