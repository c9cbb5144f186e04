//! Drawings of plans for pages: made when they are asked for, beside the event loop, and kept while
//! there is room.

use super::kept_plan::KeptPlan;
use super::shared_work::{Later, SharedWork};
use boxoffice_plan::{PlanDrawing, PlanFormat, read_file};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use moka::sync::Cache;
use parking_lot::Mutex;
use std::io::Write as _;
use std::sync::Arc;

/// Bytes of all drawings that are kept.
const MOST_BYTES: u64 = 64 << 20;

/// A drawing as JSON, plain and packed.
#[derive(Debug)]
pub(crate) struct DrawnPlan {
    pub(crate) json: Bytes,
    pub(crate) gzip: Bytes,
}

type Drawn = Result<Arc<DrawnPlan>, Refusal>;

/// The drawings that were asked for lately.
#[derive(Debug)]
pub(super) struct Drawings {
    made: Cache<PlanDigest, Arc<DrawnPlan>>,
    making: SharedWork<Drawn>,
    /// Held while a drawing is made, which takes memory: one at a time.
    writing: Arc<Mutex<()>>,
}

impl Default for Drawings {
    fn default() -> Self {
        let weigh = |_: &PlanDigest, drawn: &Arc<DrawnPlan>| {
            u32::try_from(drawn.json.len() + drawn.gzip.len()).unwrap_or(u32::MAX)
        };
        let made = Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build();
        Self { made, making: SharedWork::default(), writing: Arc::default() }
    }
}

impl Drawings {
    /// The drawing of a plan. Requests for the same one meanwhile wait for that one piece of work.
    pub(super) fn of(&self, kept: Arc<KeptPlan>) -> Later<Drawn> {
        if let Some(drawn) = self.made.get(&kept.digest) {
            return Box::pin(async { Ok(drawn) });
        }
        let too_many = || Err(Refusal::Unavailable { why: UnavailableWhy::TooMany });
        let (made, writing) = (self.made.clone(), Arc::clone(&self.writing));
        let drawn = self.making.join(kept.digest, too_many(), move || {
            let _one_at_a_time = writing.lock();
            let drawn = Arc::new(DrawnPlan::new(&kept));
            made.insert(kept.digest, Arc::clone(&drawn));
            Ok(drawn)
        });
        Box::pin(async move {
            match drawn {
                Some(drawn) => drawn.await.unwrap_or_else(|_| too_many()),
                None => too_many(),
            }
        })
    }
}

impl DrawnPlan {
    fn new(kept: &KeptPlan) -> Self {
        let source = read_file(&kept.canonical, PlanFormat::Json).expect("it was checked");
        let json = serde_json::to_vec(&PlanDrawing::new(&source)).expect("numbers are whole");
        let mut packed = GzEncoder::new(Vec::with_capacity(json.len() / 4), Compression::default());
        let written = packed.write_all(&json).and_then(|()| packed.finish());
        Self { gzip: written.expect("memory takes everything").into(), json: json.into() }
    }
}
