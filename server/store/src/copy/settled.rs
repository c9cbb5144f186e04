//! Appends to the target that are waited for until their outcome is known.

use super::error::CopyError;
use crate::batch::Batch;
use crate::outcome::Outcome;
use crate::store::Store;

/// How often a batch is sent whose outcome stays unknown.
const TRIES: u32 = 20;

/// What becomes of an append that is sent again until that is known.
pub(super) async fn settled(to: &dyn Store, batch: &Batch) -> Result<Outcome, CopyError> {
    let mut outcome = append(to, batch).await;
    for _ in 1..TRIES {
        if !matches!(outcome, Ok(Outcome::Unknown(_))) {
            break;
        }
        outcome = append(to, batch).await;
    }
    outcome
}

async fn append(to: &dyn Store, batch: &Batch) -> Result<Outcome, CopyError> {
    let answer = to.append(vec![batch.clone()]).pop().expect("an answer for a batch");
    answer.await.map_err(CopyError::Target)
}

/// Whether a batch is in the target now.
pub(super) fn expect_appended(batch: &Batch, outcome: Outcome) -> Result<(), CopyError> {
    use crate::error::StoreError::Unavailable;
    match outcome {
        Outcome::Appended => Ok(()),
        Outcome::Ahead { .. } => Err(CopyError::Ahead(batch.log().clone())),
        Outcome::Unknown(why) => Err(CopyError::Target(Unavailable(why))),
        Outcome::Beaten { .. } | Outcome::Diverged(_) => {
            Err(CopyError::Differs(batch.log().clone()))
        }
    }
}
