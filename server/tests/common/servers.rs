//! Servers in the test's own process.

use boxoffice_protocol::id::{Principal, Token};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::auth::{Role, TokenEntry};
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_testing::START;
use std::net::{Ipv4Addr, SocketAddr};

/// Settings for tests: free ports, and a clock that the test moves.
pub(crate) fn config() -> Config {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Config {
        listen: free,
        http_listen: Some(free),
        clock: Some(Clock::manual(START)),
        ..Config::default()
    }
}

pub(crate) async fn start(config: Config) -> Server {
    Server::start(config).await.expect("a free port")
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
    config.tokens.others.push(entry);
    token
}
