//! The page that draws a plan.

use super::sale::Sale;
use super::shown::unreadable;
use boxoffice_plan::{PlanDigest, PlanFormat, plan_digest, read_plan};
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen, keys};
use boxoffice_testing::{film, test_name};
use std::fs;

const SAMPLES: [&str; 5] = ["theatre", "cinema", "club", "arena", "stadium"];

/// The main thread's share of a frame: sixty of them are drawn in a second.
const FRAME_MS: f64 = 16.0;
const FRAMES: usize = 600;

/// Has the server keep a sample plan.
async fn keep(sale: &Sale, name: &str) -> PlanDigest {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../client/examples/plans");
    let toml = fs::read_to_string(format!("{folder}/{name}.toml")).expect("a sample");
    let canonical = read_plan(&toml, PlanFormat::Toml).expect("a plan").file.canonical();
    let digest = plan_digest(&canonical);
    sale.client.put_plan(digest, &canonical).await.expect("it is kept");
    digest
}

async fn house(test: &str) -> Option<Sale> {
    Sale::open(test, film(2, 4)).await
}

/// A browser that shows a sample plan.
async fn shown(sale: &Sale, name: &str, screen: Screen) -> Browser {
    let browser = Browser::open(&sale.driver, screen);
    visit(sale, &browser, keep(sale, name).await);
    browser
}

fn visit(sale: &Sale, browser: &Browser, digest: PlanDigest) {
    browser.visit(&sale.url(&format!("/plans/{digest}")));
    until_painted(browser);
}

fn until_painted(browser: &Browser) {
    browser.until("document.querySelector('#plan').dataset.painted === 'yes'");
}

/// A script with `pixels(color, slack)`: where a colour is on the canvas, as `{count, left, top, right,
/// bottom}` in pixels of it.
const PIXELS: &str = "
    const plan = document.querySelector('#plan');
    const { width, height } = plan;
    const { data } = plan.getContext('2d').getImageData(0, 0, width, height);
    const pixels = (color, slack = 0) => {
        const wanted = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
        const found = { count: 0, left: width, top: height, right: 0, bottom: 0, width, height };
        for (let at = 0; at < data.length; at += 4) {
            if (wanted.some((it, index) => Math.abs(data[at + index] - it) > slack)) continue;
            const [x, y] = [(at / 4) % width, Math.floor(at / 4 / width)];
            found.count += 1;
            found.left = Math.min(found.left, x);
            found.right = Math.max(found.right, x);
            found.top = Math.min(found.top, y);
            found.bottom = Math.max(found.bottom, y);
        }
        return found;
    };";

fn count(browser: &Browser, color: &str) -> u64 {
    let counted = browser.run(&format!("{PIXELS} return pixels('{color}').count;"));
    counted.as_u64().expect("a number")
}

/// All that is on the canvas, as a number.
fn picture(browser: &Browser) -> u64 {
    until_painted(browser);
    let hash = format!("{PIXELS} return data.reduce((hash, it) => (hash * 31 + it) >>> 0, 7);");
    browser.run(&hash).as_u64().expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sample_is_drawn_on_every_screen() {
    let Some(sale) = house(test_name!()).await else { return };
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone"), (Screen { dark: true, ..DESK }, "dark")]
    {
        let browser = Browser::open(&sale.driver, screen);
        for name in SAMPLES {
            visit(&sale, &browser, keep(&sale, name).await);
            browser.screenshot(&format!("plan-{name}-{of}"));
            // Rows from afar are thin lines, in which a colour is mixed with the ground; a floor for
            // standing is paler than its category.
            let missing = browser.run(&format!(
                "{PIXELS} return [...document.querySelectorAll('.swatch')].map((swatch) => '#'
                    + swatch.style.background.match(/\\d+/g).map((channel) =>
                        Number(channel).toString(16).padStart(2, '0')).join(''))
                    .filter((color) => pixels(color, 60).count === 0);"
            ));
            let missing = missing.as_array().expect("a list");
            assert!(missing.len() <= 1, "{name} on {of}: {missing:?}");
            assert_eq!(unreadable(&browser), "", "{name} on {of}");
            let fits = browser.run("return document.documentElement.scrollWidth <= innerWidth");
            assert_eq!(fits, true, "{name} on {of}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_legend_filters_categories() {
    let Some(sale) = house(test_name!()).await else { return };
    let browser = shown(&sale, "theatre", DESK).await;
    let (stalls, boxes) = ("#4269d0", "#a8324a");
    assert!(count(&browser, stalls) > 0 && count(&browser, boxes) > 0);
    let [first, last] = ["first-child", "nth-child(4)"].map(|at| format!("#legend li:{at} button"));
    browser.click(&first);
    until_painted(&browser);
    assert_eq!(browser.spoken(&first), ("button".to_owned(), "Stalls".to_owned()));
    assert_eq!(browser.run("return document.querySelectorAll('[aria-pressed=true]').length"), 1);
    assert!(count(&browser, stalls) > 0);
    assert_eq!(count(&browser, boxes), 0);
    browser.screenshot("plan-filtered");
    browser.click(&last);
    browser.click(&first);
    until_painted(&browser);
    assert_eq!(count(&browser, stalls), 0);
    assert!(count(&browser, boxes) > 0);
    browser.click(&last);
    until_painted(&browser);
    assert!(count(&browser, stalls) > 0 && count(&browser, boxes) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_section_of_the_list_is_shown_as_a_whole() {
    let Some(sale) = house(test_name!()).await else { return };
    let bar = format!("{PIXELS} return pixels('#b5651d');");
    for screen in [DESK, PHONE] {
        let browser = shown(&sale, "club", screen).await;
        let before = browser.run(&bar);
        browser.click("#sections-list li:nth-child(3) button");
        browser.until("document.querySelector('#announcer').textContent.includes('bar')");
        until_painted(&browser);
        let after = browser.run(&bar);
        let edge = |which: &str| after[which].as_u64().expect("a number");
        assert!(after["count"].as_u64() > before["count"].as_u64(), "{before} {after}");
        assert!(edge("left") > 0 && edge("right") + 1 < edge("width"), "{after}");
        assert!(edge("top") > 0 && edge("bottom") + 1 < edge("height"), "{after}");
        let is_seen =
            "const { top, bottom } = document.querySelector('#plan').getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;";
        assert_eq!(browser.run(is_seen), true);
        browser.screenshot(if screen.phone { "plan-section-phone" } else { "plan-section" });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drawing_is_moved_by_keys_and_told_in_words() {
    let Some(sale) = house(test_name!()).await else { return };
    let browser = shown(&sale, "theatre", DESK).await;
    let told = browser.spoken("#plan");
    assert_eq!(told.1, "Drawing of Town theatre");
    let accessible = browser.spoken("#accessible-list button");
    assert_eq!(accessible.0, "button");
    for word in ["stalls", "Row P: W1 and W2", "companions"] {
        assert!(accessible.1.contains(word), "{accessible:?}");
    }
    let whole = picture(&browser);
    browser.press(&[keys::TAB, keys::TAB, keys::TAB]);
    assert_eq!(browser.run("return document.activeElement.id"), "plan");
    browser.press(&["+", "+", "+"]);
    let near = picture(&browser);
    assert_ne!(near, whole);
    browser.press(&[keys::RIGHT]);
    let beside = picture(&browser);
    assert_ne!(beside, near);
    browser.press(&[keys::DOWN]);
    assert_ne!(picture(&browser), beside);
    browser.press(&["0"]);
    assert_eq!(picture(&browser), whole);
    // The row of wheelchair spaces.
    browser.run("document.querySelector('#accessible-list button').focus()");
    browser.press(&[keys::ENTER]);
    assert_ne!(picture(&browser), whole);
    browser.screenshot("plan-accessible");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_without_a_plan_is_told_by_a_page() {
    let Some(sale) = house(test_name!()).await else { return };
    let browser = Browser::open(&sale.driver, DESK);
    for path in [format!("/plans/{}", "0".repeat(64)), "/plans/abc".into(), "/plans/%".into()] {
        browser.visit(&sale.url(&path));
        browser.until("document.querySelector('#name').innerText === 'No such plan'");
        assert!(browser.text("#waiting").contains("forgotten after a day"), "{path}");
        assert_eq!(unreadable(&browser), "");
    }
    browser.screenshot("no-such-plan");
}

/// Zooms in, pans about and zooms out again, over and over, and returns how long the main thread took for
/// the frames, in milliseconds.
fn gestures() -> String {
    format!(
        "const plan = document.querySelector('#plan');
         plan.setPointerCapture = () => {{}};
         const box = plan.getBoundingClientRect();
         const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
         const channel = new MessageChannel();
         const frames = [];
         let begun = 0;
         channel.port1.onmessage = () => frames.push(performance.now() - begun);
         const move = (number) => {{
             const part = number % 150;
             const at = {{ clientX: x + 0.3 * box.width * Math.cos(number / 25),
                 clientY: y + 0.3 * box.height * Math.sin(number / 19) }};
             const send = (type) => plan.dispatchEvent(new PointerEvent(type,
                 {{ pointerId: 1, pointerType: 'mouse', buttons: 1, bubbles: true, ...at }}));
             if (part === 40) send('pointerdown');
             if (part > 40 && part < 110) send('pointermove');
             if (part === 110) send('pointerup');
             const deltaY = part < 40 ? -30 : 30;
             if (part < 40 || part > 110) plan.dispatchEvent(new WheelEvent('wheel',
                 {{ deltaY, clientX: x, clientY: y }}));
         }};
         return new Promise((resolve) => {{
             const next = () => {{
                 begun = performance.now();
                 channel.port2.postMessage(0);
                 if (frames.length >= {FRAMES}) return resolve(frames);
                 move(frames.length);
                 return requestAnimationFrame(next);
             }};
             requestAnimationFrame(next);
         }});"
    )
}

/// The time of the processor is what the law is about: the clock runs on while others use it.
#[tokio::test(flavor = "multi_thread")]
async fn a_stadium_follows_pan_and_zoom_frame_by_frame() {
    let Some(sale) = house(test_name!()).await else { return };
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone")] {
        let browser = shown(&sale, "stadium", screen).await;
        let before = browser.main_thread_seconds();
        let frames = browser.run(&gestures());
        let mean = (browser.main_thread_seconds() - before) * 1_000.0 / FRAMES as f64;
        let frames = frames.as_array().expect("a list").iter();
        let mut frames: Vec<_> = frames.map(|it| it.as_f64().expect("a number")).collect();
        frames.sort_by(f64::total_cmp);
        let (p95, most) = (frames[FRAMES * 95 / 100], frames[frames.len() - 1]);
        println!("{of}: {mean:.1} ms a frame; by the clock p95 {p95:.1}, most {most:.1}");
        assert!(mean <= FRAME_MS, "{of}: {mean:.1} ms");
        browser.screenshot(&format!("plan-stadium-moved-{of}"));
    }
}
