//! A view, and what it takes to answer with it.
//!
//! HTTP needs besides a view's JSON a tag that names exactly these bytes, and their gzip form. Each
//! is made when it is first asked for, once for a view.

use crate::ledger::Position;
use boxoffice_protocol::request::Freshness;
use boxoffice_protocol::time::Timestamp;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use twox_hash::XxHash3_64;

#[derive(Debug)]
pub struct View {
    /// The version it shows.
    pub version: u64,
    /// It may be sent when this is durable.
    pub position: Position,
    /// A time before it was rendered: the view shows everything that was sent until then.
    pub begun_at: Timestamp,
    /// A time after it was rendered: what the view shows was so by then.
    pub done_at: Timestamp,
    /// The next deadline of a hold that it shows: it is as good as a new one until then at most.
    pub until: Timestamp,
    pub body: Bytes,
    /// Its tag and gzip form for HTTP, made when they are first needed.
    pub(super) writings: Writings,
}

/// A view, and how old it is: zero where nothing has changed since.
#[derive(Debug, Clone)]
pub struct Aged {
    pub view: Arc<View>,
    /// How old it is.
    pub age: Duration,
}

impl Aged {
    /// A view that was rendered just now.
    pub(super) fn new(view: Arc<View>) -> Self {
        // Where the ledger takes no expiries, it is what was so until the first of them.
        let age = view.done_at.since(view.until);
        Self { view, age }
    }
}

/// How far a look for a view came in one turn.
#[derive(Debug)]
pub enum Viewed {
    View(Aged),
    /// The event is gone.
    Gone,
    /// Some of the holds that are due were recorded as expired; let others have a turn, then look
    /// again.
    Again,
}

/// The least that a view must show.
#[derive(Debug, Clone, Copy)]
pub struct ViewRequirement {
    /// Whether it may be older than the event.
    pub freshness: Freshness,
    /// A version that its reader has seen.
    pub at_least: u64,
    /// The view has to be begun after this.
    pub since: Timestamp,
}

/// Shorter than this, packing saves no network packet.
const SHORTEST_PACKED: usize = 1_024;

/// The tag and gzip form of a view for HTTP.
#[derive(Debug)]
pub(super) enum Writings {
    /// It is not for HTTP.
    None,
    /// It may be asked for.
    Possible {
        tag: OnceLock<Bytes>,
        /// None where it would save less than half.
        gzip: OnceLock<Option<Bytes>>,
    },
}

impl Writings {
    pub(super) const fn possible() -> Self {
        Self::Possible { tag: OnceLock::new(), gzip: OnceLock::new() }
    }
}

impl View {
    /// The most bytes that it will ever take: a gzip form is kept only where it is less than half.
    pub(super) fn most_bytes(&self) -> usize {
        match self.writings {
            Writings::None => self.body.len(),
            Writings::Possible { .. } => self.body.len() + self.body.len() / 2,
        }
    }

    /// The entity tag of these bytes, in quotes: `"7-91f2c0…"`, the
    /// version and a hash, since a server that forgets begins again at version 1. Empty where the
    /// view is not for HTTP.
    pub(crate) fn tag(&self) -> Bytes {
        let tag = || {
            let hash = XxHash3_64::oneshot(&self.body);
            format!("\"{}-{hash:016x}\"", self.version).into()
        };
        match &self.writings {
            Writings::None => Bytes::new(),
            Writings::Possible { tag: made, .. } => made.get_or_init(tag).clone(),
        }
    }

    /// Its gzip form, where that is worth it.
    pub(crate) fn gzip(&self) -> Option<Bytes> {
        match &self.writings {
            Writings::None => None,
            Writings::Possible { gzip: made, .. } => made.get_or_init(|| gzip(&self.body)).clone(),
        }
    }
}

fn gzip(body: &[u8]) -> Option<Bytes> {
    if body.len() < SHORTEST_PACKED {
        return None;
    }
    let mut packed = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    // Writing into memory does not fail.
    packed.write_all(body).ok()?;
    let packed = packed.finish().ok()?;
    (packed.len() < body.len() / 2).then(|| Bytes::from(packed.into_boxed_slice()))
}
