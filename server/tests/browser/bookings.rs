//! The visitor's bookings of all events: to look at, print and cancel.

use super::sale::Sale;
use super::shown::unreadable;
use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen};
use boxoffice_testing::{event, film, test_name};

fn book(sale: &Sale, browser: &Browser, seat: &str) {
    sale.hold(browser, seat);
    browser.click("#confirm");
    browser.until_shown("#booked");
}

#[tokio::test(flavor = "multi_thread")]
async fn bookings_of_all_events_are_shown_printed_and_cancelled() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    sale.client.create_event(&event("late"), film(2, 4)).await.expect("it is new");
    let browser = sale.visitor(DESK);
    book(&sale, &browser, "A1");
    let code = browser.text("#booked-reference");
    let id = browser.run("return document.querySelector('#booked-reference').dataset.reservation");
    browser.visit(&sale.url("/event/late"));
    browser.until("document.querySelector('#live').innerText === 'Live'");
    book(&sale, &browser, "B2");
    browser.until_shown("#bookings a");
    browser.click("#bookings a");
    let cards = |number| format!("document.querySelectorAll('.booking').length === {number}");
    browser.until(&cards(2));
    let shown = browser.text("#bookings");
    for part in ["A test", "A1", "B2", "€45.00", &code] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    browser.screenshot("bookings");
    browser.look_like("print");
    let buttons = "return [...document.querySelectorAll('button')]
        .some((button) => button.checkVisibility())";
    assert_eq!(browser.run(buttons), false);
    browser.screenshot("bookings-print");
    browser.look_like("screen");

    browser.visit(&sale.url("/bookings"));
    browser.until(&cards(2));
    let booking = format!("[data-booking='{}']", id.as_str().expect("a text"));
    browser.click(&format!("{booking} button"));
    browser.until("document.activeElement.innerText === 'Keep it'");
    browser.screenshot("bookings-cancel");
    assert_eq!(browser.run("return document.querySelectorAll('.booking').length"), 2);
    browser.click(&format!("{booking} .strong"));
    browser.until(&cards(1));
    sale.visit(&browser);
    browser.until_looks("A1", "free");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_bookings_it_says_so_and_a_stranger_sees_none() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    book(&sale, &sale.visitor(DESK), "A1");
    let phone = Browser::open(&sale.driver, Screen { dark: true, ..PHONE });
    phone.visit(&sale.url("/bookings"));
    phone.until_shown("#empty");
    phone.screenshot("bookings-none");
    sale.visit(&phone);
    phone.click("[data-seat='B1']");
    phone.until_looks("B1", "chosen");
    phone.click("#hold");
    phone.until_shown("#held");
    phone.visit(&sale.url("/bookings"));
    phone.until("document.querySelector('.booking').innerText.includes('Not booked yet')");
    assert_eq!(phone.run("return document.documentElement.scrollWidth <= innerWidth"), true);
    phone.screenshot("bookings-phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_booking_of_a_cancelled_event_says_so() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    book(&sale, &browser, "A1");
    let cancelled = EventUpdate { sales: Some(Sales::Cancelled), ..EventUpdate::default() };
    sale.update(cancelled).await;
    browser.until_shown("#closed");
    // What a seat says to a screen reader is about the event, and not about a booking.
    browser.click("[data-seat='B1']");
    browser.until("document.querySelector('#announcer').innerText === 'This event is cancelled.'");
    browser.visit(&sale.url("/bookings"));
    browser.until_shown(".booking .cancelled");
    assert!(browser.text(".cancelled").starts_with("This event is cancelled"));
    assert_eq!(unreadable(&browser), "");
    browser.screenshot("bookings-cancelled-event");
}
