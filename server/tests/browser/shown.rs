//! What the page shows in real browsers, and whether it can be read: lists, names, prices, colours.

use super::sale::Sale;
use crate::common::{config, start_with};
use boxoffice_protocol::event::{EventSpec, EventUpdate, Layout, Sales};
use boxoffice_protocol::id::{EventName, SeatLabel};
use boxoffice_server::Dependencies;
use boxoffice_server::config::Config;
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen};
use boxoffice_testing::webdriver::Driver;
use boxoffice_testing::{event, film, section, spec, test_name};

/// Text on its ground has at least this contrast (WCAG 2.2, success criterion 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

fn named(name: &str, spec: EventSpec) -> EventSpec {
    EventSpec { name: EventName::parse(name).expect("visible text"), ..spec }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_what_is_left_of_each_event() {
    let Some(sale) = Sale::open(test_name!(), named("A night at the opera", film(2, 4))).await
    else {
        return;
    };
    let long = "An evening of which the name is so long that it has to be told in several lines, \
                however wide the screen is, and that has Averylongwordinitthatnobodycanbreak";
    for (id, spec) in [
        ("full", named("A small film", film(1, 1))),
        ("long", named(long, film(9, 9))),
        ("hebrew", named("ערב של ג׳אז: 20 שנה", film(3, 3))),
        ("over", named("A matinée", film(3, 3))),
    ] {
        sale.client.create_event(&event(id), spec).await.expect("it is new");
    }
    let closed = EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() };
    sale.client.update_event(&event("over"), None, closed).await.expect("it is there");
    let browser = Browser::open(&sale.driver, DESK);
    browser.visit(&sale.url("/"));
    let left =
        |id: &str| format!("document.querySelector('[href=\"/event/{id}\"] .left').innerText");
    browser.until(&format!("{} === '8 left'", left("night")));
    browser.until(&format!("{} === 'Sales closed'", left("over")));
    sale.take(&["A1", "A2"]).await;
    browser.until(&format!("{} === '6 left'", left("night")));
    sale.take_of("full", &["A1"]).await;
    browser.until(&format!("{} === 'Sold out'", left("full")));
    assert_eq!(unreadable(&browser), "");
    browser.screenshot("list");
    let phone = Browser::open(&sale.driver, Screen { dark: true, ..PHONE });
    phone.visit(&sale.url("/"));
    phone.until(&format!("{} === 'Sold out'", left("full")));
    assert_eq!(phone.run("return document.documentElement.scrollWidth <= innerWidth"), true);
    phone.screenshot("list-phone-dark");
    browser.click("[href='/event/night']");
    browser.until("document.querySelector('#name').innerText === 'A night at the opera'");
}

/// A server that takes longer than the page waits from one look to the next.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_looked_at_once_at_a_time() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = Browser::open(&sale.driver, DESK);
    browser.on_every_page(
        "{
             const { fetch, setTimeout, setInterval } = window;
             const soon = (ms) => Math.min(ms, 20);
             window.setTimeout = (call, ms, ...rest) => setTimeout(call, soon(ms), ...rest);
             window.setInterval = (call, ms, ...rest) => setInterval(call, soon(ms), ...rest);
             Object.assign(window, { asking: 0, most: 0, answered: 0 });
             window.fetch = async (address, options) => {
                 window.asking += 1;
                 window.most = Math.max(window.most, window.asking);
                 await new Promise((resolve) => setTimeout(resolve, 100));
                 return fetch(address, options).finally(() => {
                     window.asking -= 1;
                     window.answered += 1;
                 });
             };
         }",
    );
    browser.visit(&sale.url("/"));
    browser.until_shown(".event");
    browser.until("window.answered >= 6");
    assert_eq!(browser.run("return window.most"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_let_in_is_told_so() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let server =
        start_with(Dependencies::default(), Config { visitors: Some(false), ..config() }).await;
    let url = |path| format!("http://{}{path}", server.http_address().expect("it speaks HTTP"));
    let browser = Browser::open(&driver, DESK);
    let told = "signed-in customers only";
    browser.visit(&url("/"));
    browser.until_shown("#trouble");
    assert!(browser.text("#trouble").contains(told), "{}", browser.text("body"));
    assert_eq!(browser.run("return document.querySelector('#loading').checkVisibility()"), false);
    browser.screenshot("not-let-in");
    browser.visit(&url("/event/night"));
    browser.until(&format!("document.querySelector('#waiting').innerText.includes('{told}')"));
    assert_eq!(browser.run("return document.querySelector('#panel').checkVisibility()"), false);
    browser.screenshot("not-let-in-to-an-event");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_names_no_event_says_so() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = Browser::open(&sale.driver, DESK);
    for path in ["/event/other", "/event/%", "/event/%FF", "/event/No%20such!"] {
        browser.visit(&sale.url(path));
        browser.until("document.querySelector('#name').innerText === 'No such event'");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_leads_to_the_events() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = Browser::open(&sale.driver, DESK);
    browser.visit(&sale.url("/bokings"));
    browser.until("document.querySelector('h1').innerText === 'No such page'");
    assert_eq!(unreadable(&browser), "");
    browser.screenshot("no-such-page");
    browser.click("main a");
    browser.until_shown(".event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_german_browser_is_shown_german() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let browser = Browser::open(&sale.driver, Screen { language: "de-DE", ..DESK });
    sale.visit(&browser);
    assert_eq!(browser.run("return document.documentElement.lang"), "de-DE");
    assert_eq!(browser.text("#choose-title"), "Wählen Sie Ihre Plätze");
    let name = "return document.querySelector(\"[data-seat='A1']\").getAttribute('aria-label')";
    assert_eq!(browser.run(name), "Reihe A, Platz 1, 45,00\u{a0}€, frei");
    sale.hold(&browser, "A1");
    assert_eq!(browser.text("#confirm"), "Verbindlich buchen");
    assert_eq!(browser.run("return document.documentElement.scrollWidth <= innerWidth"), true);
    browser.screenshot("german");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_shows_sections_rows_prices_and_a_legend() {
    let sections = vec![
        section("stalls", 4_500, Layout::Seated { rows: vec![10, 12, 14, 14] }),
        section("balcony", 3_000, Layout::grid(3, 18)),
        section("floor", 2_000, Layout::standing(80)),
    ];
    let Some(sale) = Sale::open(test_name!(), spec(sections)).await else { return };
    sale.take(&["stalls:A1", "balcony:C4"]).await;
    let block = ["stalls:D1", "stalls:D14"];
    let block = block.iter().map(|label| SeatLabel::parse(label).expect("a label")).collect();
    let browser = sale.visitor(DESK);
    assert!(!browser.text("#legend").contains("Not for sale"));
    sale.update(EventUpdate { block, ..EventUpdate::default() }).await;
    browser.until_looks("stalls:D14", "blocked");
    browser.until("document.querySelector('#legend').innerText.includes('Not for sale')");
    for (section, told) in [
        ("stalls", "stalls · €45.00, 47 free, 50 in all"),
        ("balcony", "balcony · €30.00, 53 free, 54 in all"),
        ("floor", "floor · €20.00, 80 free, 80 in all"),
    ] {
        let (_, name) = browser.spoken(&format!("[data-section='{section}']"));
        assert_eq!(name, told);
    }
    let rows = "return [...document.querySelectorAll('[role=row]')].map((row) =>
        `${row.firstChild.dataset.seat} ${row.childElementCount}`)";
    let rows = browser.run(rows);
    let [stalls, balcony] =
        [["A1 10", "B1 12", "C1 14", "D1 14"].as_slice(), &["A1 18", "B1 18", "C1 18"]];
    let named = |section: &str, rows: &[&str]| {
        rows.iter().map(|row| format!("{section}:{row}")).collect::<Vec<_>>()
    };
    assert_eq!(
        rows,
        serde_json::json!([named("stalls", stalls), named("balcony", balcony)].concat())
    );
    browser.screenshot("sections");
}

#[tokio::test(flavor = "multi_thread")]
async fn text_can_be_read_in_the_light_and_in_the_dark() {
    let Some(sale) = Sale::open(test_name!(), film(4, 8)).await else { return };
    for dark in [false, true] {
        let browser = sale.visitor(Screen { dark, ..DESK });
        let wanted = if dark { "B1" } else { "A1" };
        let scheme =
            format!("return matchMedia('(prefers-color-scheme: dark)').matches === {dark}");
        assert_eq!(browser.run(&scheme), true);
        browser.click(&format!("[data-seat='{wanted}']"));
        browser.until_shown("#hold");
        assert_eq!(unreadable(&browser), "");
        sale.take(&[wanted]).await;
        browser.until_shown("#notice");
        assert_eq!(unreadable(&browser), "");
        browser.click("[data-seat='C1']");
        browser.click("#hold");
        browser.until_shown("#held");
        assert_eq!(unreadable(&browser), "");
        browser.screenshot(if dark { "held-dark" } else { "held-light" });
        browser.click("#release");
        browser.until_shown("#choose");
        browser.visit(&sale.url("/admin"));
        browser.until_shown("#figures");
        assert_eq!(unreadable(&browser), "");
    }
}

/// Texts with too little contrast.
pub(super) fn unreadable(browser: &Browser) -> String {
    let script = format!(
        "const channels = (color) => color.match(/[\\d.]+/g).map(Number);
         const over = ([r, g, b, a = 1], below) =>
             [r, g, b].map((channel, at) => channel * a + below[at] * (1 - a));
         const linear = (channel) => (channel <= 10.31475 ? channel / 3294.6
             : ((channel / 255 + 0.055) / 1.055) ** 2.4);
         const light = (color) => color.map(linear)
             .reduce((sum, channel, at) => sum + channel * [0.2126, 0.7152, 0.0722][at], 0);
         const ground = (node) => (node ? over(channels(getComputedStyle(node).backgroundColor),
             ground(node.parentElement)) : [255, 255, 255]);
         const bad = [];
         for (const node of document.querySelectorAll('body *')) {{
             const has = [...node.childNodes].some((child) =>
                 child.nodeType === Node.TEXT_NODE && child.data.trim() !== '');
             if (!has || !node.checkVisibility() || node.closest('svg, .unseen, .skip')) continue;
             const below = ground(node);
             const ink = over(channels(getComputedStyle(node).color), below);
             const [low, high] = [light(ink), light(below)].sort((a, b) => a - b);
             const contrast = (high + 0.05) / (low + 0.05);
             if (contrast < {LEAST_CONTRAST} && !node.disabled) {{
                 bad.push(`${{node.innerText}}: ${{contrast.toFixed(2)}}`);
             }}
         }}
         return bad.join('; ');"
    );
    browser.run(&script).as_str().expect("a text").to_owned()
}
