//! A server with a token of every role.

use crate::common::admit;
use crate::kinds::start;
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::Token;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_server::config::Config;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{create, customer};

/// A server with this film, and the tokens of an admin, an agent, the customer ann, and a reader.
pub(crate) async fn with_every_role(mut config: Config, film: EventSpec) -> (Server, [Token; 4]) {
    let roles = [Role::Admin, Role::Agent, Role::Customer(customer("ann")), Role::Reader];
    let mut number = 0;
    let tokens = roles.map(|role| {
        number += 1;
        admit(&mut config, &format!("token {number}"), role, None)
    });
    let server = start(config).await;
    enter(server.address(), &tokens[0]).await.ask(&create("film", film)).await;
    (server, tokens)
}
