//! Standing places that are not for sale.

use super::server::serve;
use serde_json::{Value, json};

const DUNE: &str = "event create dune-2 --name Dune --starts 2030-12-24T20:00:00Z \
    --section stalls=4x10@45.00 --section floor=100@30.00";

#[test]
fn standing_places_are_blocked_by_their_number() {
    let (_server, cli) = serve();
    cli.done(DUNE);
    let floor = || {
        let shown = cli.object("event show dune-2");
        let section = |one: &&Value| one["section"] == "floor";
        let floor = shown["sections"].as_array().and_then(|all| all.iter().find(section)).cloned();
        floor.map(|floor| (floor["free"].clone(), floor["blocked"].clone()))
    };
    cli.done("event update dune-2 --block floor=20 --block D1");
    assert_eq!(floor(), Some((json!(80), json!(20))));
    cli.done("event update dune-2 --section floor=150 --block floor=30");
    assert_eq!(floor(), Some((json!(120), json!(30))));
    let (name, _) = cli.refused("event update dune-2 --block floor=151");
    assert_eq!(name, "Invalid");
    cli.done("event update dune-2 --block floor=0");
    assert_eq!(floor(), Some((json!(150), json!(0))));
}
