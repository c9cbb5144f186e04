//! When sales open and end.

use super::server::serve;
use serde_json::json;

#[test]
fn a_sales_window_is_typed_in_the_zone_of_the_event() {
    let (_server, cli) = serve();
    let event = "event create opera --name Opera --starts 2030-05-01T20:00 --zone Europe/Berlin";
    cli.done(&format!("{event} --section a=2x3@45.00 --sales-from 2030-04-01T10:00"));
    let shown = cli.object("event show opera");
    let from = json!({
        "at": "2030-04-01T08:00:00.000Z", "local": "2030-04-01T10:00:00", "zone": "Europe/Berlin",
    });
    assert_eq!(shown["sales"], "scheduled");
    assert_eq!((&shown["sales_from"], &shown["sales_until"]), (&from, &json!(null)));
    assert_eq!(cli.object("events")["sales_from"], from);
    assert!(cli.done("events").contains("\tscheduled\t"));
    assert!(cli.done("event show opera").contains(", sales open 2030-04-01T08:00:00Z, "));
    assert!(cli.done("event export opera").contains("sales_from = \"2030-04-01T10:00:00+02:00\""));
    // A server without tokens lets everyone act for all: the window does not bind them.
    cli.done("reserve opera A1 --customer ann");

    cli.done("event update opera --sales-from none --sales-until 2030-05-01T19:30+02:00");
    let shown = cli.object("event show opera");
    assert_eq!((&shown["sales"], &shown["sales_from"]), (&json!("open"), &json!(null)));
    assert_eq!(shown["sales_until"]["local"], "2030-05-01T19:30:00");
    let wrong = cli.refused("event update opera --sales-from 2030-05-01T19:30");
    assert_eq!((wrong.0.as_str(), &wrong.1["field"]), ("Invalid", &json!("sales_from")));
    cli.done("event update opera --sales-until 2026-01-01T00:00");
    assert_eq!(cli.object("event show opera")["sales"], "ended");
}

#[test]
fn a_draft_is_published_once() {
    let (_server, cli) = serve();
    let event = "event create opera --name Opera --starts 2030-05-01T20:00:00Z";
    cli.done(&format!("{event} --section a=2x3@45.00 --publication draft"));
    let shown = cli.object("event show opera");
    assert_eq!((&shown["sales"], &shown["publication"]), (&json!("draft"), &json!("draft")));
    assert!(cli.done("event show opera").contains(", draft, "));
    assert!(cli.done("event export opera").contains("publication = \"draft\""));
    cli.done("event update opera --publication unlisted");
    assert_eq!(cli.object("event show opera")["publication"], "unlisted");
    let wrong = cli.refused("event update opera --publication draft");
    assert_eq!((wrong.0.as_str(), &wrong.1["field"]), ("Invalid", &json!("publication")));
}
