//! The page's own rules, each module by itself in a real browser: they are the protocol's.

use super::sale::Sale;
use boxoffice_protocol::id::{ReservationId, RowLabel};
use boxoffice_protocol::limits::MAX_ROWS;
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{START, film, test_name};
use serde_json::{Value, json};

/// What a function's body returns that has the exports of a module of the page.
#[track_caller]
fn with(browser: &Browser, module: &str, names: &str, body: &str) -> Value {
    let script = format!("return import('/web/{module}').then(({{ {names} }}) => {{ {body} }})");
    browser.run(&script)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_rules_are_the_protocols() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else {
        return;
    };
    let browser = Browser::open(&sale.driver, DESK);
    browser.visit(&sale.url("/"));
    rows_are_lettered_the_same(&browser);
    ids_are_of_version_7_and_of_their_time(&browser);
    messages_come_in_pieces(&browser);
    a_house_follows_snapshots_and_changes(&browser);
    the_nearest_seats_are_beside(&browser);
    quantiles_are_of_what_came_between(&browser);
}

fn rows_are_lettered_the_same(browser: &Browser) {
    let letters = with(
        browser,
        "event/state/labels.js",
        "lettersOf",
        &format!("return Array.from({{ length: {MAX_ROWS} }}, (_, row) => lettersOf(row))"),
    );
    let rows = 0..u16::try_from(MAX_ROWS).expect("a row is of 12 bits");
    let expected: Vec<String> = rows.map(|row| RowLabel(row).to_string()).collect();
    assert_eq!(letters, json!(expected));
}

fn ids_are_of_version_7_and_of_their_time(browser: &Browser) {
    let now = START.as_ms();
    let body = format!("return Array.from({{ length: 100 }}, () => uuid7({now}.7))");
    let ids = with(browser, "shared/uuid.js", "uuid7", &body);
    let ids = ids.as_array().expect("a list").iter();
    let mut ids: Vec<ReservationId> =
        ids.map(|id| id.as_str().expect("a text").parse().expect("an id")).collect();
    assert!(ids.iter().all(|id| id.time() == START), "{ids:?}");
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
}

/// Wherever the text is cut, the messages are the same.
fn messages_come_in_pieces(browser: &Browser) {
    let messages = with(
        browser,
        "event/state/sse-parser.js",
        "SseParser",
        r"const text = ': hello\n\nevent: change\r\nid: 7\ndata: {\ndata:  }\n\n'
              + 'data: x\n\nid: 8\n\n';
          const results = new Set();
          for (let cut = 0; cut <= text.length; cut += 1) {
              const messages = new SseParser();
              const all = [...messages.push(text.slice(0, cut)), ...messages.push(text.slice(cut))];
              results.add(JSON.stringify(all));
          }
          return [...results].map((all) => JSON.parse(all));",
    );
    let change = json!({ "name": "change", "id": "7", "data": "{\n }" });
    let message = json!({ "name": "message", "id": null, "data": "x" });
    assert_eq!(messages, json!([[change, message]]));
}

/// A house of two seated sections and a floor, for scripts.
const HOUSE: &str = "
    const section = (section, prefix, rows) => ({
        section, prefix, price: 100, kind: 'seated', capacity: 4, rows,
        free: 3, held: 0, sold: 1, blocked: 0,
    });
    const snapshot = { version: 3, sections: [
        section('stalls', 'stalls:', [{ row: 'A', seats: 'ffs' }, { row: 'B', seats: 'fffff' }]),
        section('balcony', 'balcony:', [{ row: 'A', seats: 'fhb' }]),
        { ...section('floor', '', undefined), kind: 'standing' },
    ] };
    const house = new EventState(snapshot);";

fn a_house_follows_snapshots_and_changes(browser: &Browser) {
    let body = format!(
        "{HOUSE}
         const labels = [...house.seatStates.keys()].map((seat) => house.label(seat));
         const counts = {{ free: 1, held: 1, sold: 1, blocked: 0 }};
         const places = [{{ state: 'held', seats: ['stalls:B5'] }}];
         const sections = [{{ section: 'floor', ...counts }}];
         const changed = house.apply({{ version: 4, places, sections }});
         const strange = house.apply({{ version: 5, sections: [],
             places: [{{ state: 'sold', seats: ['stalls:C1'] }}] }});
         return {{
             labels, changed, strange, states: [...house.seatStates], version: house.version,
             found: labels.map((label) => house.find(label)),
             floor: house.sections[2].counts, fits: house.fits(snapshot),
             restored: house.restore(snapshot),
             other: house.fits({{ sections: snapshot.sections.slice(1) }}),
         }};"
    );
    let seen = with(browser, "event/state/event-state.js", "EventState", &body);
    let labels = [
        "stalls:A1",
        "stalls:A2",
        "stalls:A3",
        "stalls:B1",
        "stalls:B2",
        "stalls:B3",
        "stalls:B4",
        "stalls:B5",
        "balcony:A1",
        "balcony:A2",
        "balcony:A3",
    ];
    assert_eq!(seen["labels"], json!(labels));
    assert_eq!(seen["found"], json!((0..labels.len()).collect::<Vec<_>>()));
    assert_eq!(seen["changed"], json!([7]));
    assert_eq!(seen["strange"], Value::Null, "it has no such seat");
    assert_eq!(seen["states"], json!([0, 0, 2, 0, 0, 0, 0, 1, 0, 1, 3]));
    assert_eq!(seen["version"], 4);
    assert_eq!(seen["floor"]["held"], 1);
    assert_eq!((&seen["fits"], &seen["other"]), (&json!(true), &json!(false)));
    assert_eq!(seen["restored"], json!([7]), "what is not as it was");
}

fn the_nearest_seats_are_beside(browser: &Browser) {
    let body = format!(
        "return import('/web/event/state/nearest.js').then(({{ nearestFree }}) => {{
             {HOUSE}
             const seats = (labels) => labels.map((label) => house.find(label));
             const near = (lost, taken) => nearestFree(house, seats(lost), seats(taken))
                 .map((seat) => house.label(seat));
             return [
                 near(['stalls:A3'], []), near(['stalls:B3'], ['stalls:B3', 'stalls:B2']),
                 near(['stalls:B3', 'stalls:B4'], ['stalls:B3', 'stalls:B4']),
                 near(['balcony:A2', 'balcony:A3'], []),
             ];
         }})"
    );
    let near = with(browser, "event/state/event-state.js", "EventState", &body);
    let expected =
        json!([["stalls:A2"], ["stalls:B4"], ["stalls:B2", "stalls:B5"], ["balcony:A1"]]);
    assert_eq!(near, expected);
}

fn quantiles_are_of_what_came_between(browser: &Browser) {
    let seen = with(
        browser,
        "admin/exposition.js",
        "Exposition, quantile",
        r#"const text = (counts) => new Exposition([
               '# HELP x_seconds how long',
               ...[0.001, 0.01, '+Inf'].map((bound, at) =>
                   `x_seconds_bucket{le="${bound}",of="a"} ${counts[at]}`),
               'x_seconds_bucket{le="+Inf",of="b"} 0', 'y{of="a"} 2', 'y{of="b"} 3', 'z 1 17',
           ].join('\n'));
           const [before, now] = [text([100, 100, 100]), text([190, 199, 200])];
           const [from, to] = [before, now].map((each) => each.buckets('x_seconds'));
           const sums = [now.sum('y'), now.sum('y', 'of', 'b'), now.sum('z'), now.sum('none')];
           return [quantile(from, to, 0.5), quantile(from, to, 0.95), quantile(from, to, 1),
               quantile(to, to, 1), ...sums].map((it) => it ?? null);"#,
    );
    assert_eq!(seen, json!([0.001, 0.01, 0.01, null, 5, 3, 1, null]));
}
