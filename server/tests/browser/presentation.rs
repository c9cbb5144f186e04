//! What people read about an event, on its page and in the list.

use super::sale::Sale;
use boxoffice_protocol::event::{EventSpec, Presentation};
use boxoffice_testing::browser::{Browser, DESK};
use boxoffice_testing::{film, test_name};

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_venue_description_and_link() {
    let presentation = Presentation {
        venue: Some("Kino <b>am</b> Ring".parse().expect("a venue")),
        description: Some("Zwei <i>Wüsten</i>.\n\nMit Pause.".parse().expect("lines")),
        link: Some("https://example.org/dune?a='b'&c=d".parse().expect("a link")),
    };
    let spec = EventSpec { presentation, ..film(2, 4) };
    let Some(sale) = Sale::open(test_name!(), spec).await else { return };
    let browser = sale.visitor(DESK);
    browser.until_shown("#about");
    assert!(browser.text("#when").ends_with(" · Kino <b>am</b> Ring"), "{}", browser.text("#when"));
    assert_eq!(browser.text("#description"), "Zwei <i>Wüsten</i>.\n\nMit Pause.");
    assert_eq!(browser.text("#link"), "More at example.org");
    browser.until("document.querySelector('#link').rel === 'noopener'");
    browser.until(
        "document.querySelector('#link').getAttribute('href') === \
         'https://example.org/dune?a=\\'b\\'&c=d'",
    );
    browser.screenshot("presentation");
    let list = Browser::open(&sale.driver, DESK);
    list.visit(&sale.url("/"));
    list.until("document.querySelector('.event .details')?.innerText.includes('am</b> Ring · ')");
}
