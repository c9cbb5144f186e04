//! The page as it is served, and the cookie by which its visitors are known.

use super::visits::{from_page, hold, send, visit};
use crate::common::{admit, config};
use crate::kinds::{start, with_tls};
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::pki::{Pki, localhost};
use boxoffice_testing::{PATIENCE, START, client_at, event, film, new_id};
use serde_json::json;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const RESERVATIONS: &str = "/v1/events/night/reservations";

/// A server with one event, and a connection to it.
async fn house() -> (boxoffice_server::Server, Http) {
    let server = start(config()).await;
    client_at(server.address())
        .await
        .create_event(&event("night"), film(2, 5))
        .await
        .expect("it is new");
    let http = Http::connect(server.http_address()).await;
    (server, http)
}

#[tokio::test]
async fn the_page_is_served_under_a_strict_policy() {
    let (_server, mut http) = house().await;
    for (path, media_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/event/night", "text/html; charset=utf-8"),
        ("/event/none", "text/html; charset=utf-8"),
        ("/plans/none", "text/html; charset=utf-8"),
        ("/admin", "text/html; charset=utf-8"),
        ("/web/event/main.js", "text/javascript; charset=utf-8"),
        ("/web/style/base.css", "text/css; charset=utf-8"),
        ("/web/icon.svg", "image/svg+xml"),
    ] {
        let answer = http.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(media_type), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        let policy = answer.header("content-security-policy").expect(path);
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    for path in [
        "/web/",
        "/web/none.js",
        "/web/package.json",
        "/web/tests/money.test.js",
        "/web/../Cargo.toml",
        "/web/%2e%2e/Cargo.toml",
        "/event",
        "/plans",
    ] {
        assert_eq!(http.get(path).await.problem(404), "UnknownPath", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_address_is_a_page_for_people_and_json_for_programs() {
    let (_server, mut http) = house().await;
    let browsers = "accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n";
    for path in ["/bokings", "/event", "/event/night/seats", "/plans", "/v2"] {
        let answer = http.ask("GET", path, browsers).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        assert!(answer.header("content-security-policy").is_some(), "{path}");
        for others in ["", "accept: */*\r\n", "accept: application/json\r\n"] {
            let answer = http.ask("GET", path, others).await;
            assert_eq!(answer.problem(404), "UnknownPath", "{path}");
        }
        assert_eq!(http.ask("DELETE", path, browsers).await.problem(404), "UnknownPath");
    }
}

#[tokio::test]
async fn a_browser_that_has_a_file_is_not_sent_it_again() {
    let (_server, mut http) = house().await;
    let path = "/web/event/map/seat-map.js";
    let plain = http.get(path).await;
    let packed = http.ask("GET", path, "accept-encoding: gzip\r\n").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < plain.body.len() / 2);
    let tags = [&plain, &packed].map(|answer| answer.header("etag").expect("a tag").to_owned());
    assert_ne!(tags[0], tags[1]);
    for tag in &tags {
        let again = http.ask("GET", path, &format!("if-none-match: {tag}\r\n")).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
    }
    let known = format!("if-none-match: {}\r\n", tags[0]);
    assert_eq!(http.ask("GET", "/web/event/main.js", &known).await.status, 200);
}

#[tokio::test]
async fn a_visitor_is_known_by_a_cookie_that_no_script_reads_and_no_site_sends() {
    let (_server, mut http) = house().await;
    // A link from another site brings no cookie along, which is no reason for another one.
    for path in ["/", "/event/night", "/admin", "/v1/events"] {
        assert_eq!(http.get(path).await.header("set-cookie"), None, "{path}");
    }
    let welcomed = http.ask("POST", "/v1/visitor", "").await;
    let cookie = welcomed.header("set-cookie").expect("a visitor is welcomed").to_owned();
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/v1;", "; Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let customer = welcomed.expect(201)["customer"].clone();
    assert!(customer.as_str().expect("a text").starts_with("web-"), "{customer}");
    let pass = cookie.split(';').next().expect("a first part");
    assert!(pass.contains(customer.as_str().expect("a text")));

    let header = format!("cookie: other=1; {pass}\r\norigin: http://localhost\r\n");
    let again = http.ask("POST", "/v1/visitor", &header).await;
    assert_eq!(again.header("set-cookie"), Some(cookie.as_str()), "kept for longer");
    assert_eq!(again.expect(200)["customer"], customer);
    let other = http.ask("POST", "/v1/visitor", "").await;
    assert_ne!(other.expect(201)["customer"], customer);
}

#[tokio::test]
async fn over_tls_the_cookie_is_sent_over_tls_only() {
    let pki = Pki::new();
    let server = start(with_tls(&pki)).await;
    let address = server.http_address().expect("it speaks HTTP");
    let cookie = become_visitor_over_tls(&pki, address, "").await;
    assert!(cookie.starts_with("__Host-boxoffice-visitor=web-"), "{cookie}");
    assert!(cookie.contains("; Path=/; ") && cookie.ends_with("; Secure"), "{cookie}");
    let pass = cookie.split(';').next().expect("a first part");
    let again = become_visitor_over_tls(&pki, address, pass).await;
    assert_eq!(again, cookie);
    let without = pass.strip_prefix("__Host-").expect("a prefix");
    let other = become_visitor_over_tls(&pki, address, without).await;
    assert_ne!(other, cookie, "anybody beside it could have set that one");
}

/// The cookie that the server sets for a browser with this one.
async fn become_visitor_over_tls(pki: &Pki, address: SocketAddr, cookie: &str) -> String {
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let mut stream = pki.connector(&[]).connect(localhost(), stream).await.expect("a handshake");
    let request = format!(
        "POST /v1/visitor HTTP/1.1\r\nhost: localhost\r\ncontent-length: 0\r\n\
         connection: close\r\norigin: https://localhost\r\ncookie: {cookie}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await;
    read.expect("an answer in time").expect("a goodbye");
    let cookie = answer.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    cookie.expect("a cookie").to_owned()
}

#[tokio::test]
async fn a_visitor_acts_for_one_customer_only() {
    let (_server, mut http) = house().await;
    let (one, other) = (visit(&mut http).await, visit(&mut http).await);
    let held = send(&mut http, from_page(RESERVATIONS, &one, &hold("A1"))).await.expect(201);
    let customer = held["customer"].as_str().expect("a text").to_owned();
    assert!(one.contains(&customer), "{held}");

    let path = format!("{RESERVATIONS}/{}", held["id"].as_str().expect("an id"));
    for what in ["confirm", "release", "cancel"] {
        for body in [json!({}), json!({ "customer": customer })] {
            let change = from_page(&format!("{path}/{what}"), &other, &body.to_string());
            let refused = send(&mut http, change).await;
            assert!(matches!(refused.status, 403 | 404), "{what}: {}", refused.json());
        }
    }
    let list = http.ask("GET", "/v1/reservations", &format!("cookie: {other}\r\n")).await;
    assert_eq!(list.expect(200)["reservations"], json!([]));
    let list = http.ask("GET", "/v1/reservations", &format!("cookie: {one}\r\n")).await;
    assert_eq!(list.expect(200)["reservations"][0]["id"], held["id"]);
    let confirmed = send(&mut http, from_page(&format!("{path}/confirm"), &one, "{}")).await;
    assert_eq!(confirmed.expect(200)["status"], "confirmed");
}

#[tokio::test]
async fn a_visitor_needs_no_token_and_may_do_no_more_than_a_customer() {
    let mut config = config();
    let token = admit(&mut config, "ops", Role::Admin, None);
    config.visitors = Some(true);
    let server = start(config).await;
    let mut http = Http::connect(server.http_address()).await;
    let body = json!({ "name": "Night", "starts_at": "2027-01-01T20:00:00Z", "currency": "EUR",
        "sections": [{ "section": "stalls", "rows": [5], "price": 4_500 }] });
    let bearer = format!("authorization: Bearer {}\r\n", token.as_str());
    let put = |headers: &str| with_body("PUT", "/v1/events/night", headers, &body.to_string());
    send(&mut http, put(&bearer)).await.expect(201);
    assert_eq!(http.get("/v1/events/night").await.status, 401, "nobody");

    let visitor = visit(&mut http).await;
    let cookie = format!("cookie: {visitor}\r\norigin: http://localhost\r\n");
    http.ask("GET", "/v1/events/night/seats", &cookie).await.expect(200);
    send(&mut http, from_page(RESERVATIONS, &visitor, &hold("A1"))).await.expect(201);
    assert_eq!(send(&mut http, put(&cookie)).await.problem(403), "NotAllowed");
    assert_eq!(http.ask("GET", "/v1/stats", &cookie).await.problem(403), "NotAllowed");
    let both = format!("{cookie}{bearer}");
    http.ask("GET", "/v1/stats", &both).await.expect(200);
    let wrong = format!("{cookie}authorization: Bearer bxo_wrong\r\n");
    assert_eq!(http.ask("GET", "/v1/events/night", &wrong).await.status, 401, "no way around it");
}

#[tokio::test]
async fn nobody_is_a_visitor_where_visitors_or_everybody_need_tokens() {
    let (_server, mut http) = house().await;
    let visitor = visit(&mut http).await;
    let mut with_tokens = config();
    admit(&mut with_tokens, "ops", Role::Admin, None);
    let without_visitors = Config { visitors: Some(false), ..config() };
    for (config, refused) in [(with_tokens, 401), (without_visitors, 422)] {
        let server = start(config).await;
        let mut http = Http::connect(server.http_address()).await;
        assert_eq!(http.get("/").await.status, 200);
        let became = send(&mut http, from_page("/v1/visitor", &visitor, "{}")).await;
        assert_eq!(became.problem(403), "NotAllowed");
        let held = send(&mut http, from_page(RESERVATIONS, &visitor, &hold("A1"))).await;
        assert_eq!(held.status, refused, "who it is for is not known");
    }
}

#[tokio::test]
async fn an_altered_pass_is_nobodys() {
    let (_server, mut http) = house().await;
    let pass = visit(&mut http).await;
    let mut altered = pass.clone();
    altered.replace_range("boxoffice-visitor=web-0".len()..="boxoffice-visitor=web-0".len(), "_");
    for cookie in [&altered, &pass[..pass.len() - 1], "boxoffice-visitor="] {
        send(&mut http, from_page("/v1/visitor", cookie, "{}")).await.expect(201);
        let refused = send(&mut http, from_page(RESERVATIONS, cookie, &hold("A1"))).await;
        assert_eq!(refused.problem(403), "NotAllowed", "{cookie}");
        let body = json!({ "id": new_id(START).to_string(), "customer": "ann", "seats": ["A1"] });
        let refused = send(&mut http, from_page(RESERVATIONS, cookie, &body.to_string())).await;
        assert_eq!(refused.problem(403), "NotAllowed", "{cookie}, for a customer of its choice");
    }
    let without_a_value = from_page(RESERVATIONS, "boxoffice-visitor", &hold("A1"));
    let refused = send(&mut http, without_a_value).await;
    assert_eq!(refused.problem(422), "Invalid", "it says for whom");
}

#[tokio::test]
async fn another_site_cannot_act_for_a_visitor() {
    let (_server, mut http) = house().await;
    let pass = visit(&mut http).await;
    for from in [
        "",
        "origin: http://evil.example\r\n",
        "origin: null\r\n",
        "origin: http://localhost:81\r\n",
        "origin: http://localhost\r\nsec-fetch-site: cross-site\r\n",
        "origin: http://localhost\r\nsec-fetch-site: same-site\r\n",
    ] {
        let headers = format!("cookie: {pass}\r\n{from}");
        let request = with_body("POST", RESERVATIONS, &headers, &hold("A1"));
        let refused = send(&mut http, request).await;
        assert_eq!(refused.problem(403), "ForeignOrigin", "{from:?}");
    }
    for from in ["origin: http://localhost\r\n", "sec-fetch-site: same-origin\r\n"] {
        let headers = format!("cookie: {pass}\r\n{from}");
        let request = with_body("POST", RESERVATIONS, &headers, &hold("A1"));
        let answer = send(&mut http, request).await;
        assert!(matches!(answer.status, 201 | 409), "{from:?}: {}", answer.json());
    }
}
