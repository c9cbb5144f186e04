//! The page in real browsers: what gets lost on the way, and is found again.
//!
//! Pictures of what was seen are in `target/tmp/screenshots`.

mod common;

use common::browser::DESK;
use common::film;
use common::house::House;

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_whose_answer_was_lost_is_released_for_another_wish() {
    let name = "a_hold_whose_answer_was_lost_is_released_for_another_wish";
    let Some(house) = House::open(name, film(2, 4)).await else { return };
    let (one, other) = (house.visitor(DESK), house.visitor(DESK));
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
    house.hold(&one, "A3");
    other.until_looks("A3", "held");
    other.until_looks("A1", "free");
    one.until_looks("A1", "free");
    one.until_looks("A3", "mine");
}
