//! Pages of other origins, and names that are not the server's: neither can have a browser change
//! anything here, even where no token is wanted.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::process::{Process, command, durable};
use boxoffice_testing::tokens::{TokenFolder, token_command};
use boxoffice_testing::{Raw, START, create, film, new_id, until_some};
use serde_json::json;
use std::fs::File;

const FILM: &str = "/v1/events/film";
const ALL: &str = "/v1/events/film/reservations";

/// A server with a film that wants no tokens.
async fn with_film(config: Config) -> (Server, Http) {
    let server = start(config).await;
    Raw::connect(server.address()).await.ask(&create("film", film(4, 4))).await;
    let http = Http::connect(server.http_address()).await;
    (server, http)
}

fn wish() -> String {
    json!({"id": new_id(START).to_string(), "customer": "ann", "best": {"places": 1}}).to_string()
}

/// Asks with these lines for a host.
async fn ask_with(http: &mut Http, request: &str, hosts: &str) -> Answer {
    http.send(request.replace("host: localhost\r\n", hosts)).await;
    http.receive().await.expect("the connection stays open")
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n")
}

#[tokio::test]
async fn a_page_of_somebody_elses_changes_nothing() {
    let (_server, mut http) = with_film(config()).await;
    for (headers, status) in [
        ("origin: http://evil.example\r\n", 403),
        ("origin: null\r\n", 403),
        ("sec-fetch-site: cross-site\r\norigin: http://localhost\r\n", 403),
        ("sec-fetch-site: same-site\r\n", 403),
        ("origin: http://localhost\r\n", 201),
        ("origin: https://shop.example\r\nsec-fetch-site: same-origin\r\n", 201),
        ("", 201),
    ] {
        http.send(with_body("POST", ALL, headers, &wish())).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(answer.status, status, "{headers}");
    }
    let look = http.ask("GET", FILM, "origin: http://evil.example\r\n").await;
    assert_eq!((look.status, look.header("access-control-allow-origin")), (200, None));
}

/// DNS rebinding: the browser takes our answers for the page's own.
#[tokio::test]
async fn a_page_whose_name_leads_here_is_told_nothing_where_everybody_may_do_everything() {
    let (server, mut http) = with_film(config()).await;
    let post = with_body("POST", ALL, "origin: http://evil.example:7118\r\n", &wish());
    let evil = "host: evil.example:7118\r\n";
    let stream = get("/v1/events/film/stream");
    for request in [&post, &stream, &get(FILM), &get("/v1/reservations"), &get("/metrics")] {
        let answer = ask_with(&mut http, request, evil).await;
        assert_eq!(answer.problem(421), "StrangeHost", "{request}");
        let mend = answer.json()["detail"].as_str().expect("a detail").to_owned();
        let (token, name) = (mend.find("token create"), mend.find("--http-hosts"));
        assert!(token.is_some() && token < name, "what opens nothing comes first: {mend}");
    }
    // A request's address comes before its header.
    let address = get("http://evil.example/v1/events/film");
    assert_eq!(ask_with(&mut http, &address, "host: localhost\r\n").await.status, 421);
    let port = server.http_address().expect("it speaks HTTP").port();
    for here in ["localhost", "127.0.0.1", "[::1]"] {
        let hosts = format!("host: {here}:{port}\r\n");
        ask_with(&mut http, &get(FILM), &hosts).await.expect(200);
        let post = with_body("POST", ALL, &format!("origin: http://{here}:{port}\r\n"), &wish());
        ask_with(&mut http, &post, &hosts).await.expect(201);
    }
}

#[tokio::test]
async fn names_that_are_ours_can_be_said() {
    let hosts = vec!["tickets.example".parse().expect("a name")];
    let (_server, mut http) = with_film(Config { http_hosts: hosts, ..config() }).await;
    ask_with(&mut http, &get(FILM), "host: tickets.example\r\n").await.expect(200);
    let other = ask_with(&mut http, &get(FILM), "host: evil.example\r\n").await;
    assert_eq!(other.problem(421), "StrangeHost");
    let process = Process::spawn(command().args(["--http-hosts", "a.example,b.example"]));
    let mut http = Http::connect(process.http).await;
    for (host, status) in [("a.example", 200), ("b.example:80", 200), ("c.example", 421)] {
        let hosts = format!("host: {host}\r\n");
        assert_eq!(ask_with(&mut http, &get("/v1/events"), &hosts).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn what_a_name_opens_while_there_are_no_tokens_is_said_at_start() {
    let folder = TokenFolder::new();
    folder.create("admin", &["--role", "admin"]);
    let log = folder.file().with_file_name("log");
    let named = || {
        let mut command = command();
        command.args(["--http-hosts", "a.example,b.example"]);
        command.stderr(File::create(&log).expect("a new file"));
        command
    };
    let said = || std::fs::read_to_string(&log).expect("UTF-8");
    drop(Process::spawn(&mut named()));
    for name in ["a.example", "b.example"] {
        let is_warning = |line: &str| line.contains(name) && line.contains("token create");
        assert!(said().lines().any(is_warning), "{}", said());
    }
    drop(Process::spawn(named().arg("--tokens").arg(folder.file())));
    assert!(!said().contains("example"), "{}", said());
}

#[tokio::test]
async fn where_tokens_are_wanted_every_name_leads_here() {
    let mut config = config();
    let admin = admit(&mut config, "admin", Role::Admin, None);
    let server = start(config).await;
    let mut http = Http::connect(server.http_address()).await;
    let hosts = format!("host: tickets.example\r\nauthorization: Bearer {admin}\r\n");
    ask_with(&mut http, &get("/v1/events"), &hosts).await.expect(200);
    let without = ask_with(&mut http, &get("/v1/events"), "host: tickets.example\r\n").await;
    assert_eq!(without.problem(401), "NotAllowed");
}

#[tokio::test]
async fn the_first_token_lets_every_name_lead_here() {
    let folder = TokenFolder::new();
    let data = folder.file().parent().expect("a folder").join("data");
    let process = Process::spawn(&mut durable(&data));
    let mut http = Http::connect(process.http).await;
    let hosts = "host: tickets.example\r\n";
    assert_eq!(ask_with(&mut http, &get("/v1/events"), hosts).await.status, 421);
    let data = data.to_str().expect("UTF-8");
    let words = ["create", "admin", "--role", "admin", "--data", data];
    token_command(&words).ended(0);
    until_some("the first token is noticed", async || {
        (ask_with(&mut http, &get("/v1/events"), hosts).await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_request_says_once_which_host_it_means() {
    let (_server, mut http) = with_film(config()).await;
    for hosts in [
        "",
        "host: localhost\r\nhost: localhost\r\n",
        "host: localhost, evil.example\r\n",
        "host: a b\r\n",
        "host: localhost/\r\n",
        "host: \u{e9}.example\r\n",
    ] {
        let answer = ask_with(&mut http, &get(FILM), hosts).await;
        assert_eq!(answer.problem(400), "BadHost", "{hosts}");
    }
    let without = get(FILM).replace("host: localhost\r\n", "");
    http.send(without.replace("HTTP/1.1", "HTTP/1.0")).await;
    http.receive().await.expect("an answer").expect(200);
}

/// A server with a film whose API the pages of a shop may use.
async fn with_shop() -> (Server, Http) {
    let http_origins = vec![SHOP.parse().expect("an origin")];
    with_film(Config { http_origins, ..config() }).await
}

const SHOP: &str = "https://shop.example";

#[tokio::test]
async fn a_page_of_a_named_origin_may_use_the_api() {
    let (_server, mut http) = with_shop().await;
    let preflight = format!(
        "OPTIONS {ALL} HTTP/1.1\r\nhost: localhost\r\norigin: {SHOP}\r\n\
         access-control-request-method: POST\r\n\
         access-control-request-headers: content-type\r\nsec-fetch-site: cross-site\r\n\r\n"
    );
    http.send(preflight).await;
    let answer = http.receive().await.expect("an answer");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (204, Some(SHOP)));
    assert!(answer.header("access-control-allow-methods").is_some_and(|all| all.contains("POST")));
    assert!(
        answer
            .header("access-control-allow-headers")
            .is_some_and(|all| all.contains("content-type"))
    );
    let of_shop = format!("origin: {SHOP}\r\nsec-fetch-site: cross-site\r\n");
    http.send(with_body("POST", ALL, &of_shop, &wish())).await;
    let answer = http.receive().await.expect("an answer");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (201, Some(SHOP)));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    let refused = http.ask("GET", "/v1/events/none", &of_shop).await;
    assert_eq!((refused.status, refused.header("access-control-allow-origin")), (404, Some(SHOP)));
    assert!(refused.header("vary").is_some_and(|vary| vary.contains("origin")));
}

#[tokio::test]
async fn other_origins_cookies_and_paths_are_not_opened_by_a_named_one() {
    let (_server, mut http) = with_shop().await;
    let cookie = format!("origin: {SHOP}\r\nsec-fetch-site: same-site\r\ncookie: a=b\r\n");
    for headers in [
        "origin: https://evil.example\r\nsec-fetch-site: cross-site\r\n",
        "origin: https://shop.example.evil\r\nsec-fetch-site: cross-site\r\n",
        "origin: http://shop.example\r\nsec-fetch-site: cross-site\r\n",
        "origin: null\r\nsec-fetch-site: cross-site\r\n",
        &cookie,
    ] {
        http.send(with_body("POST", ALL, headers, &wish())).await;
        let answer = http.receive().await.expect("an answer");
        assert_eq!(answer.status, 403, "{headers}");
        assert_eq!(answer.header("access-control-allow-origin"), None, "{headers}");
        let look = http.ask("GET", FILM, headers).await;
        assert_eq!(look.header("access-control-allow-origin"), None, "{headers}");
    }
    for path in ["/metrics", "/", "/admin"] {
        let look = http.ask("GET", path, &format!("origin: {SHOP}\r\n")).await;
        assert_eq!(
            (look.status, look.header("access-control-allow-origin")),
            (200, None),
            "{path}"
        );
    }
}
