//! `boxoffice` and a server that wants tokens.

use super::server::{config, start};
use boxoffice_client::protocol::id::{Principal, Token};
use boxoffice_server::Server;
use boxoffice_server::auth::{Role, Sources, TokenEntry};
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::{START, customer};

/// A server that wants tokens, with that of an admin and that of the customer ann.
pub(super) fn with_tokens() -> (Server, [Token; 2]) {
    let mut entries = Vec::new();
    let mut token = |name: &str, role| {
        let name = Principal::parse(name).expect("a name");
        let (token, entry) = TokenEntry::new(name, role, START, None).expect("random bytes");
        entries.push(entry);
        token
    };
    let tokens = [token("admin", Role::Admin), token("ann", Role::Customer(customer("ann")))];
    let mut config = config();
    config.tokens.in_environment = Some(Sources::for_environment(&entries));
    (start(config), tokens)
}

#[test]
fn a_token_is_shown_by_flag_or_variable() {
    let (server, [admin, ann]) = with_tokens();
    let cli = Cli::at(server.address());
    let run = cli.run("events").ended(4);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("wants a token"), "{}", run.stderr);
    assert!(run.stderr.contains("BOXOFFICE_TOKEN"), "{}", run.stderr);
    let event = "event create night --name Night --starts 2030-12-24T20:00:00Z \
        --section floor=10@30.00";
    cli.done(&format!("--token {admin} {event}"));
    let with_ann = |line: &str| {
        let mut command = cli.command(line.split_whitespace());
        Run::from(command.env("BOXOFFICE_TOKEN", ann.as_str()).output().expect("runs"))
    };
    with_ann("reserve night --standing 2 --customer ann").ended(0);
    let run = with_ann("reserve night --standing 2 --customer bob").ended(4);
    assert!(run.stderr.contains("for the customer ann only"), "{}", run.stderr);
    with_ann("event delete night").ended(4);
    assert_eq!(with_ann("reservations --json").ended(0).objects().len(), 1);
}
