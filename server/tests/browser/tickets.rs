//! The page of an event with several types of tickets.

use super::sale::Sale;
use boxoffice_protocol::event::{EventSpec, Layout, TicketOffer, TicketPrice, Tickets};
use boxoffice_protocol::id::{SectionName, TicketType};
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{section, spec, test_name};

fn price(category: &str, ticket_type: &str, offer: TicketOffer) -> TicketPrice {
    let category = SectionName::parse(category).expect("a name");
    let ticket_type = TicketType::parse(ticket_type).expect("a name");
    TicketPrice { category, ticket_type, offer }
}

/// Children pay less for seats, and have no tickets on the floor.
fn for_all_ages() -> EventSpec {
    let types = ["adult", "child"].map(|name| TicketType::parse(name).expect("a name"));
    let prices = vec![
        price("stalls", "child", TicketOffer::Price(2_000)),
        price("floor", "child", TicketOffer::NotSold),
    ];
    let sections = vec![
        section("stalls", 4_500, Layout::grid(2, 4)),
        section("floor", 3_000, Layout::standing(20)),
    ];
    EventSpec {
        tickets: Tickets::new(types.into(), prices).expect("within the bounds"),
        ..spec(sections)
    }
}

/// Types a number as a person does.
fn enter(browser: &Browser, selector: &str, number: u32) {
    browser.run(&format!(
        "const input = document.querySelector('{selector}');
         input.value = {number};
         input.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    ));
}

fn until_text(browser: &Browser, selector: &str, text: &str) {
    browser.until(&format!("document.querySelector('{selector}').innerText === '{text}'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_booked_with_tickets_of_several_types() {
    let Some(sale) = Sale::open(test_name!(), for_all_ages()).await else { return };
    let browser = sale.visitor(DESK);
    for seat in ["A1", "A2", "A3"] {
        browser.click(&format!("[data-seat='{seat}']"));
    }
    until_text(&browser, "#chosen-total", "€135.00");
    enter(&browser, "#chosen-type-1", 1);
    until_text(&browser, "#chosen-total", "€110.00");
    until_text(&browser, "#chosen-types output", "2");
    browser.screenshot("tickets-chosen");
    browser.click("#hold");
    browser.until_shown("#held");
    assert_eq!(browser.text("#held-places"), "A1 (adult)\nA2 (adult)\nA3 (child)");
    assert_eq!(browser.text("#held-total"), "€110.00");
    browser.screenshot("tickets-held");
    browser.click("#confirm");
    browser.until_shown("#booked");
    assert_eq!(browser.text("#booked-total"), "€110.00");
}

#[tokio::test(flavor = "multi_thread")]
async fn best_seats_and_standing_places_offer_the_types_that_are_sold_there() {
    let Some(sale) = Sale::open(test_name!(), for_all_ages()).await else { return };
    let browser = sale.visitor(DESK);
    assert_eq!(browser.text("#best-types"), "adult · €45.00\n2\n\nchild · €20.00");
    enter(&browser, "#best-type-1", 5);
    until_text(&browser, "#best-types output", "0");
    browser.click("#best-go");
    browser.until_shown("#held");
    assert_eq!(browser.text("#held-total"), "€40.00", "no more of them than places");
    browser.click("#release");
    browser.until_shown("#choose");
    assert_eq!(browser.run("return document.querySelectorAll('#standing [data-type]').length"), 0);
    browser.click("[data-standing=floor] button");
    browser.until_shown("#held");
    assert_eq!(browser.text("#held-total"), "€30.00");
}
