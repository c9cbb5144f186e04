//! Times of events in the zones of their venues.

use super::server::serve;
use serde_json::Value;

#[test]
fn an_event_begins_when_the_clocks_of_its_venue_say_so() {
    let (_server, cli) = serve();
    let create = "event create opera --name Opera --section a=1x2@9 --zone Europe/Berlin";
    cli.done(&format!("{create} --starts 2030-05-01T20:00"));
    let shown = |line: &str| {
        let event = cli.object(line);
        ["starts_at", "starts_local", "zone"].map(|field| event[field].clone())
    };
    let expected = ["2030-05-01T18:00:00.000Z", "2030-05-01T20:00:00", "Europe/Berlin"];
    assert_eq!(shown("event show opera"), expected.map(Value::from));
    // A time without a zone is in that of the event, and an offset tells the instant.
    cli.done("event update opera --starts 2030-12-01T20:00");
    let winter = ["2030-12-01T19:00:00.000Z", "2030-12-01T20:00:00", "Europe/Berlin"];
    assert_eq!(shown("event show opera"), winter.map(Value::from));
    cli.done("event update opera --starts 2030-12-01T20:00:00Z");
    let later = ["2030-12-01T20:00:00.000Z", "2030-12-01T21:00:00", "Europe/Berlin"];
    assert_eq!(shown("event show opera"), later.map(Value::from));
    for (starts, why) in [
        ("2030-03-31T02:30", "write 2030-03-31T01:30:00 or 2030-03-31T03:30:00"),
        ("2030-10-27T02:30", "write 2030-10-27T02:30:00+02 or 2030-10-27T02:30:00+01"),
        ("2030-05-01T20:00+03:00", "+03 is not the offset of Europe/Berlin at that time"),
    ] {
        let run = cli.run(&format!("{create} --starts {starts}")).ended(2);
        assert!(run.stderr.contains(why), "{starts}: {}", run.stderr);
    }
}
