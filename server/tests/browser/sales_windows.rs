//! The sales window on the page: a countdown, and the opening by itself.

use super::sale::Sale;
use boxoffice_protocol::event::{EventSpec, EventUpdate, SalesTime};
use boxoffice_testing::browser::DESK;
use boxoffice_testing::{film, test_name};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_counts_down_and_opens_by_itself() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let soon = sale.client.server_now().plus(Duration::from_secs(3_600));
    let scheduled = SalesTime::At(soon.into());
    let update = EventUpdate { sales_from: Some(scheduled), ..EventUpdate::default() };
    sale.update(update).await;
    let browser = sale.visitor(DESK);
    browser.until_shown("#closed");
    assert_eq!(browser.text("#closed-title"), "Sales are not open yet");
    assert!(browser.text("#closed-why").starts_with("They open "), "{}", browser.text("body"));
    let left = browser.text("#opens-in");
    assert!(left.starts_with("In 59 min ") || left == "In 1 h 0 min", "{left}");
    browser.screenshot("sales-scheduled");
    browser.click("[data-seat='A1']");
    browser.until("document.querySelector('#announcer').innerText.includes('not open yet')");

    let soon = sale.client.server_now().plus(Duration::from_secs(3));
    let scheduled = SalesTime::At(soon.into());
    let update = EventUpdate { sales_from: Some(scheduled), ..EventUpdate::default() };
    sale.update(update).await;
    browser.until_shown("#choose");
    assert!(sale.client.server_now() >= soon, "it opened before its time");
    sale.hold(&browser, "A1");

    let over = SalesTime::At(sale.client.server_now().into());
    let (from, until) = (Some(SalesTime::Default), Some(over));
    sale.update(EventUpdate { sales_from: from, sales_until: until, ..EventUpdate::default() })
        .await;
    browser.click("#confirm");
    browser.until_shown("#booked");
    browser.until_shown("#closed");
    assert_eq!(browser.text("#closed-title"), "Sales are over");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_when_sales_open() {
    let Some(sale) = Sale::open(test_name!(), windowed()).await else { return };
    let browser = boxoffice_testing::browser::Browser::open(&sale.driver, DESK);
    browser.visit(&sale.url("/"));
    browser.until("document.querySelector('.event .left')?.innerText.startsWith('Sales open ')");
}

/// A film whose sales open long after the test.
fn windowed() -> EventSpec {
    let spec = film(2, 4);
    let hour_before = spec.starts_at.at().as_ms() - 3_600_000;
    let from = boxoffice_protocol::time::Timestamp::from_ms(hour_before).into();
    EventSpec { sales_from: Some(from), ..spec }
}
