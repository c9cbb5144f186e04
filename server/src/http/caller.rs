//! The caller of a request: its grant, and the way of its requests through dispatch.

use super::bearer::Bearer;
use super::deadline_stream::{Streaming, Turns};
use super::problem::Problem;
use super::visitor_cookie::{Visit, visit};
use super::{forwarded, operating_paths};
use crate::admission::ConnectionSeat;
use crate::auth::{Admitted, AuthError, Grant};
use crate::catalog::{Allowance, Answer, Step, Viewer};
use crate::cluster::{Cluster, Kept, Settlement, Way};
use crate::config::Config;
use crate::fairness::{Party, TurnTaker};
use crate::ledger::Position;
use crate::login;
use crate::metrics::Listener;
use crate::server_state::ServerState;
use crate::views::MonotonicReads;
use axum::extract::FromRequestParts;
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, Request, RequestKind};
use hyper::HeaderMap;
use hyper::http::request::Parts;
use parking_lot::{Mutex, MutexGuard};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use tokio_util::sync::WaitForCancellationFutureOwned;

/// The state of a connection, shared with its requests.
#[derive(Debug)]
pub(super) struct ConnectionContext {
    address: IpAddr,
    seat: Arc<ConnectionSeat>,
    taker: Arc<TurnTaker>,
    told: Mutex<MonotonicReads>,
    turns: Arc<Turns>,
    /// The number of the kind of the current request; [`NONE`] where it is of no kind.
    asks: AtomicU8,
}

/// No kind of request has this number.
const NONE: u8 = u8::MAX;

impl ConnectionContext {
    pub(super) fn new(
        address: IpAddr,
        (seat, taker): (Arc<ConnectionSeat>, Arc<TurnTaker>),
        turns: Arc<Turns>,
    ) -> Self {
        Self {
            address,
            seat,
            taker,
            told: Mutex::new(MonotonicReads::default()),
            turns,
            asks: AtomicU8::new(NONE),
        }
    }

    /// The address of a request's client: the peer's, or what a trusted proxy says.
    fn client(&self, headers: &HeaderMap, config: &Config) -> IpAddr {
        if !config.is_trusted_proxy(self.address) {
            return self.address;
        }
        let is_proxy = |address| config.is_trusted_proxy(address);
        forwarded::client(headers, is_proxy).unwrap_or(self.address)
    }

    /// Seats the caller's party. The connection of a proxy is the proxy's, and anyone may ask how
    /// the server does.
    fn seat(&self, party: &Party, parts: &Parts, config: &Config) -> Result<(), Problem> {
        if operating_paths::is_operating(parts.uri.path()) || config.is_trusted_proxy(self.address)
        {
            return Ok(());
        }
        self.seat.identify(party).map_err(|_| Problem::TooManyConnections)
    }

    /// The kind of the request that was answered last, once. A connection answers one request at a
    /// time.
    pub(super) fn take_kind(&self) -> Option<RequestKind> {
        let number = self.asks.load(Ordering::Relaxed);
        self.asks.store(NONE, Ordering::Relaxed);
        RequestKind::ALL.get(usize::from(number)).copied()
    }
}

/// Why a request without a customer is refused.
const MISSING_CUSTOMER: &str = "is needed from a caller that may act for several";

/// The caller of a request.
#[derive(Debug, Clone)]
pub(super) struct HttpCaller {
    pub(super) shared: Arc<ServerState>,
    connection: Arc<ConnectionContext>,
    grant: Grant,
    /// The client's address.
    pub(super) from: IpAddr,
}

/// An answer whose position is durable.
#[derive(Debug)]
pub(super) struct DurableAnswer {
    pub(super) version: u64,
    pub(super) body: Body,
}

impl HttpCaller {
    /// Decides a request, and waits until its answer is durable.
    ///
    /// The future may be dropped at any await, when the client goes away. A decision is made in one
    /// piece, and stands whether its answer is sent or not.
    pub(super) async fn execute(&self, request: &Request<&str>) -> Result<DurableAnswer, Problem> {
        self.decide(self.admit(request)?).await
    }

    /// A refusal that rests on no version, counted.
    pub(super) fn refused(&self, refusal: Refusal) -> Problem {
        self.shared.metrics.here().count_refusal(Listener::Http, &refusal);
        Problem::refused(refusal)
    }

    pub(super) async fn decide(&self, admitted: Admitted<'_>) -> Result<DurableAnswer, Problem> {
        let mut _kept = Kept::new();
        if let Some(cluster) = self.shared.cluster.clone() {
            let way = cluster.way(admitted.request(), &self.told());
            match way {
                Way::Here(kept) => _kept = kept,
                Way::Confirm => _kept = self.confirm_in(&cluster, admitted.request()).await?,
                Way::Decide => {
                    let answer = cluster.answer(admitted, self.from).await;
                    return self.when_durable(answer.unwrap_or_else(unknown_outcome)).await;
                }
            }
        }
        let answer = loop {
            match self.shared.decide(admitted) {
                Step::Done(answer) => break answer,
                // Expired holds were recorded; other tasks have a turn.
                Step::Again => tokio::task::yield_now().await,
            }
        };
        self.when_durable(answer).await
    }

    /// Where several servers change events: waits until it is known what a read will show. A cached view
    /// will do for a while without that. What it shows stays loaded while the result is kept.
    pub(super) async fn confirm(&self, request: &Request<&str>) -> Result<Kept, Problem> {
        let Some(cluster) = self.shared.cluster.clone() else { return Ok(Kept::new()) };
        let way = cluster.way(request, &self.told());
        match way {
            Way::Here(kept) => Ok(kept),
            Way::Confirm => self.confirm_in(&cluster, request).await,
            Way::Decide => Ok(Kept::new()),
        }
    }

    async fn confirm_in(
        &self,
        cluster: &Arc<Cluster>,
        request: &Request<&str>,
    ) -> Result<Kept, Problem> {
        let since = self.told().wants_list(Freshness::Cached).since;
        match cluster.confirmed(request, since).await {
            Settlement::Confirmed(kept) => Ok(kept),
            Settlement::Answer(answer) => self.when_durable(answer).await.map(|_| Kept::new()),
            Settlement::Unconfirmed => cluster.may_show_to(request).ok_or_else(|| {
                let why = UnavailableWhy::SharedStore;
                self.refused(Refusal::Unavailable { why })
            }),
        }
    }

    /// Counts a request and admits it, before anything that it names is looked up.
    pub(super) fn admit<'a>(
        &'a self,
        request: &'a Request<&'a str>,
    ) -> Result<Admitted<'a>, Problem> {
        self.begin(request.kind())?;
        self.admit_uncounted(request)
    }

    /// Admits a request without counting or deciding it.
    pub(super) fn admit_uncounted<'a>(
        &'a self,
        request: &'a Request<&'a str>,
    ) -> Result<Admitted<'a>, Problem> {
        self.grant.admit(request).map_err(|refusal| match self.grant.is_valid() {
            true => Problem::refused(refusal),
            // The grant has ended while the body came.
            false => Problem::Unauthenticated(AuthError::Unknown),
        })
    }

    /// The party that streams are shared by.
    pub(super) fn party(&self) -> Party {
        Party::of(&self.grant, self.from)
    }

    /// How long the caller may hold places.
    pub(super) fn hold_rules(&self) -> HoldRules {
        let Config { holds, limits, .. } = &self.shared.config;
        let (role, principal) = (self.grant.role(), self.grant.principal());
        Allowance::of(role, principal, self.grant.is_visitors()).holds(holds, limits)
    }

    /// Which events the caller is shown.
    pub(super) fn viewer(&self) -> Viewer {
        Viewer::of(self.grant.role(), self.grant.is_visitors())
    }

    /// Whether the grant still lasts, for answers that take long.
    pub(super) fn is_valid(&self) -> bool {
        self.grant.is_valid()
    }

    /// Resolves when the grant is revoked.
    pub(super) fn revoked(&self) -> WaitForCancellationFutureOwned {
        self.grant.revoked()
    }

    /// The customer that a request is for. A caller that may act for one customer only need not
    /// name it.
    pub(super) fn acts_for(&self, named: Option<CustomerId>) -> Result<CustomerId, Problem> {
        let own = || self.grant.role().customer().cloned();
        named
            .or_else(own)
            .ok_or_else(|| Problem::refused(Refusal::invalid("customer", MISSING_CUSTOMER)))
    }

    /// The problem that a refusal is, once it is durable.
    pub(super) async fn refuse(&self, refused: Answer) -> Problem {
        match self.when_durable(refused).await {
            Err(problem) => problem,
            Ok(_) => unreachable!("only refusals are told so"),
        }
    }

    async fn when_durable(&self, answer: Answer) -> Result<DurableAnswer, Problem> {
        self.told().heard_answer(&answer, &self.shared.clock);
        self.durable(answer.position).await?;
        let version = answer.version;
        match answer.body {
            Body::Refused(refusal) => {
                self.shared.metrics.here().count_refusal(Listener::Http, &refusal);
                Err(Problem::Refused { refusal, version })
            }
            body => Ok(DurableAnswer { version, body }),
        }
    }

    /// Counts a request, and refuses it if the ledger has failed.
    fn begin(&self, kind: RequestKind) -> Result<(), Problem> {
        self.connection.asks.store(kind as u8, Ordering::Relaxed);
        self.shared.metrics.here().count_request(Listener::Http, Some(kind));
        self.refuse_if_failed()
    }

    /// Nothing is decided after the ledger has failed.
    pub(super) fn refuse_if_failed(&self) -> Result<(), Problem> {
        let why = UnavailableWhy::StorageFailed;
        match self.shared.ledger.is_failed() {
            true => Err(Problem::LedgerFailed(Refusal::Unavailable { why })),
            false => Ok(()),
        }
    }

    /// Waits until the position that an answer depends on is durable (law 2).
    pub(super) async fn durable(&self, position: Position) -> Result<(), Problem> {
        let ledger = &self.shared.ledger;
        if ledger.durable() >= position {
            return Ok(());
        }
        let unknown = |_| Problem::LedgerFailed(Refusal::OutcomeUnknown);
        ledger.reached(position).await.map_err(unknown)
    }

    /// Marks the answer as a stream, until the guard is dropped.
    pub(super) fn stream(&self) -> Streaming {
        self.connection.turns.stream()
    }

    /// Raises the floor of the connection's monotonic reads to the present time.
    pub(super) fn raise_floor(&self) {
        self.told().heard_of_many(self.shared.clock.now());
    }

    /// The versions that the connection was sent. Never held across an await.
    pub(super) fn told(&self) -> MutexGuard<'_, MonotonicReads> {
        self.connection.told.lock()
    }
}

impl FromRequestParts<Arc<ServerState>> for HttpCaller {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        shared: &Arc<ServerState>,
    ) -> Result<Self, Problem> {
        let connection = parts.extensions.get::<Arc<ConnectionContext>>();
        let connection = connection.expect("every connection puts its context into its requests");
        let from = connection.client(&parts.headers, &shared.config);
        let grant = match Bearer::of(&parts.headers) {
            Bearer::Token(token) => shared.auth.authenticate(Some(&token), from),
            Bearer::Missing => match visit(parts, shared) {
                Visit::Of(customer) => Ok(shared.auth.visitor_grant(customer)),
                Visit::UnknownPass if !parts.method.is_safe() => return Err(unknown_pass()),
                Visit::None | Visit::UnknownPass => shared.auth.authenticate(None, from),
            },
            // Without tokens in use no token is looked at.
            Bearer::Unreadable => {
                shared.auth.authenticate(None, from).map_err(|_| AuthError::Unknown)
            }
        };
        let grant = grant.map_err(|refused| {
            login::count_failure(&shared.metrics.http, refused);
            Problem::Unauthenticated(refused)
        })?;
        let party = Party::of(&grant, from);
        let seated = connection.seat(&party, parts, &shared.config);
        seated.inspect_err(|_| shared.metrics.http.busy.add(1))?;
        connection.taker.belong_to(party);
        connection.taker.turn().await;
        Ok(Self { shared: Arc::clone(shared), connection: Arc::clone(connection), grant, from })
    }
}

/// A browser whose pass the server does not know acts for no customer, and has no other rights either.
fn unknown_pass() -> Problem {
    let why = "the cookie is no pass that this server gives; POST /v1/visitor gives one";
    Problem::refused(Refusal::NotAllowed { why: why.to_owned().into() })
}

/// A request was sent to its event, which gave no answer.
fn unknown_outcome() -> Answer {
    Answer::plain(Body::Refused(Refusal::OutcomeUnknown))
}
