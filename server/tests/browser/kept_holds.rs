//! The page: a hold is kept over reloads, links, back and forward, and ends soon after a page that
//! is left for good.

use super::sale::Sale;
use crate::common::config;
use boxoffice_client::ReservationFilter;
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::reservation::{Reservation, Status};
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{event, film, test_name, until_some};
use std::time::Duration;

/// The longest that a visitor's hold is made for.
const MINUTES: Duration = Duration::from_secs(120);
/// More than a hold has that was left.
const SOON: Duration = Duration::from_secs(25);

async fn open(test: &str) -> Option<Sale> {
    let holds = HoldRules { default: MINUTES, ..config().holds };
    Sale::open_with(test, film(2, 4), holds).await
}

/// The only reservation of the event.
async fn only(sale: &Sale) -> Reservation {
    let filter = ReservationFilter { event: Some(event("night")), ..ReservationFilter::default() };
    let rows = sale.client.reservations(filter).all().await.expect("an answer");
    let [row] = rows.as_slice() else { panic!("{rows:?}") };
    row.reservation.clone()
}

async fn ends_soon(sale: &Sale) -> bool {
    let hold = only(sale).await;
    hold.status != Status::Held || hold.expires_at < sale.client.server_now().plus(SOON)
}

/// Waits until the hold ends soon, or does not.
async fn until_it_ends_soon(sale: &Sale, soon: bool) {
    let what = if soon { "the hold ends soon" } else { "the hold is extended" };
    until_some(what, async || (ends_soon(sale).await == soon).then_some(())).await;
}

fn shows_the_hold(browser: &Browser) {
    browser.until_shown("#held");
    browser.until("document.querySelector('#live').innerText === 'Live'");
    browser.until_looks("A1", "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_keeps_the_hold_and_a_late_beacon_does_not_end_it() {
    let Some(sale) = open(test_name!()).await else { return };
    let browser = sale.visitor(DESK);
    sale.hold(&browser, "A1");
    let deadline = only(&sale).await.expires_at;
    for _ in 0..2 {
        // The beacon of the page arrives once more, after the next page has extended the hold.
        browser.run(
            "const [{ path, expires_at }] = Object.values(
                 JSON.parse(sessionStorage.getItem('boxoffice-holds')));
             window.name = JSON.stringify([path, expires_at]);",
        );
        sale.visit(&browser);
        shows_the_hold(&browser);
        let answered = browser.run(
            "const [path, if_expires_at] = JSON.parse(window.name);
             return fetch(`${path}/leave`, { method: 'POST', body: JSON.stringify({ if_expires_at }),
                 headers: { 'content-type': 'application/json' } }).then(({ status }) => status);",
        );
        assert_eq!(answered, 200);
        assert!(only(&sale).await.expires_at > deadline, "the beacon named an older deadline");
    }
    browser.click("#confirm");
    browser.until_shown("#booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn links_back_and_forward_keep_the_hold() {
    let Some(sale) = open(test_name!()).await else { return };
    let browser = sale.visitor(DESK);
    browser.click("[data-seat='B2']");
    browser.until_looks("B2", "chosen");
    sale.visit(&browser);
    browser.until_looks("B2", "chosen");
    browser.click("#clear");
    sale.hold(&browser, "A1");
    browser.run("window.isKept = true");
    browser.click(".brand");
    browser.until_shown(".event");
    until_it_ends_soon(&sale, false).await;
    browser.back();
    shows_the_hold(&browser);
    println!("from the back/forward cache: {}", browser.run("return Boolean(window.isKept)"));
    until_it_ends_soon(&sale, false).await;
    browser.click("#confirm");
    browser.until_shown("#booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_pay_keeps_the_hold() {
    let Some(sale) = open(test_name!()).await else { return };
    let browser = sale.visitor(DESK);
    sale.hold(&browser, "A1");
    let deadline = only(&sale).await.expires_at;
    browser.run(
        "const pay = document.createElement('a');
         Object.assign(pay, { id: 'pay', href: '/healthz', textContent: 'pay' });
         pay.dataset.pay = '';
         document.querySelector('#held').append(pay);",
    );
    browser.click("#pay");
    browser.until("location.pathname === '/healthz'");
    assert_eq!(only(&sale).await.expires_at, deadline);
    browser.back();
    shows_the_hold(&browser);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_ones_own_in_another_tab_and_outlives_the_tab_that_made_it() {
    let Some(sale) = open(test_name!()).await else { return };
    let browser = sale.visitor(DESK);
    let first = browser.open_tab();
    sale.visit(&browser);
    sale.hold(&browser, "A1");
    let second = browser.current_tab();
    browser.turn_to(&first);
    browser.until_looks("A1", "mine");
    sale.visit(&browser);
    shows_the_hold(&browser);
    browser.turn_to(&second);
    browser.close_tab(&first);
    until_it_ends_soon(&sale, false).await;
    shows_the_hold(&browser);
    browser.click("#release");
    browser.until_looks("A1", "free");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_tab_gives_its_hold_back_soon() {
    // Chromium gives a page that is closed half a second and then ends it like a crash does: on a
    // busy machine it may go without a word.
    for _ in 0..5 {
        let Some(sale) = open(test_name!()).await else { return };
        let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
        let before = one.open_tab();
        sale.visit(&one);
        sale.hold(&one, "A1");
        other.until_looks("A1", "held");
        one.close_tab(&before);
        if tokio::time::timeout(SOON, until_it_ends_soon(&sale, true)).await.is_ok() {
            return;
        }
    }
    panic!("no page that is closed gives its hold back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_keeps_the_hold_for_the_next_page() {
    let Some(sale) = open(test_name!()).await else { return };
    let browser = sale.visitor(DESK);
    let crashed = browser.open_tab();
    sale.visit(&browser);
    sale.hold(&browser, "A1");
    browser.crash();
    browser.turn_to(&crashed);
    assert!(!ends_soon(&sale).await);
    sale.visit(&browser);
    shows_the_hold(&browser);
}
