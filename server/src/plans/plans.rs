//! Plans: parts that come, plans that go out.

use super::drawings::{Drawings, DrawnPlan};
use super::kept_plan::{KeptPlan, canonical_form};
use super::registry::PlanRegistry;
use super::shared_work::{Later, SharedWork};
use super::store_plans::StorePlans;
use super::uploads::{PartTaken, Uploads};
use crate::clock::Clock;
use crate::fairness::Principal;
use crate::ledger::Ledger;
use crate::ledger::rows::PlanRow;
use boxoffice_plan::{PlanFormat, plan_digest};
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_store::Store;
use bytes::Bytes;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// Files that are read at once.
const FILES: usize = 4;

/// The answer to a request about a plan.
pub(crate) enum PlanAnswer {
    Now(Body),
    Later(Later<Body>),
}

/// A plan that was looked for; none where there is none.
type Fetched = Result<Option<Arc<KeptPlan>>, Refusal>;

/// The plans that this server keeps.
#[derive(Debug)]
pub struct Plans {
    pub(super) registry: Arc<PlanRegistry>,
    pub(super) uploads: Mutex<Uploads>,
    /// Files that are being read; each may have as many bytes as a plan.
    files: Arc<Semaphore>,
    saving: SharedWork<Body>,
    fetching: SharedWork<Fetched>,
    drawings: Drawings,
    /// Held while a plan is made durable or forgotten: one at a time.
    pub(super) writing: Mutex<()>,
    pub(super) ledger: Arc<Ledger>,
    /// Where plans lie if several servers share them.
    store: Option<StorePlans>,
    pub(super) clock: Clock,
}

impl Plans {
    /// Goes on with the plans that were restored, each for another day. With a store it has to be called
    /// inside the runtime.
    pub fn new(
        registry: Arc<PlanRegistry>,
        ledger: Arc<Ledger>,
        store: Option<Arc<dyn Store>>,
        clock: Clock,
    ) -> Self {
        registry.keep_all_on(clock.now());
        Self {
            registry,
            uploads: Mutex::default(),
            files: Arc::new(Semaphore::new(FILES)),
            saving: SharedWork::default(),
            fetching: SharedWork::default(),
            drawings: Drawings::default(),
            writing: Mutex::default(),
            ledger,
            store: store.map(StorePlans::new),
            clock,
        }
    }

    /// The plans in memory.
    pub fn registry(&self) -> &Arc<PlanRegistry> {
        &self.registry
    }

    /// Takes a part of a plan; the last one makes it durable.
    pub(crate) fn put_part(
        self: &Arc<Self>,
        by: Principal,
        digest: PlanDigest,
        (offset, part): (u32, &[u8]),
    ) -> PlanAnswer {
        let now = self.clock.now();
        if self.registry.keep_on(&digest, now) {
            return PlanAnswer::Now(Body::PlanSaved { effect: Effect::Unchanged });
        }
        let mut uploads = self.uploads.lock();
        if let Some(saved) = self.saving.join_if_begun(digest) {
            return later(saved);
        }
        match uploads.take(&(by, digest), offset, part, now) {
            Ok(PartTaken::Next(next)) => PlanAnswer::Now(Body::PlanPartTaken { next }),
            Ok(PartTaken::Whole(canonical)) => self.save(digest, canonical),
            Err(refusal) => PlanAnswer::Now(Body::Refused(refusal)),
        }
    }

    /// A part of a plan.
    pub(crate) fn part(self: &Arc<Self>, digest: PlanDigest, offset: u32) -> PlanAnswer {
        if self.store.is_none() || self.registry.find(&digest).is_some() {
            return PlanAnswer::Now(part_of(Ok(self.registry.kept(&digest)), offset));
        }
        let fetched = self.fetch(digest);
        PlanAnswer::Later(Box::pin(async move { part_of(fetched.await, offset) }))
    }

    /// A plan, also from the store that servers share.
    pub(crate) fn fetch(self: &Arc<Self>, digest: PlanDigest) -> Later<Fetched> {
        let found = self.registry.kept(&digest);
        if found.is_some() || self.store.is_none() {
            return Box::pin(async move { Ok(found) });
        }
        let this = Arc::clone(self);
        let lost = Err(unavailable(UnavailableWhy::SharedStore));
        let fetched = self.fetching.join(digest, lost, move || this.look_in_store(digest));
        let Some(fetched) = fetched else {
            return Box::pin(async { Err(unavailable(UnavailableWhy::TooMany)) });
        };
        Box::pin(async move {
            fetched.await.unwrap_or_else(|_| Err(unavailable(UnavailableWhy::TooMany)))
        })
    }

    /// What a page draws of a plan.
    pub(crate) async fn drawing(&self, kept: Arc<KeptPlan>) -> Result<Arc<DrawnPlan>, Refusal> {
        self.drawings.of(kept).await
    }

    /// Room for a file that is to come; none if others take it.
    pub(crate) fn room_for_file(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.files).try_acquire_owned().ok()
    }

    /// Reads a plan in any form, checks it and makes it durable.
    pub(crate) async fn save_file(
        self: &Arc<Self>,
        format: PlanFormat,
        file: Bytes,
    ) -> Result<(PlanDigest, Effect), Refusal> {
        let read = tokio::task::spawn_blocking(move || canonical_form(&file, format)).await;
        let canonical = read.unwrap_or_else(|_| Err(unavailable(UnavailableWhy::TooMany)))?;
        let digest = plan_digest(&canonical);
        if self.registry.keep_on(&digest, self.clock.now()) {
            return Ok((digest, Effect::Unchanged));
        }
        let body = match self.save(digest, canonical) {
            PlanAnswer::Now(body) => body,
            PlanAnswer::Later(body) => body.await,
        };
        match body {
            Body::PlanSaved { effect } => Ok((digest, effect)),
            Body::Refused(refusal) => Err(refusal),
            _ => unreachable!("a plan is saved or refused"),
        }
    }

    /// Checks a whole plan and makes it durable, on a thread of its own.
    pub(super) fn save(self: &Arc<Self>, digest: PlanDigest, canonical: Bytes) -> PlanAnswer {
        let this = Arc::clone(self);
        let lost = Body::Refused(Refusal::OutcomeUnknown);
        let saved =
            self.saving.join(digest, lost, move || match this.check_and_keep(digest, canonical) {
                Ok(effect) => Body::PlanSaved { effect },
                Err(refusal) => Body::Refused(refusal),
            });
        let refused = || PlanAnswer::Now(Body::Refused(unavailable(UnavailableWhy::TooMany)));
        saved.map_or_else(refused, later)
    }

    /// Blocks.
    fn check_and_keep(&self, digest: PlanDigest, canonical: Bytes) -> Result<Effect, Refusal> {
        let _one_at_a_time = self.writing.lock();
        let kept = KeptPlan::read(digest, canonical)?;
        let now = self.clock.now();
        if self.registry.keep_on(&digest, now) {
            return Ok(Effect::Unchanged);
        }
        self.registry.has_room_for(&kept).map_err(unavailable)?;
        let effect = match &self.store {
            Some(store) => store.put(&kept)?,
            None => {
                self.ledger.admits_new().map_err(unavailable)?;
                let row = PlanRow { digest, at: now, canonical: kept.canonical.clone() };
                self.ledger.keep_plan(&row)?;
                Effect::Applied
            }
        };
        tracing::info!(%digest, name = kept.plan.plan().name, bytes = kept.canonical.len(), "keeps a plan");
        self.registry.add(Arc::new(kept), now);
        Ok(effect)
    }

    /// Blocks.
    fn look_in_store(&self, digest: PlanDigest) -> Fetched {
        let _one_at_a_time = self.writing.lock();
        let Some(store) = &self.store else { return Ok(None) };
        if let Some(kept) = self.registry.kept(&digest) {
            return Ok(Some(kept));
        }
        let Some(canonical) = store.get(&digest)? else { return Ok(None) };
        let kept = Arc::new(KeptPlan::read(digest, canonical)?);
        self.registry.has_room_for(&kept).map_err(unavailable)?;
        self.registry.add(Arc::clone(&kept), self.clock.now());
        Ok(Some(kept))
    }
}

fn part_of(fetched: Fetched, offset: u32) -> Body {
    let kept = match fetched {
        Ok(Some(kept)) => kept,
        Ok(None) => return Body::Refused(Refusal::PlanNotFound),
        Err(refusal) => return Body::Refused(refusal),
    };
    let size = kept.canonical.len();
    if offset as usize > size {
        let why = format!("is beyond the end of the plan, which has {size} bytes");
        return Body::Refused(Refusal::invalid("offset", why));
    }
    let bytes = PlanPart::of(&kept.canonical, offset as usize);
    Body::PlanPart { size: u32::try_from(size).expect("a plan is shorter than 4 GiB"), bytes }
}

fn later(saved: oneshot::Receiver<Body>) -> PlanAnswer {
    let lost = Body::Refused(unavailable(UnavailableWhy::TooMany));
    PlanAnswer::Later(Box::pin(async move { saved.await.unwrap_or(lost) }))
}

fn unavailable(why: UnavailableWhy) -> Refusal {
    Refusal::Unavailable { why }
}
