//! The page: what gets lost on the way, and is found again.

use super::sale::Sale;
use boxoffice_testing::browser::DESK;
use boxoffice_testing::{film, test_name};

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_whose_answer_was_lost_is_released_for_another_wish() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    one.run(
        "const { fetch, setTimeout } = window;
         const soon = (ms) => (ms > 5_000 ? ms : 10);
         window.setTimeout = (call, ms, ...rest) => setTimeout(call, soon(ms), ...rest);
         window.loses = true;
         window.fetch = async (address, options) => {
             const answer = await fetch(address, options);
             if (window.loses && /reservations$/.test(address)) throw new TypeError('lost');
             return answer;
         };",
    );
    one.click("[data-seat='A1']");
    one.click("#hold");
    one.until_shown("#notice");
    one.until_looks("A1", "held");
    other.until_looks("A1", "held");
    one.run("window.loses = false");
    sale.hold(&one, "A3");
    other.until_looks("A3", "held");
    other.until_looks("A1", "free");
    one.until_looks("A1", "free");
    one.until_looks("A3", "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_that_a_page_left_behind_is_gone_on_with() {
    let Some(sale) = Sale::open(test_name!(), film(2, 4)).await else { return };
    let (one, other) = (sale.visitor(DESK), sale.visitor(DESK));
    sale.hold(&one, "A1");
    one.run("navigator.sendBeacon = () => true");
    sale.visit(&one);
    one.until_shown("#held");
    assert_eq!(one.text("#held-places"), "A1");
    one.until_looks("A1", "mine");
    other.until_looks("A1", "held");
    one.run("navigator.sendBeacon = () => true");
    sale.visit(&one);
    one.until_shown("#held");
    one.click("#confirm");
    one.until_shown("#booked");
    other.until_looks("A1", "sold");
}
