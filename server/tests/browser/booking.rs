//! The page: how one books, by mouse, finger, keyboard and ear.

use super::sale::Sale;
use boxoffice_protocol::event::{EventSpec, Layout};
use boxoffice_testing::browser::{DESK, PHONE, Screen, keys};
use boxoffice_testing::{film, section, spec, test_name};
use std::num::NonZeroU32;

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_booked_by_keyboard_alone() {
    let Some(sale) = Sale::open(test_name!(), film(6, 10)).await else { return };
    let browser = sale.visitor(DESK);
    let press_until = |key, expression: &str| {
        for _ in 0..40 {
            if browser.run(&format!("return {expression}")) == true {
                return;
            }
            browser.press(&[key]);
        }
        panic!("{expression} never, by that key");
    };
    press_until(keys::TAB, "document.activeElement.dataset.seat === 'A1'");
    browser.press(&[keys::RIGHT, keys::RIGHT, keys::DOWN]);
    let focused = "return document.activeElement.getAttribute('aria-label')";
    assert_eq!(browser.run(focused), "Row B, seat 3, €45.00, free");
    browser.screenshot("keyboard");
    browser.press(&[keys::ENTER]);
    browser.until_looks("B3", "chosen");
    assert_eq!(browser.run(focused), "Row B, seat 3, €45.00, chosen");
    press_until(keys::TAB, "document.activeElement.id === 'hold'");
    browser.press(&[keys::ENTER]);
    browser.until("document.activeElement.id === 'held-title'");
    press_until(keys::TAB, "document.activeElement.id === 'confirm'");
    browser.press(&[keys::ENTER]);
    browser.until("document.activeElement.id === 'booked-title'");
    browser.until_looks("B3", "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_wide_enough() {
    let stalls = section("stalls", 4_500, Layout::grid(12, 26));
    let floor = section("floor", 3_000, Layout::standing(80));
    let Some(sale) = Sale::open(test_name!(), spec(vec![stalls, floor])).await else { return };
    let phone = sale.visitor(PHONE);
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(phone.run(fits), true);
    phone.screenshot("phone");
    // A finger does not hit a seat that small: the first tap comes nearer.
    phone.click("[data-seat='A1']");
    phone.until("document.querySelector(\"[data-seat='A1']\").getBoundingClientRect().width > 20");
    assert_eq!(phone.look("A1"), "free");
    phone.click("[data-seat='A1']");
    phone.until_looks("A1", "chosen");
    phone.screenshot("phone-chosen");
    phone.click("#hold");
    phone.until_shown("#held");
    phone.screenshot("phone-held");
    phone.click("#confirm");
    phone.until_shown("#booked");
    phone.click("#again");
    phone.run("document.querySelector('#standing-1').value = 3");
    phone.click("[data-standing='floor'] button");
    phone.until_shown("#held");
    assert_eq!(phone.text("#held-places"), "3 places in floor");
    assert_eq!(phone.run(fits), true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finger_that_hits_a_seat_chooses_it_at_once() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let phone = sale.visitor(PHONE);
    let width = "return document.querySelector(\"[data-seat='A1']\").getBoundingClientRect().width";
    // The seat's shape is smaller than its place.
    assert!(phone.run(width).as_f64().is_some_and(|width| width > 30.0), "{}", phone.run(width));
    phone.click("[data-seat='A1']");
    phone.until_looks("A1", "chosen");
    phone.screenshot("phone-small-hall");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_seats_together_are_found_or_said_to_be_none() {
    let Some(sale) = Sale::open(test_name!(), film(2, 6)).await else { return };
    sale.take(&["A2", "B3"]).await;
    let browser = sale.visitor(Screen { dark: true, ..DESK });
    browser.until_looks("B3", "sold");
    browser.run("document.querySelector('#best-count').value = 5");
    browser.click("#best-go");
    browser.until_shown("#notice");
    assert!(browser.text("#notice-text").contains("the most are 4"), "{}", browser.text("body"));
    browser.screenshot("dark");
    browser.click("#notice-act");
    browser.until_shown("#held");
    let held = "return document.querySelectorAll('#held-places li').length";
    assert_eq!(browser.run(held), 5);
    browser.click("#release");
    browser.until_shown("#choose");
    browser.run("document.querySelector('#best-count').value = 4");
    browser.until_looks("A3", "free");
    browser.note_looks("A3");
    browser.click("#best-go");
    browser.until_shown("#held");
    assert_eq!(browser.text("#held-places").replace('\n', " "), "A3 A4 A5 A6");
    // It never looked like another visitor's, even if the stream told first.
    browser.until_looked(&["free", "mine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn standing_places_are_counted_and_held_by_their_number() {
    let floor = section("floor", 3_000, Layout::standing(10));
    let Some(sale) = Sale::open(test_name!(), spec(vec![floor])).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    assert_eq!(one.text("[data-standing='floor'] .quiet"), "Standing, 10 of 10 free");
    assert_eq!(one.run("return document.querySelector('#best').checkVisibility()"), false);
    one.run("document.querySelector('#standing-0').value = 10");
    one.click("[data-standing='floor'] button");
    one.until_shown("#held");
    assert_eq!(one.text("#held-total"), "€300.00");
    let counter = "document.querySelector('[data-standing=floor] .quiet').innerText";
    other.until(&format!("{counter} === 'Standing, sold out'"));
    other.screenshot("standing-sold-out");
    one.click("#release");
    other.until(&format!("{counter} === 'Standing, 10 of 10 free'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_more_than_the_event_allows() {
    let max_per_customer = NonZeroU32::new(2);
    let limited = EventSpec { max_per_customer, ..film(2, 5) };
    let Some(sale) = Sale::open(test_name!(), limited).await else { return };
    let browser = sale.visitor(DESK);
    assert_eq!(browser.text("#rule"), "At most 2 places a person.");
    for seat in ["A1", "A2", "A3"] {
        browser.click(&format!("[data-seat='{seat}']"));
    }
    browser.until_shown("#notice");
    assert!(browser.text("#notice-text").contains("can have 2 places"));
    assert_eq!(browser.look("A3"), "free");
    browser.click("#hold");
    browser.until_shown("#held");
    browser.click("#confirm");
    browser.until_shown("#booked");
    browser.click("[data-seat='A3']");
    browser.click("#hold");
    browser.until_shown("#notice");
    assert!(browser.text("#notice-text").contains("and you have 2"));
    browser.screenshot("limit");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_is_told_to_those_who_listen() {
    let floor = section("floor", 3_000, Layout::standing(10));
    let stalls = section("stalls", 4_500, Layout::grid(2, 4));
    let Some(sale) = Sale::open(test_name!(), spec(vec![stalls, floor])).await else { return };
    sale.take(&["A2"]).await;
    let browser = sale.visitor(DESK);
    browser.until_looks("A2", "sold");
    let told = |role: &str, name: &str| (role.to_owned(), name.to_owned());
    for (selector, expected) in [
        ("#plan [role=grid]", told("grid", "stalls · €45.00")),
        ("[data-seat='A2']", told("gridcell", "Row A, seat 2, €45.00, sold")),
        ("[data-section=floor]", told("button", "floor · €30.00, 10 free, 10 in all")),
        ("#legend", told("list", "Legend")),
        ("#live", told("status", "")),
        ("#panel", told("complementary", "Booking")),
        ("#best-count", told("spinbutton", "How many")),
        ("#zoom-in", told("button", "Zoom in")),
    ] {
        assert_eq!(browser.spoken(selector), expected, "{selector}");
    }
    let said = "document.querySelector('#announcer').innerText";
    browser.click("[data-seat='A1']");
    browser.until(&format!("{said} === 'A1 chosen. Total €45.00.'"));
    browser.click("#hold");
    browser.until(&format!("{said} === 'Held for you: A1. Confirm to book.'"));
    assert_eq!(browser.spoken("#countdown"), told("timer", "Time left"));
    browser.click("#release");
    browser.until(&format!("{said} === 'Released. The places are free again.'"));
    // Whatever can be operated has a name.
    let nameless =
        "return [...document.querySelectorAll('button, input, select, a')].filter((it) =>
        it.checkVisibility() && !(it.innerText || it.ariaLabel || it.labels?.length)).length";
    assert_eq!(browser.run(nameless), 0);
}
