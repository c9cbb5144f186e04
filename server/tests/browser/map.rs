//! The page's map: very large ones, and one that is not live.

use super::sale::Sale;
use boxoffice_protocol::event::{EventSpec, Layout};
use boxoffice_protocol::id::RowLabel;
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen};
use boxoffice_testing::process::{Process, durable_at};
use boxoffice_testing::reserved_port::ReservedPort;
use boxoffice_testing::webdriver::Driver;
use boxoffice_testing::{
    client_at, customer, event, film, new_id, seats, section, spec, test_name,
};
use futures_util::future::join_all;
use rustix::process::Signal;
use std::path::Path;
use std::time::Duration;

const BLOCKS: u16 = 40;
const ROWS: u16 = 50;
const SEATS: u16 = 50;

/// The seats of each row that are sold.
const SOLD: [u16; 2] = [1, 21];

const CHANGES_A_SECOND: usize = 1_000;
/// The changes of a second come in so many parts.
const PARTS: u32 = 20;

/// The most time of the main thread that a change may cost: with a thousand of them a second, the
/// page has time for its visitor.
const CHANGE_MS: f64 = 0.8;

/// The most time of the main thread that a step of a gesture may cost: a turn of the wheel, or a
/// drag across the map.
const STEP_MS: f64 = 120.0;
const DRAG_MS: f64 = 1_000.0;

/// Turns of the wheel.
const STEPS: u32 = 30;

/// The most elements that a map may have, however many seats there are.
const MOST_ELEMENTS: u64 = 20_000;

/// An arena of 100,000 seats.
fn arena() -> EventSpec {
    let block = |index| section(&format!("block-{index}"), 4_500, Layout::grid(ROWS, SEATS));
    spec((1..=BLOCKS).map(block).collect())
}

/// Does something, and returns the time of the main thread that it took, in milliseconds. Other work
/// on the machine does not count.
fn cost(browser: &Browser, what: &str, work: impl FnOnce()) -> f64 {
    let before = browser.main_thread_seconds();
    work();
    let spent = (browser.main_thread_seconds() - before) * 1_000.0;
    println!("{what}: {spent:.0} ms of the main thread");
    spent
}

/// Turns the wheel once over the middle of the map, and waits for the next frame.
fn turn_wheel(browser: &Browser) {
    browser.run(
        "const plan = document.querySelector('#plan');
         const [x, y] = [plan.clientWidth / 2, plan.clientHeight / 2];
         plan.dispatchEvent(new WheelEvent('wheel', { deltaY: 40, clientX: x, clientY: y }));
         return new Promise(requestAnimationFrame);",
    );
}

/// Books seats all over the arena, and returns how many.
async fn rush(sale: &Sale) -> usize {
    let labels: Vec<String> = (0..ROWS)
        .flat_map(|row| (1..=BLOCKS).map(move |block| (RowLabel(row), block)))
        .flat_map(|(row, block)| SOLD.map(|number| format!("block-{block}:{row}{number}")))
        .collect();
    let (night, ann) = (event("night"), customer("ann"));
    let mut beat = tokio::time::interval(Duration::from_secs(1) / PARTS);
    for part in labels.chunks(CHANGES_A_SECOND / PARTS as usize) {
        beat.tick().await;
        join_all(part.iter().map(async |label| {
            let (id, seat) = (new_id(sale.client.server_now()), seats(&[label.as_str()]));
            sale.client.reserve(id, &night, &ann, &seat).await.expect("it is free");
        }))
        .await;
    }
    labels.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_seats_stay_usable_while_a_thousand_a_second_change() {
    let Some(sale) = Sale::open(test_name!(), arena()).await else { return };
    let browser = sale.visitor(DESK);
    browser.screenshot("arena");
    let before = browser.main_thread_seconds();
    let sold = rush(&sale).await;
    browser
        .until("document.querySelector('[data-section=block-7]').ariaLabel.includes('2,400 free')");
    let spent = (browser.main_thread_seconds() - before) * 1_000.0;
    println!("{sold} changes: {spent:.0} ms of the main thread");
    assert!(spent < CHANGE_MS * sold as f64, "{spent:.0} ms for {sold} changes");
    browser.screenshot("arena-sold");

    browser.click("[data-section='block-7']");
    browser.until_shown("[data-seat]");
    browser.screenshot("arena-near");
    // The first one is the tab stop, which stays.
    let last = "[...document.querySelectorAll('[data-seat]')].at(-1).dataset.seat";
    let before = browser.run(&format!("return {last}"));
    let spent = cost(&browser, "dragging", || {
        browser.drag("#plan", (-400, -250));
        browser.until(&format!("{last} !== {before}"));
    });
    assert!(spent < DRAG_MS, "{spent:.0} ms for a drag");
    let spent = cost(&browser, "zooming out", || (0..STEPS).for_each(|_| turn_wheel(&browser)));
    assert!(spent < STEP_MS * f64::from(STEPS), "{spent:.0} ms for {STEPS} turns of the wheel");
    let elements = browser.run("return document.querySelectorAll('*').length");
    println!("{elements} elements");
    assert!(elements.as_u64().expect("a number") < MOST_ELEMENTS);
    let phone = sale.visitor(PHONE);
    phone.screenshot("arena-phone");
}

/// A sale of sections that are hardly alike, named in many scripts.
fn maze() -> EventSpec {
    let names = ["Parkett", "Ложа", "מרפסת", "شرفة", "二階席", "The-longest-name-there-can-be-of"];
    let sections = (0..100_u16).map(|index| {
        let name = format!("{}{index}", names[usize::from(index) % names.len()]);
        let name: String = name.chars().rev().take(32).collect();
        let name: String = name.chars().rev().collect();
        let layout = match index % 10 {
            0 => Layout::standing(100),
            short => Layout::grid(1 + short, 3 + (index * 7) % 40),
        };
        section(&name, u64::from(index) * 100 + 1, layout)
    });
    spec(sections.collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_sections_are_drawn_and_led_to() {
    let Some(sale) = Sale::open(test_name!(), maze()).await else { return };
    let browser = sale.visitor(Screen { dark: true, ..DESK });
    browser.until_painted();
    browser.screenshot("maze");
    let sections = browser.run("return document.querySelectorAll('#plan [role=button]').length");
    assert_eq!(sections, 100);
    browser.click("#sections-list li:nth-child(96) button");
    browser.until_shown("[data-seat]");
    let seat = "return document.activeElement.dataset.seat";
    assert!(browser.run(seat).as_str().is_some_and(|seat| seat.contains("95:A1")));
    browser.until_painted();
    browser.screenshot("maze-near");
    let phone = sale.visitor(PHONE);
    phone.until_painted();
    phone.screenshot("maze-phone");
    let fits = "return document.documentElement.scrollWidth <= innerWidth";
    assert_eq!(phone.run(fits), true);
}

/// A server that comes and goes on the same HTTP port.
fn serve(data: &Path, port: &ReservedPort) -> Process {
    Process::spawn(&mut durable_at(data, "127.0.0.1:0", &port.address.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_says_when_it_is_not_live_and_goes_on_by_itself() {
    let Some(driver) = Driver::start(test_name!()) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let port = ReservedPort::new().expect("a free port");
    let server = serve(&folder.path().join("data"), &port);
    let night = event("night");
    let client = client_at(server.address).await;
    client.create_event(&night, film(3, 6)).await.expect("it is new");
    let browser = Browser::open(&driver, DESK);
    browser.visit(&format!("http://{}/event/night", port.address));
    browser.until("document.querySelector('#live').innerText === 'Live'");
    browser.click("[data-seat='C1']");
    browser.click("#hold");
    browser.until_shown("#held");

    server.signal(Signal::KILL);
    server.wait();
    browser.until("document.querySelector('#live').innerText.includes('Not live')");
    browser.screenshot("not-live");

    let server = serve(&folder.path().join("data"), &port);
    let client = client_at(server.address).await;
    let id = new_id(client.server_now());
    let taken = client.reserve(id, &night, &customer("ann"), &seats(&["A1"])).await;
    taken.expect("it is free");
    browser.until("document.querySelector('#live').innerText === 'Live'");
    browser.until_looks("A1", "sold");
    assert_eq!(browser.look("C1"), "mine", "the visitor is still the same");
    browser.click("#confirm");
    browser.until_shown("#booked");
}
