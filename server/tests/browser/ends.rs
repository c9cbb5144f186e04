//! The page: holds that run out, and events that end.

use super::sale::Sale;
use crate::common::config;
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_protocol::request::Force;
use boxoffice_testing::browser::DESK;
use boxoffice_testing::{event, film, test_name};
use serde_json::Value;
use std::time::Duration;

fn holds_of(seconds: u64) -> HoldRules {
    HoldRules { default: Duration::from_secs(seconds), ..config().holds }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_counts_down_and_its_end_is_said() {
    let Some(sale) = Sale::open_with(test_name!(), film(2, 4), holds_of(4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    one.run(
        "window.left = [];
         const countdown = document.querySelector('#countdown');
         new MutationObserver(() => window.left.push(countdown.textContent))
             .observe(countdown, { childList: true });",
    );
    for browser in [&one, &other] {
        browser.note_looks("A1");
    }
    one.click("[data-seat='A1']");
    one.click("#hold");
    one.until_shown("#notice");
    assert!(one.text("#notice-text").contains("time ran out"), "{}", one.text("#notice-text"));
    one.until_looked(&["free", "chosen", "mine", "free"]);
    other.until_looked(&["free", "held", "free"]);
    let left = one.run("return window.left");
    let left: Vec<_> = left.as_array().expect("a list").iter().map(Value::as_str).collect();
    assert!(left.len() > 1 && left.is_sorted_by(|a, b| a > b), "{left:?}");
    one.screenshot("expired");
    one.click("#notice-act");
    one.until_looked(&["free", "chosen", "mine", "free", "mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_hold_is_asked_ever_more_seldom() {
    let Some(sale) = Sale::open_with(test_name!(), film(2, 4), holds_of(2)).await else { return };
    let browser = sale.visitor(DESK);
    // Once it has made the hold, the server does not know this visitor any more.
    browser.run(
        "const fetch = window.fetch;
         let holds = 1;
         window.asked = [];
         window.fetch = async (address, options) => {
             if (!/reservations/.test(address)) return fetch(address, options);
             if (options?.method === 'POST' && holds-- > 0) return fetch(address, options);
             window.asked.push(performance.now());
             return Response.json({ title: 'NotAllowed', detail: 'no' }, { status: 401 });
         };",
    );
    sale.hold_briefly(&browser, "A1");
    browser.until_shown("#notice");
    // Once it is because the stream tells that the seat is free.
    browser.until("window.asked.length >= 5");
    let waited_ms = browser.run("return window.asked[4] - window.asked[3]");
    assert!(waited_ms.as_f64().is_some_and(|ms| ms > 900.0), "{waited_ms}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wakes_up_after_the_end_of_a_hold_is_told() {
    let Some(sale) = Sale::open_with(test_name!(), film(2, 4), holds_of(3)).await else { return };
    let (sleeper, other) = (sale.visitor(DESK), sale.visitor(DESK));
    other.note_looks("A1");
    sale.hold_briefly(&sleeper, "A1");
    let before = sleeper.fall_asleep();
    other.until_looked(&["free", "held", "free"]);
    sale.take(&["A1"]).await;
    sleeper.wake_up(&before);
    sleeper.until("!document.hidden");
    sleeper.until_shown("#notice");
    let said = sleeper.text("#notice-text");
    assert!(said.contains("time ran out"), "{said}");
    sleeper.until_looks("A1", "sold");
    sleeper.until("document.querySelector('#live').innerText === 'Live'");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_removed_is_not_sold_any_more() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    sale.hold(&browser, "A1");
    sale.client.delete_event(&event("night"), Force::Yes).await.expect("it is there");
    browser.until_shown("#closed");
    assert_eq!(browser.text("#live"), "Ended");
    assert!(browser.text("#notice-text").contains("removed"), "{}", browser.text("#notice-text"));
    assert_eq!(browser.run("return document.querySelector('#held').hidden"), true);
    browser.screenshot("removed");
    browser.visit(&sale.url("/event/night"));
    browser.until("document.querySelector('#name').innerText === 'No such event'");
    browser.screenshot("no-such-event");
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_that_are_closed_are_closed_at_once_but_for_what_is_held() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    sale.hold(&one, "A1");
    sale.update(EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() }).await;
    other.until_shown("#closed");
    other.screenshot("closed");
    one.click("#confirm");
    one.until_shown("#booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_cancelled_says_so_and_takes_no_payment() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    sale.hold(&one, "A1");
    sale.update(EventUpdate { sales: Some(Sales::Cancelled), ..EventUpdate::default() }).await;
    other.until_shown("#closed");
    assert_eq!(other.text("#closed-title"), "This event is cancelled");
    other.screenshot("cancelled");
    one.click("#confirm");
    one.until("document.querySelector('#notice-text').innerText.includes('cancelled')");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_sold_out_says_so() {
    let Some(sale) = Sale::open(test_name!(), film(1, 3)).await else { return };
    let browser = sale.visitor(DESK);
    sale.take(&["A1", "A2", "A3"]).await;
    browser.until_looks("A3", "sold");
    browser.until_shown("#sold-out");
    assert_eq!(browser.run("return document.querySelector('#best').checkVisibility()"), false);
    browser.screenshot("sold-out");
}
