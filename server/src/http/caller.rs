//! Who asks, and how what is asked is taken to the desk.

use super::bearer::Bearer;
use super::deadline_stream::{Streaming, Turns};
use super::problem::Problem;
use super::visitor_cookie::visitor;
use crate::auth::{Admitted, AuthError, Grant};
use crate::catalog::{Answer, Step};
use crate::ledger::Position;
use crate::login;
use crate::metrics::Listener;
use crate::server_state::ServerState;
use crate::views::Told;
use axum::extract::FromRequestParts;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::request_kind::RequestKind;
use hyper::http::request::Parts;
use parking_lot::{Mutex, MutexGuard};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

/// What is known of whoever is on a connection, for as long as it lasts.
#[derive(Debug)]
pub(super) struct ConnectionContext {
    address: SocketAddr,
    told: Mutex<Told>,
    turns: Arc<Turns>,
    /// The number of the kind of request that it asks just now; [`NONE`] where it is of none.
    asks: AtomicU8,
}

/// No kind of request has this number.
const NONE: u8 = u8::MAX;

impl ConnectionContext {
    pub(super) fn new(address: SocketAddr, turns: Arc<Turns>) -> Self {
        Self { address, told: Mutex::new(Told::default()), turns, asks: AtomicU8::new(NONE) }
    }

    /// What it has asked since this was called last. One request at a time is answered.
    pub(super) fn take_kind(&self) -> Option<RequestKind> {
        let number = self.asks.load(Ordering::Relaxed);
        self.asks.store(NONE, Ordering::Relaxed);
        RequestKind::ALL.get(usize::from(number)).copied()
    }
}

/// Where nobody says whom a request is for.
const UNSAID: &str = "must be said by who may act for several";

/// Whoever asks a request, at the desk.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) shared: Arc<ServerState>,
    connection: Arc<ConnectionContext>,
    grant: Grant,
}

/// What was decided, and may be told.
#[derive(Debug)]
pub(super) struct DurableAnswer {
    pub(super) version: u64,
    pub(super) body: Body,
}

impl Caller {
    /// Has a request decided, and waits until the answer may be told.
    ///
    /// Its future may be dropped at any await, when the client goes away: deciding is done in one
    /// piece, and what was decided stands whether anybody hears of it or not.
    pub(super) async fn ask(&self, request: &Request) -> Result<DurableAnswer, Problem> {
        self.decide(self.admit(request)?).await
    }

    /// The same with a new reservation, for which a visitor has to keep a pace. One that was there
    /// already, or is refused, takes nothing of it, unless the client goes away meanwhile.
    pub(super) async fn ask_anew(&self, request: &Request) -> Result<DurableAnswer, Problem> {
        let admitted = self.admit(request)?;
        if !admitted.is_visitors() {
            return self.decide(admitted).await;
        }
        let (pace, from) = (self.shared.auth.visitors().pace(), self.connection.address.ip());
        pace.take(from).map_err(|wait| self.too_fast(wait))?;
        let answered = self.decide(admitted).await;
        let is_new = |answered: &DurableAnswer| {
            matches!(answered.body, Body::Reservation { effect: Effect::Applied, .. })
        };
        if !answered.as_ref().is_ok_and(is_new) {
            pace.give_back(from);
        }
        answered
    }

    fn too_fast(&self, wait: Duration) -> Problem {
        let ms = wait.as_micros().div_ceil(1_000);
        let refusal = Refusal::Busy { retry_after_ms: ms.try_into().unwrap_or(u32::MAX) };
        self.shared.metrics.here().refused(Listener::Http, &refusal);
        Problem::refused(refusal)
    }

    async fn decide(&self, admitted: Admitted<'_>) -> Result<DurableAnswer, Problem> {
        let answer = loop {
            match self.shared.decide(admitted) {
                Step::Done(answer) => break answer,
                // Some holds were expired, which is recorded; others have a turn.
                Step::Again => tokio::task::yield_now().await,
            }
        };
        self.tell(answer).await
    }

    /// Lets a request in, before anything that it names is looked at.
    pub(super) fn admit<'a>(&'a self, request: &'a Request) -> Result<Admitted<'a>, Problem> {
        self.begin(request.kind())?;
        self.may_ask(request)
    }

    /// Whether who asks may ask this, which is neither counted nor decided.
    pub(super) fn may_ask<'a>(&'a self, request: &'a Request) -> Result<Admitted<'a>, Problem> {
        self.grant.admit(request).map_err(|refusal| match self.grant.is_valid() {
            true => Problem::refused(refusal),
            // It has ended while the body came.
            false => Problem::Unauthenticated(AuthError::Unknown),
        })
    }

    /// Whether who asked may still ask, for answers that last.
    pub(super) fn is_let_in(&self) -> bool {
        self.grant.is_valid()
    }

    /// For whom a request is that names this customer, or nobody: who may act for one customer only
    /// need not say which.
    pub(super) fn acts_for(&self, named: Option<CustomerId>) -> Result<CustomerId, Problem> {
        let own = || self.grant.role().customer().cloned();
        named.or_else(own).ok_or_else(|| Problem::refused(Refusal::invalid("customer", UNSAID)))
    }

    /// The refusal that an answer is, once it may be told.
    pub(super) async fn may_tell(&self, refused: Answer) -> Problem {
        match self.tell(refused).await {
            Err(problem) => problem,
            Ok(_) => unreachable!("only refusals are told so"),
        }
    }

    async fn tell(&self, answer: Answer) -> Result<DurableAnswer, Problem> {
        self.told().heard_answer(&answer, &self.shared.clock);
        self.durable(answer.position).await?;
        let version = answer.version;
        match answer.body {
            Body::Refused(refusal) => {
                self.shared.metrics.here().refused(Listener::Http, &refusal);
                Err(Problem::Refused { refusal, version })
            }
            body => Ok(DurableAnswer { version, body }),
        }
    }

    /// Counts what is asked for, and refuses it if the ledger has failed.
    fn begin(&self, kind: RequestKind) -> Result<(), Problem> {
        self.connection.asks.store(kind as u8, Ordering::Relaxed);
        self.shared.metrics.here().asked(Listener::Http, Some(kind));
        self.refuse_if_failed()
    }

    /// After the ledger has failed nothing is decided any more.
    pub(super) fn refuse_if_failed(&self) -> Result<(), Problem> {
        let why = UnavailableWhy::StorageFailed;
        match self.shared.ledger.is_failed() {
            true => Err(Problem::LedgerFailed(Refusal::Unavailable { why })),
            false => Ok(()),
        }
    }

    /// Waits until what an answer depends on is durable (law 2).
    pub(super) async fn durable(&self, position: Position) -> Result<(), Problem> {
        let ledger = &self.shared.ledger;
        if ledger.durable() >= position {
            return Ok(());
        }
        let unknown = |_| Problem::LedgerFailed(Refusal::OutcomeUnknown);
        ledger.reached(position).await.map_err(unknown)
    }

    /// The answer is a stream, until what this returns is dropped.
    pub(super) fn stream(&self) -> Streaming {
        self.connection.turns.stream()
    }

    /// The connection was told of many versions, until now.
    pub(super) fn heard_much(&self) {
        self.told().heard_of_many(self.shared.clock.now());
    }

    /// What the connection was told. Never held across an await.
    pub(super) fn told(&self) -> MutexGuard<'_, Told> {
        self.connection.told.lock()
    }
}

impl FromRequestParts<Arc<ServerState>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        let connection = parts.extensions.get::<Arc<ConnectionContext>>();
        let connection =
            connection.expect("every connection puts its connection into its requests");
        let from = connection.address.ip();
        let grant = match Bearer::of(&parts.headers) {
            Bearer::Token(token) => shared.auth.authenticate(Some(&token), from),
            Bearer::Missing => match visitor(parts, shared) {
                Some(customer) => Ok(shared.auth.visit(customer)),
                None => shared.auth.authenticate(None, from),
            },
            // Where no token is wanted none is looked at.
            Bearer::Unreadable => {
                shared.auth.authenticate(None, from).map_err(|_| AuthError::Unknown)
            }
        };
        let grant = grant.map_err(|refused| {
            login::count_failure(&shared.metrics.http, refused);
            Problem::Unauthenticated(refused)
        })?;
        Ok(Self { shared: Arc::clone(shared), connection: Arc::clone(connection), grant })
    }
}
