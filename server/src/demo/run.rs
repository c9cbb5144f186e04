//! The course of the demo.

use super::{events, race, report};
use crate::announcement::{announce, say};
use crate::signals::Signals;
use boxoffice_client::{Client, ClientConfig, TlsConfig};
use boxoffice_protocol::id::{Principal, Token};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_server::auth::{Role, Sources, TokenEntry};
use boxoffice_server::clock::Clock;
use boxoffice_server::config::Config;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

/// Runs the demo. With `once` it ends after the race, with success only if every count is right;
/// otherwise the server stays up. `listen` is the address that the user asked for, if any.
pub(crate) async fn run(
    mut config: Config,
    listen: Option<SocketAddr>,
    once: bool,
) -> anyhow::Result<ExitCode> {
    if once && listen.is_none() {
        config.listen = (Ipv4Addr::LOCALHOST, 0).into();
        config.http_listen = None;
    }
    // The customers are in this process, so any certificate will do.
    let tls = config.tls.is_some().then(TlsConfig::insecure);
    let signals = Signals::new()?;
    let token = own_token(&mut config)?;
    let visitors_come = config.visitors.unwrap_or(token.is_none());
    let server = Server::start(config).await?;
    announce(&server)?;
    let customer =
        ClientConfig { server: server.address().to_string(), token, tls, ..Default::default() };
    let as_expected = show(&server, &customer).await?;
    if once {
        server.stop().await;
        return Ok(if as_expected { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    say(&report::next_commands(server.address(), &customer))?;
    if let (true, Some(address)) = (visitors_come, server.http_address()) {
        say(&report::page(address, server.speaks_tls()))?;
    }
    Ok(signals.serve_until_stopped(server).await.into())
}

/// Where a token is needed, the demo makes one for as long as it runs.
fn own_token(config: &mut Config) -> anyhow::Result<Option<Token>> {
    let mut sources = Sources::new(&config.tokens)?;
    if !sources.load()?.are_wanted() {
        return Ok(None);
    }
    let now = Clock::system(Timestamp::default()).now();
    let name = Principal::parse("boxoffice-server demo")?;
    let (token, entry) = TokenEntry::new(name, Role::Admin, now, None)?;
    sources.others.push(entry);
    config.tokens.in_environment = Some(Sources::for_environment(&sources.others));
    Ok(Some(token))
}

/// Creates the events, runs both races and reports. Returns whether every count was right.
async fn show(server: &Server, config: &ClientConfig) -> anyhow::Result<bool> {
    let client = Client::connect(config.clone()).await?;
    events::create(&client).await?;
    say(&report::catalog(&client.events().await?))?;

    let places = race::for_places(config, &events::small_hall()).await?;
    say(&report::first_race(&places))?;
    let seat = race::for_one_seat(config, &events::front_row()).await?;
    say(&report::second_race(&seat))?;

    server.catalog().invariants();
    let audits = [
        race::audit(&client, &events::small_hall()).await?,
        race::audit(&client, &events::front_row()).await?,
    ];
    let (summary, as_expected) = report::summary(&places, &seat, &audits);
    say(&summary)?;
    Ok(as_expected)
}
