//! What is printed: as a table, as JSON or as CSV, and what other shells and man(1) get.

use super::server::serve;
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use std::fs;
use std::process::Command;

const DUNE: &str = "event create dune --name =Dune --starts 2030-12-24T20:00:00Z \
    --section a=2x9@3 --section b=1x2@4 --section floor=50@4.50 --max-per-customer 40";

fn with_dune() -> (boxoffice_server::Server, Cli) {
    let (server, cli) = serve();
    cli.done(DUNE);
    (server, cli)
}

#[test]
fn tables_are_csv_on_demand_and_no_cell_of_it_is_a_formula() {
    let (_server, cli) = with_dune();
    let events = cli.done("events --output csv");
    let expected = "event,name,starts,sales,price,free,held,sold,blocked,venue\n\
        dune,'=Dune,2030-12-24T20:00:00Z,open,3.00-4.50 EUR,70,0,0,0,\n";
    assert_eq!(events, expected);
    let made = cli.done("reserve dune a:A1 --customer ann --output csv");
    assert!(
        made.starts_with("event,id,code,customer,status,places,total,expires\ndune,"),
        "{made}"
    );
    assert_eq!(made.lines().count(), 2);
    assert_eq!(
        cli.done("event close dune --output csv"),
        "event,done,changed,version\ndune,sales closed,true,3\n"
    );
    assert!(cli.done("event show dune --output csv").starts_with("section,layout,price,"));
    assert!(cli.done("stats --output csv").starts_with("figure,value\n"));
    let refused = cli.run("seats dune --output csv").ended(2);
    assert!(refused.stderr.contains("table and json"), "{}", refused.stderr);
    assert_eq!(cli.done("event show dune --output json"), cli.done("event show dune --json"));
    cli.run("events --output json --json").ended(2);
}

#[test]
fn every_error_is_json_where_json_is_asked_for() {
    let (_server, cli) = with_dune();
    for (line, exit, error) in [
        ("hold dune --json", 2, "usage"),
        ("nonsense --output json", 2, "usage"),
        ("event create x --from /no/such.toml --output=json", 2, "usage"),
        ("hold dune a:A1 --json", 2, "usage"),
        ("events --server 127.0.0.1:1 --json", 3, "not_reached"),
        ("batch /no/such.csv --json", 2, "usage"),
        ("events --ca /no/such.pem --json", 2, "usage"),
    ] {
        let run = cli.run(line).ended(exit);
        let said: serde_json::Value = serde_json::from_str(&run.stderr).expect(&run.stderr);
        assert_eq!(said["error"], error, "{line}: {said}");
        assert!(said["message"].as_str().is_some_and(|it| !it.starts_with("error")), "{said}");
        assert_eq!(run.stdout, "", "{line}");
    }
}

#[test]
fn reservations_are_chosen_by_status_and_a_limit_says_that_there_are_more() {
    let (_server, cli) = with_dune();
    for line in ["reserve dune a:A1", "hold dune a:A2", "hold dune a:A3"] {
        cli.done(&format!("{line} --customer ann"));
    }
    let held = cli.objects("reservations --status held");
    assert_eq!(held.iter().map(|it| &it["status"]).collect::<Vec<_>>(), ["held", "held"]);
    assert_eq!(cli.objects("reservations --status held,confirmed --customer ann").len(), 3);
    let run = cli.run("reservations --limit 2 --json").ended(0);
    assert_eq!(run.stdout.lines().count(), 2);
    assert!(run.stderr.contains("there are more than these 2"), "{}", run.stderr);
    assert_eq!(cli.run("reservations --limit 3").ended(0).stderr, "");
}

#[test]
fn colours_are_a_choice() {
    let (_server, cli) = with_dune();
    assert!(cli.done("seats dune --color always").contains("\x1b[32m"));
    for line in ["seats dune --color never", "seats dune --color auto", "seats dune"] {
        assert!(!cli.done(line).contains('\x1b'), "{line}");
    }
}

#[test]
fn an_event_is_exported_as_the_file_that_makes_it() {
    let (_server, cli) = with_dune();
    cli.done("event create rows --name Rows --starts 2030-12-24T20:00:00.5Z --section a=1x2@3 --currency JPY");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("event.toml");
    for event in ["dune", "rows"] {
        fs::write(&file, cli.done(&format!("event export {event}"))).expect("written");
        let path = file.to_str().expect("UTF-8");
        cli.run_words(&["event", "create", "copy", "--from", path]).ended(0);
        let shown = |event: &str| {
            let mut shown = cli.object(&format!("event show {event}"));
            shown["id"].take();
            shown["version"].take();
            shown
        };
        assert_eq!(shown("copy"), shown(event));
        cli.done("event delete copy --force");
    }
}

#[test]
fn other_shells_complete_events_and_free_seats() {
    let (_server, cli) = with_dune();
    cli.done("reserve dune a:A1 --customer ann");
    let complete = |line: &str| {
        let run = cli.run_words(&["complete", "--", line]).ended(0);
        run.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete("boxoffice hold du"), ["dune"]);
    assert_eq!(
        complete("boxoffice hold dune a:B1,a:A"),
        (2..10).map(|seat| format!("a:B1,a:A{seat}")).collect::<Vec<_>>()
    );
    assert_eq!(complete("boxoffice reservations --status ca"), ["cancelled"]);
    assert_eq!(complete("boxoffice completions z"), ["zsh"]);
    assert_eq!(complete("boxoffice --timeout 1s show dune ").len(), 1);
    assert!(complete("boxoffice hold --server 127.0.0.1:1 du").is_empty());

    let script = "eval \"$($0 completions bash)\"; COMP_LINE='boxoffice hold dune a:A3'; \
        COMP_POINT=${#COMP_LINE}; _boxoffice; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let program = cli.command([""; 0]).get_program().to_owned();
    let folder = std::path::Path::new(&program).parent().expect("a folder").display();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap_or_default());
    let mut bash = Command::new("bash");
    let server = cli.command([""; 0]);
    let server = server.get_envs().find(|(name, _)| *name == "BOXOFFICE_SERVER");
    bash.args(["-euc", script]).arg(&program).env("PATH", path);
    bash.env("BOXOFFICE_SERVER", server.and_then(|(_, value)| value).expect("an address"));
    let run = Run::from(bash.output().expect("bash runs")).ended(0);
    assert_eq!(run.stdout, "A3\n", "bash replaces what follows the colon: {}", run.stderr);
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().to_str().expect("UTF-8");
    Cli::nowhere().run_words(&["manual", path]).ended(0);
    boxoffice_testing::process::run(&["manual", path]).ended(0);
    for name in [
        "boxoffice",
        "boxoffice-hold",
        "boxoffice-event-create",
        "boxoffice-server",
        "boxoffice-server-check",
    ] {
        let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).expect(name);
        assert!(page.contains(".TH ") && page.contains("SYNOPSIS"), "{name}");
    }
    assert!(!folder.path().join("boxoffice-complete.1").exists());
}
