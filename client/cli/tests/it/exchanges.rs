//! Reservations that get other places.

use super::server::serve;
use serde_json::json;

#[test]
fn a_reservation_gets_other_places() {
    let (_server, cli) = serve();
    let event = "event create dune-2 --name Dune --starts 2030-12-24T20:00:00+01:00";
    cli.done(&format!("{event} --section stalls=4x10@45.00 --section floor=9@20.00"));
    let made = cli.object("reserve dune-2 A1 A2 --customer ann");
    let id = made["id"].as_str().expect("an id");
    let exchange = format!("exchange dune-2 {id} A2..A3 --customer ann");
    let moved = cli.object(&exchange);
    assert_eq!((&moved["seats"], &moved["revision"]), (&json!(["A2", "A3"]), &json!(1)));
    assert_eq!(cli.object(&exchange)["version"], moved["version"], "it is so already");
    let dear = format!("exchange dune-2 {id} B1 B2 B3 --customer ann --at-most 134.99");
    let (name, refusal) = cli.refused(&dear);
    assert_eq!((name.as_str(), &refusal["total"]), ("PriceChanged", &json!(13_500)));
    let standing = format!("exchange dune-2 {id} --standing 3 --customer ann --if-revision 1");
    let moved = cli.object(&standing);
    assert_eq!(moved["standing"], json!({"section": "floor", "places": 3}));
    assert_eq!((&moved["total"], &moved["revision"]), (&json!(6_000), &json!(2)));
    let (name, refusal) = cli.refused(&format!("{exchange} --if-revision 0"));
    assert_eq!((name.as_str(), &refusal["current"]), ("RevisionConflict", &json!(2)));
    let (name, _) = cli.refused(&format!("exchange dune-2 {id} Z99 --customer ann"));
    assert_eq!(name, "NoSuchSeat");
}
