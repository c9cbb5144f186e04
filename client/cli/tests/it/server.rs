//! Servers in the test's own process.

use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::cli::Cli;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::runtime::{Builder, Runtime};

/// Settings for tests: a free port, no HTTP, and the machine's clock.
pub(super) fn config() -> Config {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Config { listen, http_listen: None, ..Config::default() }
}

/// Starts a server, which has threads of its own.
pub(super) fn start(config: Config) -> Server {
    runtime().block_on(Server::start(config)).expect("a free port")
}

/// Starts a server with test settings, and returns a terminal for it.
pub(super) fn serve() -> (Server, Cli) {
    let server = start(config());
    let cli = Cli::at(server.address());
    (server, cli)
}

/// Creates an opera with three rows of nine seats.
pub(super) fn create_opera(cli: &Cli) {
    cli.done(
        "event create opera --name Opera --starts 2030-03-01T19:30:00Z --section pit=3x9@12.00",
    );
}

/// The customers that have reservations, each with its seats.
pub(super) fn booked(cli: &Cli) -> Vec<String> {
    let mut booked: Vec<_> = cli
        .objects("reservations")
        .iter()
        .map(|made| format!("{} {}", made["customer"], made["seats"]).replace('"', ""))
        .collect();
    booked.sort();
    booked
}

/// Stops a server. Its port is closed when this returns.
pub(super) fn stop(server: Server) {
    runtime().block_on(server.stop());
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}
