//! Events that do not take place, or later.

use super::server::serve;

#[test]
fn an_event_is_postponed_and_cancelled_with_its_reservations() {
    let (_server, cli) = serve();
    let event = "event create dune-2 --name Dune --starts 2030-12-24T20:00:00+01:00";
    cli.done(&format!("{event} --section stalls=4x10@45.00"));
    let held = cli.object("hold dune-2 A1 --customer ann");
    let id = held["id"].as_str().expect("an id");
    let postponed = cli.done("event postpone dune-2 --starts 2027-06-01T20:00:00Z");
    assert_eq!(postponed, "dune-2: postponed, sales closed (version 3)\n");
    assert_eq!(cli.refused("hold dune-2 A2 --customer ann").0, "SalesClosed");
    assert_eq!(cli.object("event show dune-2")["starts_at"], "2027-06-01T20:00:00.000Z");
    assert_eq!(cli.done("event cancel dune-2"), "dune-2: cancelled (version 4)\n");
    assert_eq!(cli.refused("hold dune-2 A2 --customer ann").0, "EventCancelled");
    assert_eq!(cli.refused(&format!("confirm dune-2 {id} --customer ann")).0, "EventCancelled");
    assert!(cli.done("seats dune-2").contains(", cancelled\n"));
    assert!(cli.done("reservations --event dune-2").contains("ann"));
    cli.done(&format!("release dune-2 {id} --customer ann"));
}
