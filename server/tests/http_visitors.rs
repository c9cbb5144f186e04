//! Visitors who mean harm to who another visitor is, and what they were given while they were let in.

mod common;

use boxoffice_server::auth::Place;
use common::http::Http;
use common::tokens::TokenFolder;
use common::visits::{cookie, from_page, hold, send, visit};
use common::{PATIENCE, Raw, config, create, film};
use std::time::Duration;
use tokio::io::AsyncReadExt;

const RESERVATIONS: &str = "/v1/events/night/reservations";

/// What says who a browser is over HTTPS: nobody beside the server can set a cookie of that name.
#[tokio::test]
async fn over_https_nobody_lays_a_visitor_another_ones_cookie_under() {
    let server = common::server().await;
    let mut http = Http::connect(&server).await;
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
    let server = common::server().await;
    Raw::connect(&server).await.ask(&create("night", film(2, 5))).await;
    let mut http = Http::connect(&server).await;
    let (one, other) = (visit(&mut http).await, visit(&mut http).await);
    let wrong = "boxoffice-visitor=web-1.AAAA";
    for (cookies, status) in [
        (format!("{one}; {other}"), 422),
        (format!("{other}; {wrong}; {one}"), 422),
        (format!("{wrong}; {wrong}; {wrong}; {wrong}; {one}"), 422),
        ([one.as_str(); 5].join("; "), 422),
        (format!("{wrong}; {one}; {wrong}; {one}"), 201),
    ] {
        let held = send(&mut http, from_page(RESERVATIONS, &cookies, &hold("A1"))).await;
        assert_eq!(held.status, status, "{cookies}: {}", held.json());
    }
}

#[tokio::test]
async fn outside_the_api_a_visitor_is_nobody_in_particular() {
    let server = common::server().await;
    let mut http = Http::connect(&server).await;
    let cookie = format!("cookie: {}\r\n", visit(&mut http).await);
    assert_eq!(http.ask("GET", "/v1/stats", &cookie).await.problem(403), "NotAllowed");
    assert_eq!(http.ask("GET", "/metrics", &cookie).await.status, 200);
}

#[tokio::test]
async fn the_first_token_ends_what_visitors_listen_to() {
    let folder = TokenFolder::new();
    let mut config = config();
    config.streams.keep_alive = Duration::from_millis(20);
    config.tokens.place = Place::Data(folder.file().parent().expect("a folder").into());
    let server = common::start(config).await;
    Raw::connect(&server).await.ask(&create("night", film(2, 5))).await;
    let mut http = Http::connect(&server).await;
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
