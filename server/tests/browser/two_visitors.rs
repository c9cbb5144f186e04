//! The page: what visitors see of each other, and cannot do to each other.

use super::sale::Sale;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::EventName;
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{film, test_name};
use serde_json::json;

/// Changes of a round, whose median counts.
const TIMED: usize = 60;

/// Rounds that are tried. Another program can spoil one of them.
const ROUNDS: usize = 5;

/// A seat that one visitor takes has changed on another's screen after so many milliseconds. On a
/// machine that does nothing else it is a tenth of this.
const AIM_MS: f64 = 300.0;

/// On a busy machine it is so many times the baseline, which is below 30 ms on a quiet one.
const AIM_OF_BASELINE: f64 = 10.0;

/// Begins to note how a seat looks first whenever a page is loaded.
fn note_first_look(browser: &Browser, seat: &str) {
    browser.on_every_page(&format!(
        "new MutationObserver((_, observer) => {{
             const seat = document.querySelector('[data-seat=\"{seat}\"]');
             if (!seat) return;
             observer.disconnect();
             window.first = seat.dataset.look;
         }}).observe(document, {{ childList: true, subtree: true }});"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_browsers_see_each_others_holds() {
    let Some(sale) = Sale::open(test_name!(), film(6, 10)).await else {
        return;
    };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    one.note_looks("A1");
    sale.hold(&one, "A1");
    one.until_looks("A1", "mine");
    other.until_looks("A1", "held");
    sale.hold(&other, "B2");
    one.until_looks("B2", "held");
    one.screenshot("two-browsers");
    one.click("#confirm");
    one.until_shown("#booked");
    other.until_looks("A1", "sold");
    other.click("#release");
    one.until_looks("B2", "free");
    other.until_looks("B2", "free");
    // It never looked like another visitor's: not when held, nor booked, nor seen again.
    one.until_looked(&["free", "chosen", "mine"]);
    note_first_look(&one, "A1");
    sale.visit(&one);
    assert_eq!(one.run("return window.first"), "mine");
    assert_eq!(one.text("#bookings-list"), "A1\n€45.00");
}

/// The time from before one browser asks to after the other has drawn, beside the time of a request
/// that changes nothing and of a frame that shows nothing new.
#[tokio::test(flavor = "multi_thread")]
async fn what_another_takes_changes_at_once() {
    let rows = u16::try_from(ROUNDS).expect("a few");
    let seats = u16::try_from(TIMED).expect("a row");
    let Some(sale) = Sale::open(test_name!(), film(rows, seats)).await else { return };
    let (taker, watcher) = (sale.visitor(DESK), sale.visitor(DESK));
    watcher.run(
        "window.seen = {};
         for (const seat of document.querySelectorAll('[data-seat]')) {
             new MutationObserver(() => requestAnimationFrame(() => {
                 window.seen[seat.dataset.seat] ??= performance.timeOrigin + performance.now();
             })).observe(seat, { attributeFilter: ['data-look'] });
         }",
    );
    let mut rounds = Vec::new();
    for round in 0..ROUNDS {
        let baseline = baseline_ms(&taker, &watcher);
        let took = time_changes(&taker, &watcher, round);
        println!("{took:.1} ms in the median of {TIMED}, beside {baseline:.1} ms for nothing new");
        if took <= AIM_MS.max(baseline * AIM_OF_BASELINE) {
            return;
        }
        rounds.push((took, baseline));
    }
    panic!("another's seat changes too late: {rounds:?}");
}

/// Takes a row of seats one by one. Returns the median of the times until the other browser showed
/// each.
fn time_changes(taker: &Browser, watcher: &Browser, round: usize) -> f64 {
    let (first, end) = (round * TIMED, (round + 1) * TIMED);
    let asked = taker.run(&format!(
        "return (async () => {{
             const {{ uuid7 }} = await import('/web/shared/uuid.js');
             const {{ ask }} = await import('/web/shared/api.js');
             const seats = [...document.querySelectorAll('[data-seat]')].slice({first}, {end});
             const asked = {{}};
             for (const {{ dataset: {{ seat }} }} of seats) {{
                 asked[seat] = performance.timeOrigin + performance.now();
                 await ask('POST', '/v1/events/night/reservations',
                     {{ id: uuid7(Date.now()), seats: [seat] }});
             }}
             return asked;
         }})()"
    ));
    watcher.until(&format!("Object.keys(window.seen).length === {end}"));
    let seen = watcher.run("return window.seen");
    let asked = asked.as_object().expect("times by seat").iter();
    median(asked.map(|(seat, asked)| {
        seen[seat].as_f64().expect("a time") - asked.as_f64().expect("a time")
    }))
}

/// The median time of a request of one browser and a frame of the other.
fn baseline_ms(taker: &Browser, watcher: &Browser) -> f64 {
    let times = |browser: &Browser, wait: &str| {
        let times = browser.run(&format!(
            "return (async () => {{
                 const times = [];
                 for (let time = 0; time < {TIMED}; time += 1) {{
                     const begun = performance.now();
                     await {wait};
                     times.push(performance.now() - begun);
                 }}
                 return times;
             }})()"
        ));
        median(times.as_array().expect("times").iter().map(|ms| ms.as_f64().expect("a time")))
    };
    times(taker, "fetch('/healthz')") + times(watcher, "new Promise(requestAnimationFrame)")
}

fn median(times: impl Iterator<Item = f64>) -> f64 {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The hold ends in 20 s; `kept_holds` has what keeps it.
#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_site_gives_back_what_he_holds() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    sale.hold(&one, "A3");
    other.until_looks("A3", "held");
    one.visit("about:blank");
    other.until_looks("A3", "free");
    // And comes back to a page that holds nothing.
    sale.visit(&one);
    one.until_looks("A3", "free");
    one.until_shown("#choose");

    let tab = one.open_tab();
    sale.visit(&one);
    sale.hold(&one, "A3");
    other.until_looks("A3", "held");
    one.close_tab(&tab);
    other.until_looks("A3", "free");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_a_race_is_told_and_offered_the_nearest() {
    let Some(sale) = Sale::open(test_name!(), film(1, 5)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    sale.take(&["A1", "A5"]).await;
    for browser in [&one, &other] {
        browser.until_looks("A5", "sold");
        browser.click("[data-seat='A3']");
        browser.until_looks("A3", "chosen");
    }
    // Both click before either request leaves, so that neither has heard of the other.
    let click = "const send = window.fetch; \
        const gate = new Promise((open) => { window.openGate = open; }); \
        window.fetch = async (...request) => { await gate; return send(...request); }; \
        document.querySelector('#hold').click()";
    let race = "window.openGate()";
    one.run(click);
    other.run(click);
    std::thread::scope(|scope| {
        scope.spawn(|| one.run(race));
        scope.spawn(|| other.run(race));
    });
    let settled =
        "['#held', '#notice'].some((each) => document.querySelector(each).checkVisibility())";
    one.until(settled);
    other.until(settled);
    let holds = "return document.querySelector('#held').checkVisibility()";
    let has_won = |browser: &Browser| browser.run(holds) == true;
    assert!(has_won(&one) ^ has_won(&other), "one of them has it, and only one");
    let (winner, loser) = if has_won(&one) { (&one, &other) } else { (&other, &one) };
    let said = loser.text("#notice-text");
    assert!(said.contains("quicker") && said.contains("A2"), "{said}");
    loser.screenshot("lost-race");
    loser.click("#notice-act");
    loser.until_looks("A2", "chosen");

    // And the last seat: there is nothing to offer.
    sale.take(&["A4"]).await;
    winner.click("#confirm");
    winner.until_shown("#booked");
    sale.take(&["A2"]).await;
    loser.until("document.querySelector('#notice-text').innerText.includes('No other seat')");
    loser.until_looks("A2", "sold");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_text_and_nothing_foreign_runs() {
    let evil = "<img src=x onerror=alert(1)><script>window.evil=1</script>";
    let spec = EventSpec { name: EventName::parse(evil).expect("visible text"), ..film(2, 4) };
    let Some(sale) = Sale::open(test_name!(), spec).await else { return };
    let browser = sale.visitor(DESK);
    assert_eq!(browser.text("#name"), evil);
    let markup = "document.querySelectorAll('img, main script, h1 *').length";
    assert_eq!(browser.run(&format!("return {markup}")), 0);
    // Even markup that got in could do nothing.
    browser.run(
        "window.refused = 0;
         addEventListener('securitypolicyviolation', () => { window.refused += 1; });
         const script = document.createElement('script');
         script.textContent = 'window.evil = 1';
         document.body.append(script);
         const picture = Object.assign(new Image(), { src: 'http://127.0.0.2/x' });
         document.body.append(picture);",
    );
    browser.until("window.refused >= 2");
    assert_eq!(browser.run("return window.evil === undefined"), true);
    browser.visit(&sale.url("/"));
    browser.until_shown(".event");
    assert_eq!(browser.text(".event .name"), evil);
    browser.screenshot("events");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_can_act_for_another() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    assert_eq!(one.run("return document.cookie"), "", "no script reads it");
    sale.hold(&one, "A1");
    one.click("#confirm");
    one.until_shown("#booked");
    let id = one.run("return document.querySelector('#booked-reference').dataset.reservation");
    let id = id.as_str().expect("a text");
    let tried = other.run(&format!(
        "return Promise.all(['confirm', 'release', 'cancel'].map(async (what) => {{
             const response = await fetch(`/v1/events/night/reservations/{id}/${{what}}`, {{
                 method: 'POST', body: '{{}}', headers: {{ 'content-type': 'application/json' }},
             }});
             return response.status;
         }}))"
    ));
    for status in tried.as_array().expect("three") {
        assert!(status == 403 || status == 404, "{tried}");
    }
    assert_eq!(
        other.run("return fetch('/v1/reservations').then((it) => it.json())")["reservations"],
        json!([])
    );
}
