//! The page of an event in a hall with a plan.

use super::drawing::{PIXELS, SAMPLES, follow_gestures, sample};
use super::sale::Sale;
use super::shown::unreadable;
use boxoffice_protocol::event::EventSpec;
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen, keys};
use boxoffice_testing::{best, customer, event, film, new_id, test_name};

/// What seats look like on a light screen.
const TAKEN: &str = "#a9b1bc";
const CHOSEN: &str = "#10151c";

/// A server, and an event in each of these halls, named after it.
async fn house(test: &str, halls: &[&str]) -> Option<Sale> {
    let sale = Sale::open(test, film(2, 4)).await?;
    for name in halls {
        let source = sample(name);
        let digest = sale.keep(&source).await;
        let sections = source.plan.priced(|_| Some(4_500)).expect("sections");
        let spec = EventSpec { plan: Some(digest), sections, ..film(2, 4) };
        sale.client.create_event(&event(name), spec).await.expect("it is new");
    }
    Some(sale)
}

/// A browser that shows an event.
fn shown(sale: &Sale, slug: &str, screen: Screen) -> Browser {
    let browser = Browser::open(&sale.driver, screen);
    sale.visit_event(&browser, slug);
    browser.until_painted();
    browser
}

fn count(browser: &Browser, color: &str) -> u64 {
    browser.until_painted();
    let counted = browser.run(&format!("{PIXELS} return pixels('{color}', 24).count;"));
    counted.as_u64().expect("a number")
}

/// Sells the best places of a hall, wherever they are; tables, which are never among them, in the club.
async fn sell_best(sale: &Sale, slug: &str) {
    if slug == "club" {
        let tables: Vec<String> = (1..=9).map(|at| format!("tables:T{at}-1..T{at}-6")).collect();
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        return sale.take_of(slug, &tables).await;
    }
    for _ in 0..3 {
        let id = new_id(sale.client.server_now());
        let taken = sale.client.reserve(id, &event(slug), &customer("ann"), &best(20)).await;
        taken.expect("there are more");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_hall_is_drawn_with_the_state_of_its_seats() {
    let Some(sale) = house(test_name!(), &SAMPLES).await else { return };
    for name in SAMPLES {
        sell_best(&sale, name).await;
    }
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone"), (Screen { dark: true, ..DESK }, "dark")]
    {
        for name in SAMPLES {
            let browser = shown(&sale, name, screen);
            browser.screenshot(&format!("event-{name}-{of}"));
            if !screen.dark {
                assert!(count(&browser, TAKEN) > 50, "{name} on {of}");
            }
            assert_eq!(unreadable(&browser), "", "{name} on {of}");
            let fits = browser.run("return document.documentElement.scrollWidth <= innerWidth");
            assert_eq!(fits, true, "{name} on {of}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_of_a_curved_row_is_chosen_and_others_follow() {
    let Some(sale) = house(test_name!(), &["theatre"]).await else { return };
    let browser = shown(&sale, "theatre", DESK);
    browser.click("#sections-list li:nth-child(2) button");
    browser.until("document.activeElement.dataset.seat === 'balcony:A1'");
    let before = count(&browser, CHOSEN);
    browser.press(&[keys::RIGHT, keys::RIGHT, keys::ENTER]);
    browser.until_looks("balcony:A3", "chosen");
    browser.press(&[keys::DOWN]);
    browser.until("document.activeElement.dataset.seat.startsWith('balcony:B')");
    assert!(count(&browser, CHOSEN) > before + 30);
    browser.click("[data-seat='balcony:A5']");
    browser.until_looks("balcony:A5", "chosen");
    sale.take_of("theatre", &["balcony:A7"]).await;
    browser.until_looks("balcony:A7", "sold");
    browser.until_painted();
    browser.screenshot("event-chosen");
    browser.click("#hold");
    browser.until_shown("#held");
    browser.until_looks("balcony:A3", "mine");
    assert_eq!(browser.text("#held-places").replace('\n', " "), "balcony:A3 balcony:A5");
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_for_wheelchairs_are_told() {
    let Some(sale) = house(test_name!(), &["cinema"]).await else { return };
    let browser = shown(&sale, "cinema", DESK);
    for (seat, told) in [
        ("F-W1", "Row F, seat W1, Standard, €45.00, accessible, free"),
        ("F-C1", "Row F, seat C1, Standard, €45.00, companion, free"),
    ] {
        assert_eq!(
            browser.spoken(&format!("[data-seat='{seat}']")),
            ("gridcell".into(), told.into())
        );
    }
    let legend = browser.text("#legend");
    for entry in ["Standard", "Premium", "accessible", "companion"] {
        assert!(legend.contains(entry), "{legend}");
    }
    browser.click("#legend button");
    browser.until_painted();
    browser.screenshot("event-filtered");
}

/// The seats that are found may be far from what is visible.
#[tokio::test(flavor = "multi_thread")]
async fn the_map_moves_to_the_best_seats() {
    let Some(sale) = house(test_name!(), &["arena"]).await else { return };
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone")] {
        let browser = shown(&sale, "arena", screen);
        browser.click("#best-go");
        browser.until_shown("#held");
        browser.until_shown("[data-look=mine]");
        browser.until_painted();
        let seen = "const plan = document.querySelector('#plan').getBoundingClientRect();
            return [...document.querySelectorAll('[data-look=mine]')].map((seat) => {
                const { left, top, right, bottom } = seat.getBoundingClientRect();
                return left >= plan.left && right <= plan.right && top >= plan.top
                    && bottom <= plan.bottom;
            });";
        assert_eq!(browser.run(seen), serde_json::json!([true, true]), "{of}");
        browser.screenshot(&format!("event-best-{of}"));
        browser.click("#release");
        browser.until_shown("#choose");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stadium_on_sale_follows_pan_and_zoom_frame_by_frame() {
    let Some(sale) = house(test_name!(), &["stadium"]).await else { return };
    sell_best(&sale, "stadium").await;
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone")] {
        let browser = shown(&sale, "stadium", screen);
        follow_gestures(&browser, of);
        browser.until_painted();
        browser.screenshot(&format!("event-stadium-moved-{of}"));
    }
}
