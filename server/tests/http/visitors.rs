//! Visitors that mean harm: they take all room for reservations, or pose as another visitor.

use super::visits::{cookie, from_page, hold, send, visit};
use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::id::Token;
use boxoffice_protocol::json::Rfc3339;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::{Config, TokensPlace};
use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::tokens::{TokenFolder, enter};
use boxoffice_testing::{PATIENCE, Raw, START, create, film, new_id};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncReadExt;

const RESERVATIONS: &str = "/v1/events/night/reservations";

/// A server with an event, an admin's token, and visitors.
async fn with_visitors(mut config: Config) -> (Server, Token) {
    let admin = admit(&mut config, "ops", Role::Admin, None);
    config.visitors = Some(true);
    let server = start(config).await;
    enter(server.address(), &admin).await.ask(&create("night", film(10, 10))).await;
    (server, admin)
}

/// The admin reserves this seat.
async fn reserve_as(http: &mut Http, admin: &Token, seat: &str) -> Answer {
    let body = json!({ "id": new_id(START).to_string(), "customer": "ann", "seats": [seat] });
    let bearer = format!("authorization: Bearer {admin}\r\n");
    send(http, with_body("POST", RESERVATIONS, &bearer, &body.to_string())).await
}

#[tokio::test]
async fn visitors_at_one_address_reserve_at_a_pace_and_nobody_else_is_slowed() {
    let config = config();
    let (server, admin) = with_visitors(config).await;
    let clock = server.clock().clone();
    let mut http = Http::connect(server.http_address()).await;
    let mut seats = ('A'..='J').flat_map(|row| (1..=10).map(move |seat| format!("{row}{seat}")));
    let mut seat = || seats.next().expect("there are enough");
    for _ in 0..59 {
        // A refused or repeated request does not count.
        let (visitor, mine) = (visit(&mut http).await, hold(&seat()));
        send(&mut http, from_page(RESERVATIONS, &visitor, &mine)).await.expect(201);
        send(&mut http, from_page(RESERVATIONS, &visitor, &mine)).await.expect(200);
        let taken = send(&mut http, from_page(RESERVATIONS, &visitor, &hold("A1"))).await;
        assert_eq!(taken.problem(409), "SeatsTaken");
    }
    let visitor = visit(&mut http).await;
    send(&mut http, from_page(RESERVATIONS, &visitor, &hold(&seat()))).await.expect(201);
    let free = seat();
    let mut another =
        async || send(&mut http, from_page(RESERVATIONS, &visitor, &hold(&free))).await;
    let slowed = another().await;
    assert_eq!(slowed.problem(429), "Busy");
    assert_eq!(slowed.json()["retry_after_ms"], 500);
    assert_eq!(slowed.header("retry-after"), Some("1"));
    assert!(slowed.json()["detail"].as_str().expect("a text").contains("from this address"));
    clock.advance(Duration::from_millis(499));
    another().await.problem(429);
    clock.advance(Duration::from_millis(1));
    another().await.expect(201);
    assert_eq!(another().await.problem(429), "Busy");
    for _ in 0..10 {
        reserve_as(&mut http, &admin, &seat()).await.expect(201);
    }
}

/// New visitors at one address: each with a pass, or one that it has made up.
#[tokio::test]
async fn row_46_visitors_at_one_address_take_few_places_and_keep_them_for_a_short_time() {
    let config = config();
    let (server, admin) = with_visitors(config).await;
    let clock = server.clock().clone();
    enter(server.address(), &admin).await.ask(&create("hall", film(100, 10))).await;
    let mut http = Http::connect(server.http_address()).await;
    let wish = || json!({ "id": new_id(clock.now()).to_string(), "best": { "places": 10 } });
    let forged = "boxoffice-visitor=web-1.AAAA";
    let path = "/v1/events/hall/reservations";
    let mut ask = async |visitor: &str, path: &str, body: &serde_json::Value| {
        send(&mut http, from_page(path, visitor, &body.to_string())).await
    };
    assert_eq!(ask(forged, path, &wish()).await.problem(403), "NotAllowed");
    let visitor = visit(&mut Http::connect(server.http_address()).await).await;
    let mut held = Vec::new();
    for _ in 0..6 {
        held.push(ask(&visitor, path, &wish()).await.expect(201)["id"].clone());
    }
    assert_eq!(ask(&visitor, path, &wish()).await.problem(429), "Busy", "60 places at once");
    let extend = |id: &serde_json::Value| format!("{path}/{}/extend", id.as_str().expect("a text"));
    let until = |minutes: u64| json!({ "until": time(clock.now(), minutes) });
    let busy = ask(&visitor, &extend(&held[0]), &until(2)).await;
    assert_eq!(busy.problem(429), "Busy", "extensions count");

    clock.advance(Duration::from_secs(100));
    ask(&visitor, &extend(&held[0]), &until(2)).await.expect(200);
    let longer = ask(&visitor, &extend(&held[1]), &until(3)).await;
    assert_eq!(longer.problem(422), "Invalid", "for two minutes at most");
    for _ in 0..4 {
        ask(&visitor, path, &wish()).await.expect(201);
    }
    let full = ask(
        &visitor,
        path,
        &json!({ "id": new_id(clock.now()).to_string(), "best": { "places": 1 } }),
    )
    .await;
    assert_eq!(full.problem(409), "LimitExceeded", "100 places of an address in an event");
    assert_eq!((&full.json()["limit"], &full.json()["have"]), (&json!(100), &json!(100)));

    for _ in 0..3 {
        clock.advance(Duration::from_secs(100));
        ask(&visitor, &extend(&held[0]), &until(2)).await.expect(200);
    }
    // It was made 500 s ago.
    clock.advance(Duration::from_secs(100));
    let outlived = ask(&visitor, &extend(&held[0]), &until(2)).await;
    assert_eq!(outlived.problem(409), "LimitExceeded", "for ten minutes with all extensions");
}

/// The time so many minutes later, as HTTP has it.
fn time(now: Timestamp, minutes: u64) -> serde_json::Value {
    json!(Rfc3339(now.plus(Duration::from_secs(60 * minutes))))
}

#[tokio::test]
async fn visitors_leave_half_of_the_room_to_those_who_show_a_token() {
    let mut config = config();
    config.limits.reservations = 5;
    let (server, admin) = with_visitors(config).await;
    let mut http = Http::connect(server.http_address()).await;
    let visitor = visit(&mut http).await;
    let first = hold("A1");
    for body in [&first, &hold("A2")] {
        send(&mut http, from_page(RESERVATIONS, &visitor, body)).await.expect(201);
    }
    let refused = send(&mut http, from_page(RESERVATIONS, &visitor, &hold("A3"))).await;
    assert_eq!(refused.problem(503), "Unavailable");
    send(&mut http, from_page(RESERVATIONS, &visitor, &first)).await.expect(200);
    for seat in ["B1", "B2", "B3"] {
        reserve_as(&mut http, &admin, seat).await.expect(201);
    }
    assert_eq!(reserve_as(&mut http, &admin, "B4").await.problem(503), "Unavailable");
}

/// A range of seats would count as one of the places that an address may take.
#[tokio::test]
async fn a_visitor_names_each_seat_by_itself() {
    let (server, admin) = with_visitors(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let visitor = visit(&mut http).await;
    for several in ["A1..A4", "a1-a4", "A1, A2", "A1 A2"] {
        let refused = send(&mut http, from_page(RESERVATIONS, &visitor, &hold(several))).await;
        assert_eq!(refused.problem(422), "Invalid", "{several}");
        assert_eq!(refused.json()["field"], "seats");
    }
    send(&mut http, from_page(RESERVATIONS, &visitor, &hold("row a, seat 1"))).await.expect(201);
    let held = reserve_as(&mut http, &admin, "A2..A4").await.expect(201);
    assert_eq!(held["seats"], json!(["A2", "A3", "A4"]));
}

/// Over HTTPS a visitor's cookie has a name that no neighbour of the server can set.
#[tokio::test]
async fn over_https_nobody_lays_a_visitor_another_ones_cookie_under() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let mallory = visit(&mut http).await;
    let https = "origin: https://tickets.example\r\nsec-fetch-site: same-origin\r\n";
    let mut become_visitor = async |cookie: &str, from: &str| {
        http.ask("POST", "/v1/visitor", &format!("cookie: {cookie}\r\n{from}")).await
    };
    let welcomed = become_visitor(&mallory, https).await;
    let set = welcomed.header("set-cookie").expect("a cookie");
    assert!(set.starts_with("__Host-boxoffice-visitor=web-"), "{set}");
    assert!(set.contains("; Path=/; ") && set.ends_with("; Secure"), "{set}");
    let own = cookie(&welcomed);
    let customer = welcomed.expect(201)["customer"].clone();
    assert!(!mallory.contains(customer.as_str().expect("a text")));
    // Behind a proxy only some requests say that they came over TLS.
    for from in [https, "sec-fetch-site: same-origin\r\n"] {
        for both in [format!("{mallory}; {own}"), format!("{own}; {mallory}")] {
            assert_eq!(become_visitor(&both, from).await.expect(200)["customer"], customer);
        }
    }
}

#[tokio::test]
async fn who_shows_passes_of_several_visitors_or_many_is_none_of_them() {
    let server = start(config()).await;
    Raw::connect(server.address()).await.ask(&create("night", film(2, 5))).await;
    let mut http = Http::connect(server.http_address()).await;
    let (one, other) = (visit(&mut http).await, visit(&mut http).await);
    let wrong = "boxoffice-visitor=web-1.AAAA";
    for (cookies, status) in [
        (wrong.to_owned(), 403),
        (format!("{one}; {other}"), 403),
        (format!("{other}; {wrong}; {one}"), 403),
        (format!("{wrong}; {wrong}; {wrong}; {wrong}; {one}"), 403),
        ([one.as_str(); 5].join("; "), 403),
        (format!("{wrong}; {one}; {wrong}; {one}"), 201),
    ] {
        let held = send(&mut http, from_page(RESERVATIONS, &cookies, &hold("A1"))).await;
        assert_eq!(held.status, status, "{cookies}: {}", held.json());
    }
}

#[tokio::test]
async fn outside_the_api_a_visitor_is_nobody_in_particular() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let cookie = format!("cookie: {}\r\n", visit(&mut http).await);
    assert_eq!(http.ask("GET", "/v1/stats", &cookie).await.problem(403), "NotAllowed");
    assert_eq!(http.ask("GET", "/metrics", &cookie).await.status, 200);
}

#[tokio::test]
async fn the_first_token_ends_what_visitors_listen_to() {
    let folder = TokenFolder::new();
    let mut config = config();
    config.streams.keep_alive = Duration::from_millis(20);
    config.tokens.place = TokensPlace::Data(folder.file().parent().expect("a folder").into());
    let server = start(config).await;
    Raw::connect(server.address()).await.ask(&create("night", film(2, 5))).await;
    let mut http = Http::connect(server.http_address()).await;
    let visitor = visit(&mut http).await;
    let path = "/v1/events/night/stream";
    http.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {visitor}\r\n\r\n")).await;
    let mut said = Vec::new();
    let mut says = async |bytes: &[u8]| {
        while !said.windows(bytes.len()).any(|told| told == bytes) {
            let count = http.stream.read_buf(&mut said).await.expect("a stream");
            assert!(count > 0, "{}", String::from_utf8_lossy(&said));
        }
    };
    tokio::time::timeout(PATIENCE, says(b": keep-alive")).await.expect("it goes on");
    folder.create("ops", &["--role", "admin"]);
    tokio::time::timeout(PATIENCE, says(b"\r\n0\r\n\r\n")).await.expect("it ends");
}
