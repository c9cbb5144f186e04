//! Servers whose clock stands until the test moves it.

use crate::common::start_with;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use boxoffice_server::{Dependencies, Server};
use boxoffice_testing::START;

/// Starts a server whose clock stands at [`START`].
pub(crate) async fn start(config: Config) -> Server {
    start_at(Clock::manual(START), config).await
}

/// Starts a server with this clock.
pub(crate) async fn start_at(clock: Clock, config: Config) -> Server {
    start_with(Dependencies { clock: Some(clock), ..Dependencies::default() }, config).await
}
