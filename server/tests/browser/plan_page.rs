//! The page that draws a plan.

use super::drawing::{PIXELS, SAMPLES, follow_gestures, sample};
use super::sale::Sale;
use super::shown::unreadable;
use boxoffice_plan::PlanDigest;
use boxoffice_testing::browser::{Browser, DESK, PHONE, Screen, keys};
use boxoffice_testing::{film, test_name};

/// Has the server keep a sample plan.
async fn keep(sale: &Sale, name: &str) -> PlanDigest {
    sale.keep(&sample(name)).await
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
    browser.until_painted();
}

fn count(browser: &Browser, color: &str) -> u64 {
    let counted = browser.run(&format!("{PIXELS} return pixels('{color}').count;"));
    counted.as_u64().expect("a number")
}

/// All that is on the canvas, as a number.
fn picture(browser: &Browser) -> u64 {
    browser.until_painted();
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
    browser.until_painted();
    assert_eq!(browser.spoken(&first), ("button".to_owned(), "Stalls".to_owned()));
    assert_eq!(browser.run("return document.querySelectorAll('[aria-pressed=true]').length"), 1);
    assert!(count(&browser, stalls) > 0);
    assert_eq!(count(&browser, boxes), 0);
    browser.screenshot("plan-filtered");
    browser.click(&last);
    browser.click(&first);
    browser.until_painted();
    assert_eq!(count(&browser, stalls), 0);
    assert!(count(&browser, boxes) > 0);
    browser.click(&last);
    browser.until_painted();
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
        browser.until_painted();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_stadium_follows_pan_and_zoom_frame_by_frame() {
    let Some(sale) = house(test_name!()).await else { return };
    for (screen, of) in [(DESK, "desk"), (PHONE, "phone")] {
        let browser = shown(&sale, "stadium", screen).await;
        follow_gestures(&browser, of);
        browser.screenshot(&format!("plan-stadium-moved-{of}"));
    }
}
