use super::page;
use crate::result::samples;

#[test]
fn the_page_stands_alone_and_trusts_nothing() {
    let mut run = samples::violated();
    run.workload = "<script>alert(1)</script>".to_owned();
    run.settings.insert("\"><img src=x>".to_owned(), "<em>".into());
    let page = page(&run);
    for foreign in ["<script", "<img", "<em>", "http:", "https:", "url(", "@import", "NaN", "inf"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn the_page_says_what_was_found() {
    let right = page(&samples::run());
    for said in ["verified: nothing is wrong", "1,234,568", "SeatsTaken", "99.9 %", "connections"] {
        assert!(right.contains(said), "{said}");
    }
    let wrong = page(&samples::violated());
    for said in ["not right", "oversold", "#7 confirmed now: A1", "Not checked"] {
        assert!(wrong.contains(said), "{said}");
    }
}

#[test]
fn a_run_that_measured_nothing_has_a_page() {
    let mut run = samples::run();
    run.series.clear();
    run.distribution.clear();
    run.verification = None;
    run.verified = None;
    let page = page(&run);
    assert!(page.contains("Nothing was measured") && page.contains("not verified"));
}
