//! What was asked and answered, checked when it is answered.

use super::asking::{TrialRequest, TrialWish};
use crate::request::{Decided, Verdict};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_store::End;

/// A request and what became of it.
#[derive(Debug)]
pub(super) struct Promise {
    pub(super) wish: TrialWish,
    /// The log's version when it was asked, which its answer must not be older than.
    floor: u64,
    /// None for one that its server never answered.
    pub(super) verdict: Option<Verdict>,
}

impl Promise {
    pub(super) const fn decided(&self) -> Option<&Decided> {
        match &self.verdict {
            Some(Verdict::Decided(decided)) => Some(decided),
            _ => None,
        }
    }

    /// The decision, if the request was told that it made its version.
    pub(super) fn applied(&self) -> Option<&Decided> {
        self.decided().filter(|decided| match decided.body {
            Body::Reservation { effect, .. }
            | Body::OrderConfirmed { effect, .. }
            | Body::EventSaved { effect } => effect == Effect::Applied,
            _ => false,
        })
    }

    /// Whether it may be in the log without an answer that says so.
    pub(super) const fn is_open(&self) -> bool {
        matches!(self.verdict, None | Some(Verdict::OutcomeUnknown))
    }
}

/// Everything that was asked, by its number.
#[derive(Debug, Default)]
pub(super) struct Promises(pub(super) Vec<Promise>);

impl Promises {
    /// Keeps a request that is asked while the log ends there, and returns its number.
    pub(super) fn ask(&mut self, wish: TrialWish, visible: Option<End>) -> usize {
        let floor = visible.map_or(0, |end| end.version);
        self.0.push(Promise { wish, floor, verdict: None });
        self.0.len() - 1
    }

    /// Keeps a verdict. Its answer shows what is durable, and all that was in the log when it was
    /// asked.
    pub(super) fn answer(&mut self, of: &TrialRequest, verdict: Verdict, durable: u64) {
        let promise = &mut self.0[of.number];
        assert!(promise.verdict.is_none(), "request {} is answered twice", of.number);
        promise.verdict = Some(verdict);
        if let Some(decided) = promise.decided() {
            let (number, version, floor) = (of.number, decided.version, promise.floor);
            assert!(version <= durable, "request {number} shows {version}, durable is {durable}");
            assert!(version >= floor, "request {number} shows {version}, and was asked at {floor}");
        }
    }

    /// A failover took back what was behind this end.
    pub(super) fn fail_over(&mut self, durable: Option<End>) {
        let end = durable.map_or(0, |end| end.version);
        self.0.iter_mut().for_each(|promise| promise.floor = promise.floor.min(end));
    }
}
