//! Servers in the test's own process.

use boxoffice_protocol::id::{Principal, Token};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::auth::{Role, Sources, TokenEntry};
use boxoffice_server::config::Config;
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::START;
use std::net::{Ipv4Addr, SocketAddr};

/// Settings for tests: free ports.
pub(crate) fn config() -> Config {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Config { listen: free, http_listen: Some(free), ..Config::default() }
}

/// Starts a server with these dependencies; by default the clock is the machine's.
pub(crate) async fn start_with(given: Dependencies, config: Config) -> Server {
    Server::start_with(config, given).await.expect("a free port")
}

/// Makes a token, and has servers with these settings accept it.
pub(crate) fn admit(
    config: &mut Config,
    name: &str,
    role: Role,
    expires: Option<Timestamp>,
) -> Token {
    let name = Principal::parse(name).expect("a name");
    let (token, entry) = TokenEntry::new(name, role, START, expires).expect("random bytes");
    let mut sources = Sources::new(&config.tokens).expect("as it was written below");
    sources.others.push(entry);
    config.tokens.in_environment = Some(Sources::for_environment(&sources.others));
    token
}
