//! Where an event takes place, what it is, and where there is more about it.

use super::server::serve;
use serde_json::{Value, json};

#[test]
fn an_event_has_a_venue_a_description_and_a_link() {
    let (_server, cli) = serve();
    let event =
        "event create opera --name Opera --starts 2030-05-01T20:00:00Z --section a=2x3@45.00";
    let link = "https://example.org/opera";
    cli.done(&format!("{event} --venue Staatsoper --link {link}"));
    let shown = cli.object("event show opera");
    assert_eq!((&shown["venue"], &shown["link"]), (&json!("Staatsoper"), &json!(link)));
    assert_eq!(cli.object("events")["venue"], "Staatsoper");
    assert!(cli.done("events").contains("\tStaatsoper"));
    let shown = cli.done("event show opera");
    assert!(shown.contains("2030-05-01T20:00:00Z, Staatsoper, "), "{shown}");
    assert!(shown.lines().any(|line| line == link), "{shown}");

    cli.done("event update opera --venue none --description Eleven");
    let shown = cli.object("event show opera");
    assert_eq!((&shown["venue"], &shown["description"]), (&Value::Null, &json!("Eleven")));
    assert_eq!(shown["link"], link, "what is left out stays");
    let file = cli.done("event export opera");
    assert!(file.contains("description = \"Eleven\"") && !file.contains("venue"), "{file}");

    let (_server, cli) = serve();
    cli.done(event);
    assert!(!cli.done("events").contains("venue"), "no event has one");
}
