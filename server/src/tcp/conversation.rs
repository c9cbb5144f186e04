//! A conversation: bytes in, requests decided, replies in their order. Network and deadlines are
//! the session's.

use super::answer::{Responder, Turn, may_take_long};
use super::awaited::Awaited;
use super::deferred::Deferred;
use super::output::{OutputBuffer, Timed};
use super::prefetch::{PREFETCHED, prefetch};
use super::watches::Watches;
use crate::admission::{ConnectionSeat, PooledPlace};
use crate::auth::Grant;
use crate::clock::moment;
use crate::fairness::{Party, TurnTaker};
use crate::metrics::{Closed, LaneNumber, Listener};
use crate::server_state::ServerState;
use crate::views::MonotonicReads;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::frame::read_request;
use boxoffice_protocol::limits::DEFAULT_IN_FLIGHT;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Request, RequestKind};
use bytes::{Buf, BytesMut};
use std::mem;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::time::Instant;

/// Requests that are executed before other connections have a turn.
const SHARE: usize = 64;

/// The state of a connection, without its network.
pub struct Conversation {
    pub(super) shared: Arc<ServerState>,
    pub(super) taker: Arc<TurnTaker>,
    pub(super) peer: IpAddr,
    /// The connection's seat; none without a listener.
    pub(super) seat: Option<Arc<ConnectionSeat>>,
    /// Bytes that were received and not decoded yet.
    pub input: BytesMut,
    /// Replies that have not left yet.
    pub(super) output: OutputBuffer,
    pub(super) told: MonotonicReads,
    pub(super) watches: Watches,
    pub(super) awaited: Awaited,
    /// Requests that wait for their events; none where this server decides alone.
    pub(super) deferred: Option<Box<Deferred>>,
    /// The client's permissions. Before its `Hello` it has none, and no other request is accepted.
    pub(super) grant: Option<Grant>,
    /// Set when the connection is to end: nothing more is read, and the replies still leave.
    pub closing: Option<Closed>,
    pub(super) in_flight: usize,
    /// The place of the requests in flight beyond the default.
    pub(super) further_in_flight: Option<PooledPlace>,
    /// Frames that were decoded.
    pub(super) frames: u64,
}

/// Why a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnEnd {
    /// No whole request is left.
    Drained,
    /// There is no room for another reply.
    Full,
    /// Other connections are next.
    ShareUsed,
}

/// How a request was executed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Executed {
    Quickly,
    /// It may have taken long.
    Slowly,
    /// Other tasks have a turn before the next attempt.
    NotYet,
    /// Requests before it have to be answered first.
    Held,
    /// The connection ends with its reply; what has arrived behind it is dropped.
    AsTheLast,
}

/// Which watched events are pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushWhen {
    Due,
    /// Only those whose watch has begun since the last push.
    OnlyNew,
}

/// How much of the news was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// No event was looked at.
    Nothing,
    /// There is more to push.
    Some,
    All,
}

impl Conversation {
    /// A conversation with a client at `peer`.
    pub fn new(shared: Arc<ServerState>, peer: IpAddr) -> Self {
        let taker = TurnTaker::new(&shared.turns, Party::unknown(peer));
        Self::taking_turns(shared, Arc::new(taker), peer)
    }

    /// A conversation with a client at `peer` whose connection takes turns.
    pub(super) fn taking_turns(
        shared: Arc<ServerState>,
        taker: Arc<TurnTaker>,
        peer: IpAddr,
    ) -> Self {
        let (pool, metrics) = (Arc::clone(&shared.watches), Arc::clone(&shared.metrics));
        let watches = Watches::new(pool, Party::unknown(peer), metrics);
        let deferred = shared.cluster.as_ref().map(|_| Box::new(Deferred::new()));
        Self {
            shared,
            taker,
            peer,
            seat: None,
            input: BytesMut::new(),
            output: OutputBuffer::new(moment()),
            told: MonotonicReads::default(),
            watches,
            awaited: Awaited::default(),
            deferred,
            grant: None,
            closing: None,
            in_flight: DEFAULT_IN_FLIGHT as usize,
            further_in_flight: None,
            frames: 0,
        }
    }

    /// Executes requests until none is left, or there is no room for replies, or the connection's
    /// share is used up: by the number of requests, or when `is_over` after one that may take long.
    /// The turn begins `now`.
    pub fn execute(&mut self, now: Instant, is_over: impl FnMut() -> bool) -> TurnEnd {
        self.output.begin_turn(now);
        if self.further_in_flight.as_ref().is_some_and(|place| place.lost.is_cancelled()) {
            self.have_fewer_in_flight();
        }
        // Requests are decided where they lie, so their bytes are the turn's own while it lasts.
        let mut input = mem::take(&mut self.input);
        let mut rest = &input[..];
        let end = self.execute_share(&mut rest, is_over);
        let executed = input.len() - rest.len();
        input.advance(executed);
        self.input = input;
        end
    }

    /// Executes requests of `input` and moves it behind them. A request that is not finished stays,
    /// and is decoded again in the next turn.
    fn execute_share(&mut self, input: &mut &[u8], mut is_over: impl FnMut() -> bool) -> TurnEnd {
        let lane = LaneNumber::here();
        for number in 0..SHARE {
            if number % PREFETCHED == 0 {
                prefetch(input, &self.shared.catalog);
            }
            if !self.has_room() {
                return TurnEnd::Full;
            }
            if self.shared.ledger.is_failed() {
                return TurnEnd::Drained;
            }
            let read = read_request(input, |correlation, request| match request {
                Ok(request) if self.is_greeted() => self.answer(lane, correlation, request),
                other => self.begin(correlation, other),
            });
            let executed = match read {
                Ok(Some((Executed::NotYet, _))) => return TurnEnd::ShareUsed,
                Ok(Some((Executed::Held, _))) => return TurnEnd::Full,
                Ok(Some((executed, bytes))) => {
                    self.frames += 1;
                    *input = &input[bytes..];
                    executed
                }
                Ok(None) => return TurnEnd::Drained,
                Err(error) => {
                    self.refuse_bytes(input, &error);
                    Executed::AsTheLast
                }
            };
            match executed {
                Executed::AsTheLast => {
                    *input = &[];
                    return TurnEnd::Drained;
                }
                Executed::Slowly if is_over() => return TurnEnd::ShareUsed,
                _ => {}
            }
        }
        TurnEnd::ShareUsed
    }

    /// Another party has the place of the requests in flight beyond the default.
    #[cold]
    fn have_fewer_in_flight(&mut self) {
        self.further_in_flight = None;
        self.in_flight = DEFAULT_IN_FLIGHT as usize;
        self.shared.metrics.in_flight_gave_way.add(1);
    }

    pub(crate) fn has_room(&self) -> bool {
        let in_flight = self.output.in_flight() + self.awaited.count();
        in_flight < self.in_flight
            && self.output.len() < self.shared.config.output_bytes
            && self.deferred.as_ref().is_none_or(|it| it.has_room(self.in_flight - in_flight))
    }

    pub fn wants_input(&self) -> bool {
        self.closing.is_none() && self.has_room()
    }

    /// Whether the client's `Hello` was accepted.
    pub(super) const fn is_greeted(&self) -> bool {
        self.grant.is_some()
    }

    /// Answers a request if the client's grant admits it. The grant may have ended since the last
    /// one.
    #[inline(always)]
    fn answer(&mut self, lane: LaneNumber, correlation: u32, request: &Request<&str>) -> Executed {
        if self.deferred.is_some() {
            return self.answer_in_cluster(lane, correlation, request);
        }
        let Self { shared, output, told, watches, awaited, grant, .. } = self;
        let peer = self.peer;
        let grant = grant.as_ref().expect("no request is taken before Hello");
        let executed = match grant.admit(request) {
            Ok(admitted) => {
                let timed = Timed::of(request.kind());
                let mut responder =
                    Responder { shared, output, told, watches, awaited, peer, timed };
                match responder.answer(correlation, admitted) {
                    Turn::Again => return Executed::NotYet,
                    Turn::Answered if may_take_long(request) => Executed::Slowly,
                    Turn::Answered => Executed::Quickly,
                }
            }
            Err(refusal) => self.deny(correlation, refusal),
        };
        self.shared.metrics.counters(lane).count_request(Listener::Tcp, Some(request.kind()));
        executed
    }

    /// Refuses a request. If the grant has ended, so does the connection.
    #[cold]
    pub(super) fn deny(&mut self, correlation: u32, refusal: Refusal) -> Executed {
        if self.grant.as_ref().is_some_and(Grant::is_valid) {
            self.responder(Timed::No).put_refusal(correlation, refusal);
            Executed::Quickly
        } else {
            self.close_with(correlation, refusal, Closed::NotAllowed);
            Executed::AsTheLast
        }
    }

    pub(super) fn responder(&mut self, timed: Timed) -> Responder<'_> {
        let Self { shared, output, told, watches, awaited, peer, .. } = self;
        Responder { shared, output, told, watches, awaited, peer: *peer, timed }
    }

    /// Answers the handshake and unreadable requests.
    #[cold]
    fn begin(&mut self, correlation: u32, request: Result<&Request<&str>, Refusal>) -> Executed {
        self.count(match request {
            Ok(Request::Hello(_)) => Some(RequestKind::Hello),
            _ => None,
        });
        match (request, self.is_greeted()) {
            (Ok(Request::Hello(hello)), _) => self.shake_hands(correlation, hello),
            (Ok(_), _) => {
                let refusal = Refusal::invalid("hello", "must be the first request");
                self.close_with(correlation, refusal, Closed::Handshake);
            }
            (Err(refusal), false) => self.close_with(correlation, refusal, Closed::Handshake),
            (Err(refusal), true) => self.responder(Timed::No).put_refusal(correlation, refusal),
        }
        if self.is_greeted() { Executed::Quickly } else { Executed::AsTheLast }
    }

    /// Counts a request; `None` stands for an unreadable one.
    fn count(&self, kind: Option<RequestKind>) {
        self.shared.metrics.here().count_request(Listener::Tcp, kind);
    }

    pub(super) fn close_with(&mut self, correlation: u32, refusal: Refusal, cause: Closed) {
        self.responder(Timed::No).put_refusal(correlation, refusal);
        self.input.clear();
        self.closing = Some(cause);
    }

    /// Pushes changes of watched events that are due. A connection that ends gets one last push.
    pub fn push_news(&mut self, when: PushWhen) -> Pushed {
        if self.watches.is_empty() {
            return Pushed::Nothing;
        }
        if let Some(Err(refusal)) = self.grant.as_ref().map(Grant::lasts) {
            self.watches.clear();
            self.close_with(0, refusal, Closed::NotAllowed);
            return Pushed::Nothing;
        }
        let ends = self.closing.is_some();
        // A watch that begins while there is no room stays marked until there is.
        if !ends && !self.has_room() {
            self.watches.begun &= !mutants::on(Mutant::WatchForgotten);
            return Pushed::Nothing;
        }
        if !(when == PushWhen::Due || self.watches.take_begun() || ends) {
            return Pushed::Nothing;
        }
        let now = self.shared.clock.now();
        let room = self.shared.config.output_bytes;
        let more = self.watches.pull(&mut self.output, &mut self.told, now, room);
        if ends {
            self.watches.clear();
        }
        if more && !ends { Pushed::Some } else { Pushed::All }
    }

    pub fn is_watching(&self) -> bool {
        !self.watches.is_empty()
    }

    /// Whether a watched event has changed since the last call.
    #[cfg(feature = "simulation")]
    pub fn has_news(&mut self) -> bool {
        let changed = std::pin::pin!(self.watches.changed());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        changed.poll(&mut context).is_ready()
    }

    /// Whether all replies have left.
    pub fn is_silent(&self) -> bool {
        self.output.is_empty()
    }

    /// Bytes that wait for the client to read: replies, and requests that are not decided meanwhile.
    pub(super) fn waiting_bytes(&self) -> usize {
        self.output.len() + self.input.len()
    }

    /// Whether all replies have left and none is still to come.
    pub(crate) fn owes_nothing(&self) -> bool {
        self.is_silent() && self.awaited.count() == 0 && !self.has_deferred()
    }

    /// Answers a request whose answer has come.
    pub(super) fn put_awaited(&mut self, (correlation, body): (u32, Body)) {
        self.responder(Timed::No).put_body(correlation, body);
    }

    /// The bytes that may leave now.
    pub fn ready(&self) -> &[u8] {
        self.output.ready(self.shared.ledger.durable())
    }

    /// Removes sent bytes, and counts the replies that have left whole.
    pub fn sent(&mut self, bytes: usize, now: Instant) {
        let counters = self.shared.metrics.here();
        self.output.sent(bytes, |mark| {
            let (changes, looks) = (mark.timed(Timed::Change), mark.timed(Timed::Look));
            counters.count_replies(now.saturating_duration_since(mark.turn), changes, looks);
        });
    }

    /// Ends the connection if the ledger has failed. Replies that wait for it become
    /// `OutcomeUnknown`: the next start may or may not find their changes.
    pub fn give_up_if_failed(&mut self) {
        if !self.shared.ledger.is_failed() {
            return;
        }
        let durable = self.shared.ledger.durable();
        for correlation in self.output.drop_unready(durable) {
            self.responder(Timed::No).put_refusal(correlation, Refusal::OutcomeUnknown);
        }
        self.closing = Some(Closed::LedgerFailed);
        self.watches.clear();
    }
}
