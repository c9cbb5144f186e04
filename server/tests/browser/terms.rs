//! The page of an event whose terms change.

use super::sale::Sale;
use boxoffice_protocol::event::{CustomerLimit, EventUpdate, Layout, Sales, SectionUpdate};
use boxoffice_protocol::id::{SeatLabel, SectionName};
use boxoffice_protocol::request::Force;
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{customer, event, film, new_id, section, spec, standing, test_name};
use serde_json::json;
use std::num::NonZeroU32;

fn limit(places: u32) -> EventUpdate {
    let places = NonZeroU32::new(places).expect("not none");
    EventUpdate { max_per_customer: Some(CustomerLimit::Places(places)), ..EventUpdate::default() }
}

/// Counts how often the page asks for the event, and lets the answers wait while `window.late` is a
/// list.
fn note_questions(browser: &Browser, late: &str) {
    browser.run(&format!(
        "const fetch = window.fetch;
         Object.assign(window, {{ late: {late}, asked: 0, answered: 0 }});
         window.fetch = async (address, options) => {{
             const isOfTerms = /events\\/night(\\?|$)/.test(address);
             if (isOfTerms) window.asked += 1;
             const answer = await fetch(address, options);
             if (isOfTerms) {{
                 if (window.late) await new Promise((go) => window.late.push(go));
                 window.answered += 1;
             }}
             return answer;
         }};"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_types_stays_whatever_others_take() {
    let sections = vec![
        section("stalls", 4_500, Layout::grid(2, 4)),
        section("balcony", 3_000, Layout::grid(2, 4)),
        section("floor", 2_000, Layout::standing(20)),
    ];
    let Some(sale) = Sale::open(test_name!(), spec(sections)).await else { return };
    let browser = sale.visitor(DESK);
    note_questions(&browser, "null");
    browser.run(
        "document.querySelector('#best-section').value = 'balcony';
         const input = document.querySelector('#standing-2');
         input.value = 4;
         input.focus();",
    );
    let typed = "const input = document.querySelector('#standing-2');
         return [input.value, document.activeElement === input,
             document.querySelector('#best-section').value]";
    let (night, ann) = (event("night"), customer("ann"));
    for _ in 0..5 {
        let id = new_id(sale.client.server_now());
        sale.client.reserve(id, &night, &ann, &standing(1)).await.expect("there is room");
    }
    let left = "document.querySelector('[data-standing=floor] .quiet').innerText";
    browser.until(&format!("{left} === 'Standing, 15 of 20 free'"));
    assert_eq!(browser.run(typed), json!(["4", true, "balcony"]));
    assert_eq!(browser.run("return window.asked"), 0, "places are no terms");

    sale.update(limit(6)).await;
    browser.until_shown("#rule");
    assert_eq!(browser.text("#rule"), "At most 6 places a person.");
    assert_eq!(browser.run(typed), json!(["4", true, "balcony"]));
    assert_eq!(browser.run("return document.querySelector('#standing-2').max"), "6");
    assert_eq!(browser.run("return window.asked"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_terms_are_shown_whichever_answer_is_late() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    note_questions(&browser, "[]");
    sale.update(limit(6)).await;
    browser.until("window.late.length === 1");
    let block = vec![SeatLabel::parse("A2").expect("a label")];
    let closed = EventUpdate { sales: Some(Sales::Closed), block, ..EventUpdate::default() };
    sale.update(closed).await;
    browser.until_looks("A2", "blocked");
    browser.run(
        "const late = window.late.reverse();
         window.late = null;
         return (async () => {
             for (const go of late) {
                 go();
                 await new Promise((resolve) => setTimeout(resolve, 50));
             }
         })();",
    );
    browser.until("window.answered === 2");
    browser.until_shown("#closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_hall_comes_with_its_terms() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    let stalls = SectionName::parse("stalls").expect("a word");
    let dearer = SectionUpdate { name: stalls, price: Some(6_000), layout: None };
    let closed = Some(Sales::Closed);
    let sections = vec![dearer];
    sale.update(EventUpdate { sales: closed, sections, ..EventUpdate::default() }).await;
    browser.until_shown("#closed");
    assert!(browser.text("#sections-list").contains("€60.00"), "{}", browser.text("body"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_unavailable_is_said_and_can_be_cleared() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = sale.visitor(DESK);
    let said = || browser.text("#notice-text");
    browser.click("[data-seat='A1']");
    browser.click("[data-seat='A2']");
    let stalls = SectionName::parse("stalls").expect("a word");
    let dearer = SectionUpdate { name: stalls, price: Some(6_000), layout: None };
    sale.update(EventUpdate { sections: vec![dearer], ..EventUpdate::default() }).await;
    browser.until_shown("#notice");
    assert!(said().contains("€90.00") && said().contains("€120.00"), "{}", said());
    assert_eq!(browser.text("#chosen-total"), "€120.00");
    browser.screenshot("choice-price");
    browser.click("#notice-close");

    sale.update(EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() }).await;
    browser.until_shown("#chosen-closed");
    browser.until_shown("#notice");
    assert!(said().contains("A1 and A2"), "{}", said());
    browser.screenshot("choice-closed");
    assert_eq!(browser.run("return document.querySelector('#hold').checkVisibility()"), false);
    browser.click("#notice-act");
    browser.until_looks("A1", "free");

    sale.update(EventUpdate { sales: Some(Sales::Open), ..EventUpdate::default() }).await;
    browser.until_shown("#choose");
    browser.click("[data-seat='A3']");
    browser.until_looks("A3", "chosen");
    sale.client.delete_event(&event("night"), Force::Yes).await.expect("it is there");
    browser.until("document.querySelector('#notice-text').innerText.includes('removed')");
    browser.click("#clear");
    browser.until_looks("A3", "free");
    assert_eq!(browser.run("return document.querySelector('#chosen').checkVisibility()"), false);
}
