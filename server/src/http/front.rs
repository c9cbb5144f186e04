//! The front of HTTP: the router of a server, or of one that still recovers.

use super::router::{operators_router, router, router_while_recovering};
use super::stream::Streams;
use crate::admission::{ConnectionLimits, ConnectionPool};
use crate::auth::TokenRegistry;
use crate::config::Config;
use crate::fairness::Turns;
use crate::metrics::{Listener, Metrics};
use crate::server_state::{EarlyState, ServerState};
use crate::tls::Tls;
use axum::Router;
use std::sync::{Arc, OnceLock};

/// The router behind the port, exchanged when the server has recovered.
#[derive(Debug)]
pub(crate) struct Front {
    pub(super) config: Config,
    pub(super) metrics: Arc<Metrics>,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) turns: Arc<Turns>,
    pub(super) pool: Arc<ConnectionPool>,
    audience: Audience,
    excuse: Router,
    server: OnceLock<Served>,
}

/// The clients that a port is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    Everybody,
    /// Probes and scrapers, which find no other address there.
    Operators,
}

/// The router of a recovered server.
#[derive(Debug)]
struct Served {
    router: Router,
    auth: Arc<TokenRegistry>,
}

impl Front {
    /// The front of a server that recovers.
    pub(crate) fn new(config: Config, early: &EarlyState, audience: Audience) -> Self {
        let limits = match audience {
            Audience::Everybody => ConnectionLimits::of(Listener::Http, &config),
            Audience::Operators => ConnectionLimits::of_operators(),
        };
        let pool = Arc::new(ConnectionPool::new(limits, Arc::clone(&early.unsent)));
        let (metrics, tls) = (Arc::clone(&early.metrics), early.tls.clone());
        let (excuse, server) = (router_while_recovering(), OnceLock::new());
        let turns = Arc::clone(&early.turns);
        Self { config, metrics, tls, turns, pool, audience, excuse, server }
    }

    /// Answers for a recovered server from now on, on open connections too.
    pub(crate) fn open(&self, shared: &Arc<ServerState>) {
        let router = || match self.audience {
            Audience::Everybody => router(Arc::clone(shared), Streams::new(shared, &shared.stop)),
            Audience::Operators => operators_router(Arc::clone(shared)),
        };
        self.server.get_or_init(|| Served { router: router(), auth: Arc::clone(&shared.auth) });
    }

    pub(super) fn router(&self) -> &Router {
        self.server.get().map_or(&self.excuse, |served| &served.router)
    }

    /// Whether every client needs a token. During recovery there is nothing to protect.
    pub(super) fn wants_tokens(&self) -> bool {
        self.server.get().is_none_or(|served| served.auth.wants_tokens())
    }
}
