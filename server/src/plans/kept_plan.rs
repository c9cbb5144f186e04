//! A plan as the server keeps it.

use boxoffice_plan::{HallPlan, PlanFormat, plan_digest, read_file};
use boxoffice_protocol::id::PlanDigest;
use boxoffice_protocol::refusal::Refusal;
use bytes::Bytes;
use std::sync::{Arc, OnceLock};

/// Characters of the refusal of a plan in which everything is wrong.
const LONGEST_WHY: usize = 4_000;

/// Bytes that a seat and a row take in memory, about, with their index and their names for programs.
const SEAT_BYTES: u64 = 56;
const ROW_BYTES: u64 = 280;

/// A plan that was checked.
#[derive(Debug)]
pub struct KeptPlan {
    pub digest: PlanDigest,
    pub plan: Arc<HallPlan>,
    /// Its canonical form, of which the digest is.
    pub canonical: Bytes,
    /// What rows and seats are called, as it is sent.
    labels: OnceLock<Bytes>,
}

impl KeptPlan {
    /// Checks bytes that should be the plan of this digest. A large one takes its time.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] says what is wrong with them.
    pub fn read(digest: PlanDigest, canonical: Bytes) -> Result<Self, Refusal> {
        if plan_digest(&canonical) != digest {
            return Err(Refusal::invalid("digest", OTHER_DIGEST));
        }
        let source = read_file(&canonical, PlanFormat::Json)
            .map_err(|error| Refusal::invalid("plan", shortened(error.to_string())))?;
        if source.file.canonical() != canonical {
            return Err(Refusal::invalid("plan", NOT_CANONICAL));
        }
        let plan = HallPlan::new(Arc::new(source.plan));
        Ok(Self { digest, plan: Arc::new(plan), canonical, labels: OnceLock::new() })
    }

    /// What rows and seats are called, written once. That of a large plan takes its time.
    pub(crate) fn labels(&self, write: impl FnOnce(&HallPlan) -> Vec<u8>) -> Bytes {
        self.labels.get_or_init(|| write(&self.plan).into()).clone()
    }

    /// Bytes that it takes in memory, about.
    pub(super) fn weight(&self) -> u64 {
        let rows = self.plan.plan().sections.iter().flat_map(|section| section.rows());
        let rows = rows.map(|row| ROW_BYTES + SEAT_BYTES * u64::from(row.seats.count()));
        self.canonical.len() as u64 + rows.sum::<u64>()
    }
}

/// The canonical form of a plan in a file.
pub(super) fn canonical_form(file: &[u8], format: PlanFormat) -> Result<Bytes, Refusal> {
    let read = read_file(file, format);
    let source = read.map_err(|error| Refusal::invalid("plan", shortened(error.to_string())))?;
    Ok(source.file.canonical().into())
}

pub(super) const OTHER_DIGEST: &str =
    "is not that of the bytes that came; send all of the plan again, from offset 0";

const NOT_CANONICAL: &str = "is not in its canonical form; `boxoffice plan put FILE` sends that, \
    and POST /v1/plans takes a plan in any form";

fn shortened(mut why: String) -> String {
    if let Some((end, _)) = why.char_indices().nth(LONGEST_WHY) {
        why.truncate(end);
        why.push('…');
    }
    why
}
