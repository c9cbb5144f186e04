//! Types of tickets, and what they cost.

use super::server::serve;
use serde_json::json;

const CIRCUS: &str = "event create circus --name Circus --starts 2030-12-26T15:00:00Z \
    --section tent=4x10@30.00 --section meadow=50@10.00 --types adult,child \
    --price tent/child=15.00 --price meadow/child=none";

#[test]
fn tickets_of_several_types_are_held_confirmed_and_given_back() {
    let (_server, cli) = serve();
    cli.done(CIRCUS);
    let shown = cli.done("event show circus");
    for price in ["adult", "child", "30.00 EUR", "15.00 EUR", "10.00 EUR", "\t-\t"] {
        assert!(shown.contains(price), "{price} is not in\n{shown}");
    }
    let event = cli.object("event show circus");
    assert_eq!(event["types"], json!(["adult", "child"]));
    assert_eq!((&event["price_min"], &event["price_max"]), (&json!(1_000), &json!(3_000)));

    let held = cli.object("hold circus A1 A2 A3 --types child,adult,child --customer ann");
    assert_eq!(held["types"], json!(["child", "adult", "child"]));
    assert_eq!(held["total"], 6_000);
    let id = held["id"].as_str().expect("an id");
    cli.done("event update circus --price tent/child=20.00");
    let confirm = format!("confirm circus {id} --customer ann --keep A2,A3");
    let line = cli.done(&confirm);
    assert!(line.contains("A2 A3 (adult 1, child 1)  45.00 EUR"), "{line}");

    let (name, told) =
        cli.refused("reserve circus --standing 2 --types child,child --customer bob");
    assert_eq!(name, "NotForSale", "{told}");
    let wish = |places: &str, types: &str| {
        let line = format!("reserve circus {places} --customer bob --json --types");
        let words: Vec<&str> = line.split(' ').chain([types]).collect();
        cli.run_words(&words)
    };
    let refused = wish("--best 2", "adult 3").ended(1).objects().remove(0);
    assert_eq!((&refused["refused"], &refused["field"]), (&json!("Invalid"), &json!("types")));
    cli.done("event update circus --price meadow/child=0");
    let bob = wish("--standing 5", "child 3, adult 2").ended(0).objects().remove(0);
    assert_eq!(bob["types"], json!({"adult": 2, "child": 3}));
    assert_eq!(bob["total"], 2_000);
    let id = bob["id"].as_str().expect("an id");
    let cancel = format!("cancel circus {id} --customer bob");
    assert_eq!(cli.refused(&format!("{cancel} --keep 2")).0, "Invalid");
    let kept = cli.object(&format!("{cancel} --keep-types adult,child"));
    assert_eq!(kept["types"], json!({"adult": 1, "child": 1}));
    assert_eq!(kept["total"], 1_000);
}

#[test]
fn an_event_with_types_is_exported_and_created_again() {
    let (_server, cli) = serve();
    cli.done(CIRCUS);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("circus.toml");
    std::fs::write(&file, cli.done("event export circus")).expect("a file");
    cli.done(&format!("event create again --from {}", file.display()));
    let [one, two] = ["circus", "again"].map(|event| cli.object(&format!("event show {event}")));
    assert_eq!((&one["types"], &one["prices"]), (&two["types"], &two["prices"]));
    assert_eq!(one["prices"].as_array().map(Vec::len), Some(2));
}

#[test]
fn rows_of_a_batch_say_types() {
    let (_server, cli) = serve();
    cli.done(CIRCUS);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("sold.csv");
    let rows = "event,customer,seats,standing,types\n\
        circus,ann,A1 A2,,\"child, adult\"\n\
        circus,bob,,3,\"adult 3\"\n\
        circus,cid,B1,,\n";
    std::fs::write(&file, rows).expect("a file");
    cli.done(&format!("batch {}", file.display()));
    let mut booked: Vec<_> = cli
        .objects("reservations --event circus")
        .iter()
        .map(|made| format!("{} {} {}", made["customer"], made["types"], made["total"]))
        .collect();
    booked.sort();
    let expected = [r#""ann" ["child","adult"] 4500"#, r#""bob" null 3000"#, r#""cid" null 3000"#];
    assert_eq!(booked, expected);
}

#[test]
fn what_costs_more_than_at_most_is_not_taken() {
    let (_server, cli) = serve();
    cli.done(CIRCUS);
    let (name, told) = cli.refused("hold circus A1 A2 --at-most 59.99 --customer ann");
    assert_eq!((name.as_str(), &told["total"]), ("PriceChanged", &json!(6_000)));
    cli.done("hold circus A1 A2 --at-most 60.00 --customer ann");
}
