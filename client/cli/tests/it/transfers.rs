//! Reservations that become another customer's.

use super::server::serve;
use serde_json::json;

#[test]
fn a_reservation_is_given_to_another_customer() {
    let (_server, cli) = serve();
    let event = "event create dune-2 --name Dune --starts 2030-12-24T20:00:00+01:00";
    cli.done(&format!("{event} --section stalls=4x10@45.00"));
    let made = cli.object("reserve dune-2 A1 --customer ann");
    let id = made["id"].as_str().expect("an id");
    let give = format!("transfer dune-2 {id} --customer ann --to bob");
    let given = cli.object(&give);
    assert_eq!((&given["customer"], &given["revision"]), (&json!("bob"), &json!(1)));
    assert_eq!(cli.object(&give)["version"], given["version"], "it is so already");
    let (name, _) = cli.refused(&format!("show dune-2 {id} --customer ann"));
    assert_eq!(name, "NotYours");
    cli.done(&format!("transfer dune-2 {id} --customer bob --to ann --if-revision 1"));
    let (name, refusal) = cli.refused(&format!("{give} --if-revision 0"));
    assert_eq!((name.as_str(), &refusal["current"]), ("RevisionConflict", &json!(2)));
}
