//! The operator's view in a real browser.

use crate::common::{admit, config, start_with};
use boxoffice_client::{Client, ClientConfig};
use boxoffice_protocol::id::Token;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::webdriver::Driver;
use boxoffice_testing::{customer, event, film, new_id, seats, test_name};

/// A server that wants tokens, with one event of which two seats are sold.
async fn sale(config: Config, token: &Token) -> Server {
    let server = start_with(Dependencies::default(), config).await;
    let settings = ClientConfig {
        server: server.address().to_string(),
        token: Some(token.clone()),
        ..ClientConfig::default()
    };
    let client = Client::connect(settings).await.expect("it is let in");
    let night = event("night");
    client.create_event(&night, film(2, 5)).await.expect("it is new");
    let (id, ann) = (new_id(client.server_now()), customer("ann"));
    client.reserve(id, &night, &ann, &seats(&["A1", "A2"])).await.expect("they are free");
    server
}

fn log_in(browser: &Browser, token: &Token) {
    browser.until_shown("#token");
    browser.run(&format!("document.querySelector('#token').value = '{}'", token.as_str()));
    browser.click("#login button");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_shows_a_token_and_sees_how_the_server_does() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let reader = admit(&mut config, "screen", Role::Reader, None);
    let server = sale(config, &admin).await;
    let url = |path| format!("http://{}{path}", server.http_address().expect("it speaks HTTP"));
    let browser = Browser::open(&driver, DESK);
    // A visitor's cookie is no token, and does not come between.
    browser.visit(&url("/"));
    browser.visit(&url("/admin"));
    log_in(&browser, &reader);
    browser.until_shown("#trouble");
    assert!(browser.text("#trouble").contains("admin"), "{}", browser.text("#trouble"));
    browser.screenshot("admin-login");

    log_in(&browser, &admin);
    browser.until_shown("#figures");
    browser.until("document.querySelector('#sales').innerText.includes('2 (20 %)')");
    // Every plot has a line of more than a point.
    browser.until("document.querySelectorAll('.plot').length === 7");
    for plot in ["Requests a second", "Connections", "Live reservations", "A test"] {
        let line = format!(".plot[aria-label=\"{plot}\"] .graph .line-0");
        browser.until(&format!("document.querySelector('{line}').getAttribute('d').includes('L')"));
    }
    browser.screenshot("admin");
    browser.run("document.querySelector('#sales-title').scrollIntoView()");
    browser.screenshot("admin-sales");
    let kept = "return [localStorage.length, document.cookie, sessionStorage.length]";
    assert_eq!(browser.run(kept), serde_json::json!([0, "", 1]), "in this tab only");
    browser.click("#forget");
    browser.until_shown("#login");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_finds_and_cancels_blocks_and_closes() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let server = sale(config, &admin).await;
    let url = format!("http://{}/admin", server.http_address().expect("it speaks HTTP"));
    let browser = Browser::open(&driver, DESK);
    browser.visit(&url);
    log_in(&browser, &admin);
    browser.until("document.querySelector('#act-event').value === 'night'");
    assert!(
        browser.text("#since").contains("Since the server began"),
        "{}",
        browser.text("#since")
    );
    let says = |id: &str, part: &str| {
        browser.until(&format!("document.querySelector('#{id}').innerText.includes('{part}')"));
    };
    let find = |word: &str| {
        browser.run(&format!("document.querySelector('#find-word').value = '{word}'"));
        browser.click("#find button");
    };
    find("bob");
    says("find-result", "none");
    find("ann");
    says("find-result", "1 reservation");
    assert!(browser.text("#found").contains("confirmed"), "{}", browser.text("#found"));
    let id = browser.run("return document.querySelector('[data-reservation]').dataset.reservation");
    find(id.as_str().expect("a text"));
    says("find-result", "1 reservation");
    let code = browser.text("#found code");
    find("bob");
    says("find-result", "none");
    find(&code.to_lowercase());
    says("find-result", "1 reservation");
    assert_eq!(browser.text("#found code"), code);
    browser.screenshot("admin-found");
    browser.click("#found button");
    browser.until("document.querySelector('#found button').innerText === 'Cancel it for good'");
    browser.click("#found button");
    says("found", "cancelled");
    browser.until("document.querySelector('#sales').innerText.includes('0 (0 %)')");

    browser.run("document.querySelector('#act-seats').value = 'A1, B2'");
    browser.click("#block");
    says("act-result", "night is changed");
    browser.click("#block");
    says("act-result", "so already");
    browser.run("document.querySelector('#act-seats').value = 'Z9'");
    browser.click("#block");
    says("act-result", "Z9");
    browser.screenshot("admin-desk");
    browser.click("#sales-close");
    says("act-result", "night is changed");
    let event = browser.run(&format!(
        "return fetch('/v1/events/night', {{ headers: {{ authorization: 'Bearer {}' }} }})
             .then((answer) => answer.json()).then(({{ sales, blocked }}) => [sales, blocked])",
        admin.as_str()
    ));
    assert_eq!(event, serde_json::json!(["closed", 2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_tokens_are_wanted_nobody_is_asked_for_one() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let server = start_with(Dependencies::default(), config()).await;
    let url = |path| format!("http://{}{path}", server.http_address().expect("it speaks HTTP"));
    let browser = Browser::open(&driver, DESK);
    browser.visit(&url("/"));
    browser.visit(&url("/admin"));
    browser.until_shown("#figures");
    assert_eq!(browser.run("return document.querySelector('#login').hidden"), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_explores_the_api_is_no_visitor() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let server = start_with(Dependencies::default(), config()).await;
    let url = |path| format!("http://{}{path}", server.http_address().expect("it speaks HTTP"));
    let browser = Browser::open(&driver, DESK);
    browser.visit(&url("/"));
    browser.until_shown("#empty");
    browser.visit(&url("/docs/"));
    browser.until("window.ui.getConfigs()");
    let told = "return Promise.all([undefined, ui.getConfigs().requestInterceptor({})]
        .map((asking) => fetch('/v1/stats', asking).then(({ status }) => status)))";
    assert_eq!(browser.run(told), serde_json::json!([403, 200]));
}
