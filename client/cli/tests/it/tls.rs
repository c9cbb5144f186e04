//! `boxoffice` and a server that speaks TLS.

use super::server::{config, start};
use boxoffice_server::config::Config;
use boxoffice_server::config::TlsFiles;
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::pki::Pki;
use std::process::Command;

#[test]
fn the_command_line_speaks_tls_with_an_authority_or_says_what_is_missing() {
    let pki = Pki::new();
    let (certificate, key) = (pki.path("cert.pem"), pki.path("key.pem"));
    let server = start(Config { tls: Some(TlsFiles { certificate, key }), ..config() });
    let cli = Cli::at(server.address());
    let ca = format!("--ca {}", pki.argument("ca.pem"));
    cli.run(&format!("ping {ca}")).ended(0);
    let line = "event create dune --name Dune --starts 2030-01-01T20:00:00Z --section a=2x2@9.00";
    cli.run(&format!("{line} {ca}")).ended(0);

    let unknown = cli.run("events --tls --timeout 5s").ended(3);
    assert!(unknown.stderr.contains("--ca FILE"), "{}", unknown.stderr);
    let insecure = cli.run("events --insecure --json").ended(0);
    assert!(insecure.stderr.contains("warning: --insecure"), "{}", insecure.stderr);
    assert_eq!(insecure.objects().len(), 1);
    let plain = cli.run("events").ended(3);
    assert!(plain.stderr.contains("add --tls"), "{}", plain.stderr);
    let bench = cli.run(&format!("bench standing {ca}")).ended(2);
    assert!(bench.stderr.contains("bench speaks no TLS"), "{}", bench.stderr);
    cli.run(&format!("ping {ca} --insecure")).ended(2);
    let missing = cli.run("ping --ca /no/such/ca.pem").ended(2);
    assert!(missing.stderr.contains("/no/such/ca.pem"), "{}", missing.stderr);

    let mut watching = cli.start(&format!("watch dune --json {ca}"));
    assert!(watching.line().expect("a snapshot").contains("\"version\":1"));
    let mut environment: Command = cli.command(["ping"]);
    environment.env("BOXOFFICE_CA", pki.argument("ca.pem"));
    Run::from(environment.output().expect("the program runs")).ended(0);
}
