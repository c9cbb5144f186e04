//! Servers in the test's own process.

use super::clocked_store::ClockedStore;
use boxoffice_protocol::id::{Principal, Token};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::auth::{Role, Sources, TokenEntry};
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{Config, StoreChoice};
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::START;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Settings for tests: free ports.
pub(crate) fn config() -> Config {
    let free = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Config { listen: free, http_listen: Some(free), ..Config::default() }
}

/// Starts a server with these dependencies; by default the clock is the machine's.
///
/// `BOXOFFICE_TEST_STORE=memory` has servers without a data folder decide over the engine in memory, as
/// those do that share a store: what a client may expect is the same.
pub(crate) async fn start_with(mut given: Dependencies, mut config: Config) -> Server {
    let is_shared = std::env::var("BOXOFFICE_TEST_STORE").is_ok_and(|store| store == "memory");
    let is_free = given.store.is_none() && given.ledger.is_none();
    if is_shared && is_free && matches!(config.store, StoreChoice::Memory) {
        let system = || Clock::system(Timestamp::default());
        let clock = given.clock.get_or_insert_with(system).clone();
        given.store = Some(Arc::new(ClockedStore::new(clock)));
        // Tests that move the clock let hours pass at once.
        config.store_timeout = Duration::from_secs(24 * 60 * 60);
    }
    Server::start_with(config, given).await.expect("a free port")
}

/// Makes a token, and has servers with these settings accept it.
#[allow(dead_code, reason = "not every program has tokens")]
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
