//! The beginning of a connection, and the refusal of bytes of another protocol.

use super::conversation::Conversation;
use super::output::Timed;
use crate::catalog::Allowance;
use crate::config::Config;
use crate::fairness::Party;
use crate::ledger::Position;
use crate::listener::RETRY_AFTER_MS;
use crate::login;
use crate::metrics::Closed;
use crate::server_state::ServerState;
use crate::sniff::LooksLike;
use boxoffice_inventory::HoldRules;
use boxoffice_protocol::frame::FrameError;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::limits::{
    DEFAULT_IN_FLIGHT, MAGIC, MAX_IN_FLIGHT, PROTOCOL_VERSION, SUPPORTED_VERSIONS,
};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply, Welcome};
use boxoffice_protocol::request::Hello;
use std::time::Duration;

impl Conversation {
    pub(super) fn shake_hands(&mut self, correlation: u32, hello: &Hello) {
        if hello.magic != MAGIC {
            let refusal = Refusal::invalid("magic", "this is not a client of this protocol");
            return self.close_with(correlation, refusal, Closed::Handshake);
        }
        if !SUPPORTED_VERSIONS.contains(&hello.protocol_version) {
            let what = format!("protocol version {}", hello.protocol_version);
            let versions = SUPPORTED_VERSIONS.to_vec();
            let refusal = Refusal::Unsupported { what: what.into(), versions: versions.into() };
            return self.close_with(correlation, refusal, Closed::Handshake);
        }
        let grant = match self.shared.auth.authenticate(hello.token.as_ref(), self.peer) {
            Ok(grant) => grant,
            Err(refused) => {
                login::count_failure(&self.shared.metrics.tcp, refused);
                return self.close_with(correlation, refused.into(), Closed::NotAllowed);
            }
        };
        let party = Party::of(&grant, self.peer);
        if let Some(Err(full)) = self.seat.as_ref().map(|seat| seat.identify(&party)) {
            tracing::debug!(client = ?hello.client, %party, ?full, "too many connections");
            self.shared.metrics.tcp.busy.add(1);
            let refusal = Refusal::Busy { retry_after_ms: RETRY_AFTER_MS };
            return self.close_with(0, refusal, Closed::Busy);
        }
        let wanted = if hello.in_flight == 0 { DEFAULT_IN_FLIGHT } else { hello.in_flight };
        let in_flight = self.have_in_flight(wanted.min(MAX_IN_FLIGHT), &party);
        tracing::debug!(client = ?hello.client, %party, in_flight, "welcome");
        self.watches.party = party.clone();
        self.taker.belong_to(party);
        let customer = grant.role().customer().cloned();
        let Config { holds, limits, .. } = &self.shared.config;
        let allowance = Allowance::of(grant.role(), grant.principal(), grant.is_visitors());
        let holds = allowance.holds(holds, limits);
        self.grant = Some(grant);
        let body = Body::Welcome(Box::new(self.shared.welcome(in_flight, &holds, customer)));
        let reply = Reply { version: 0, age_ms: 0, body };
        self.output.put(correlation, &reply, Position::default(), Timed::No);
    }

    /// Lets the client have so many requests in flight, or the default where its party has no place
    /// for more. Returns how many it may have.
    fn have_in_flight(&mut self, wanted: u32, party: &Party) -> u32 {
        let further = wanted.saturating_sub(DEFAULT_IN_FLIGHT) as usize;
        let place = (further > 0)
            .then(|| self.shared.in_flight.take_together(party.clone(), further))
            .filter(|place| !place.lost.is_cancelled());
        let in_flight = if place.is_some() { wanted } else { wanted.min(DEFAULT_IN_FLIGHT) };
        (self.in_flight, self.further_in_flight) = (in_flight as usize, place);
        in_flight
    }

    /// Ends a connection whose bytes are no frames.
    pub(super) fn refuse_bytes(&mut self, bytes: &[u8], error: &FrameError) {
        tracing::debug!(%error, looks_like = LooksLike::of(bytes).name(), "not a frame");
        let cause = if self.is_greeted() { Closed::Malformed } else { Closed::Handshake };
        self.close_with(0, Refusal::invalid("frame", error.to_string()), cause);
    }
}

impl ServerState {
    fn welcome(&self, in_flight: u32, holds: &HoldRules, customer: Option<CustomerId>) -> Welcome {
        let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Welcome {
            protocol_version: PROTOCOL_VERSION,
            server: concat!("boxoffice/", env!("CARGO_PKG_VERSION")).to_owned().into(),
            server_time: self.clock.now(),
            in_flight,
            hold_default_ms: ms(holds.default),
            hold_min_ms: ms(holds.min),
            hold_max_ms: ms(holds.max),
            hold_life_ms: ms(holds.life),
            customer,
        }
    }
}
