//! The page in many tabs and windows of one browser, which has six connections to a server.

use super::sale::Sale;
use boxoffice_testing::browser::DESK;
use boxoffice_testing::{film, test_name};

const TABS: usize = 20;

/// More windows than connections; a browser without a screen shows all of them.
const WINDOWS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn twenty_tabs_stay_usable() {
    let Some(sale) = Sale::open(test_name!(), film(2, 40)).await else { return };
    let browser = sale.visitor(DESK);
    let mut tabs = Vec::new();
    for _ in 1..TABS {
        tabs.push(browser.open_tab());
        sale.visit(&browser);
    }
    sale.hold(&browser, "A20");
    for (tab, seat) in tabs.iter().zip(1..) {
        browser.turn_to(tab);
        browser.until("document.querySelector('#live').dataset.live === 'yes'");
        browser.until_looks(&format!("B{seat}"), "free");
        browser.click(&format!("[data-seat='B{seat}']"));
        browser.until_shown("#hold");
        browser.until("document.querySelector('#live').innerText === 'Live'");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_beside_each_other_leave_connections_for_requests() {
    let Some(sale) = Sale::open(test_name!(), film(2, 10)).await else { return };
    let browser = sale.visitor(DESK);
    let mut windows = Vec::new();
    for _ in 1..WINDOWS {
        windows.push(browser.open_window());
        sale.visit(&browser);
    }
    sale.hold(&browser, "A1");
    browser.turn_to(&windows[0]);
    browser.run("window.dispatchEvent(new Event('focus'))");
    browser.until("document.querySelector('#live').dataset.live === 'yes'");
    browser.click("[data-seat='B1']");
    browser.click("#hold");
    browser.until_shown("#held");
}

/// A server that takes a request and never answers is not called live.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_answer_is_said_within_seconds() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    browser.run(
        "const { fetch } = window;
         window.fetch = (address, options) => (/reservations$/.test(address)
             ? new Promise((resolve) => { window.answer = () => resolve(fetch(address, options)); })
             : fetch(address, options));",
    );
    browser.click("[data-seat='A1']");
    browser.click("#hold");
    browser.until("document.querySelector('#live').innerText.startsWith('No answer yet')");
    assert_eq!(browser.run("return document.querySelector('#live').dataset.live"), "lost");
    browser.screenshot("no-answer-yet");
    browser.run("window.answer()");
    browser.until_shown("#held");
    browser.until("document.querySelector('#live').innerText === 'Live'");
}
