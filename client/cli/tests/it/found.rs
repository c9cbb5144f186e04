//! Reservations found by what people know of them.

use super::server::serve;
use boxoffice_testing::cli::Cli;
use serde_json::{Value, json};

fn event(cli: &Cli, id: &str) {
    cli.done(&format!(
        "event create {id} --name Dune --starts 2030-12-24T20:00:00Z --section floor=9@30.00"
    ));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[test]
fn a_booking_code_finds_its_reservation() {
    let (_server, cli) = serve();
    event(&cli, "dune-2");
    event(&cli, "dune-3");
    let made = cli.object("reserve dune-2 --standing 2 --customer ann");
    let other = cli.object("reserve dune-3 --standing 1 --customer ann");
    let (id, code) = (text(&made["id"]), text(&made["code"]));
    assert_ne!(code, text(&other["code"]));
    assert_eq!(cli.object(&format!("show dune-2 {id} --customer ann"))["code"], code);

    let typed = format!("{}-{}", &code[..4], &code[4..]).to_lowercase().replace('0', "o");
    for line in [
        format!("find --code {code}"),
        format!("find --code {typed} --event dune-2 --customer ann"),
        format!("show dune-2 {typed}"),
    ] {
        let found = cli.object(&line);
        assert_eq!((&found["id"], &found["event"]), (&made["id"], &json!("dune-2")), "{line}");
    }
    for (line, column) in
        [(format!("find --code {code}"), "code"), (format!("show dune-2 {code}"), "id")]
    {
        let table = cli.done(&line);
        assert!(table.contains(column) && table.contains(code) && table.contains(id), "{table}");
    }
    for line in [
        format!("find --code {code} --event dune-3"),
        format!("find --code {code} --customer bob"),
        format!("show dune-3 {code}"),
    ] {
        let none = cli.run(&line).ended(0);
        assert!(none.stderr.contains("no reservation that you may see"), "{line}: {}", none.stderr);
    }
    let wrong = cli.run("find --code 7K3M9QP").ended(2);
    assert!(wrong.stderr.contains("8 letters and digits"), "{}", wrong.stderr);
    let wrong = cli.run("show dune-2 7K3M9QP --customer ann").ended(2);
    assert!(wrong.stderr.contains("or a booking code"), "{}", wrong.stderr);
}

#[test]
fn what_belongs_to_an_order_is_found_and_confirmed_together() {
    let (_server, cli) = serve();
    event(&cli, "dune-2");
    event(&cli, "dune-3");
    let held = cli.object("hold dune-2 --standing 2 --customer ann --order 2026-1");
    let other = cli.object("hold dune-2 --standing 1 --customer bob");
    assert_eq!((&held["order"], &other["order"]), (&json!("2026-1"), &Value::Null));
    let set = format!("order dune-2 {} 2026-1 --customer bob", text(&other["id"]));
    assert_eq!(cli.object(&set)["order"], "2026-1");
    let (name, refusal) = cli.refused(&set.replace("2026-1", "2026-2"));
    assert_eq!((name.as_str(), &refusal["order"]), ("OrderConflict", &json!("2026-1")));
    cli.done("reserve dune-3 --standing 1 --customer ann --order 2026-1");

    let confirmed = cli.objects("confirm-order dune-2 2026-1");
    let statuses: Vec<_> = confirmed.iter().map(|one| &one["status"]).collect();
    assert_eq!(statuses, [&json!("confirmed"), &json!("confirmed")]);
    assert_eq!(cli.objects("find --order 2026-1").len(), 3);
    assert_eq!(cli.objects("find --order 2026-1 --event dune-2").len(), 2);
    assert_eq!(cli.object("find --order 2026-1 --event dune-3")["event"], "dune-3");
    assert_eq!(cli.refused("confirm-order dune-2 2026-9").0, "ReservationNotFound");
    cli.run("find").ended(2);
}
