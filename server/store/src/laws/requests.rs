//! What tests of any engine ask of its store.

use crate::batch::{Batch, BatchId, End};
use crate::error::StoreError;
use crate::log_id::LogId;
use crate::outcome::Outcome;
use crate::store::Store;

/// The log of this name.
///
/// # Panics
/// It is no name.
pub fn log(name: &str) -> LogId {
    LogId::parse(name).expect("a name")
}

/// A batch of one change behind this end of a log, made now.
///
/// # Panics
/// The engine does not tell its time.
pub async fn batch(store: &dyn Store, name: &str, end: Option<End>) -> Batch {
    let now = store.now().await.expect("it is up");
    Batch::new(log(name), end, BatchId(fastrand::u128(..).to_be_bytes()), 1, now, b"a change")
}

/// What becomes of one batch.
///
/// # Errors
/// As of [`Store::append`].
pub async fn append(store: &dyn Store, batch: &Batch) -> Result<Outcome, StoreError> {
    store.append(vec![batch.clone()]).pop().expect("an answer for a batch").await
}

/// Sends a batch until it is there, as a server does.
///
/// # Panics
/// It is refused, or another one is in its place.
pub async fn settle(store: &dyn Store, batch: &Batch) {
    loop {
        match append(store, batch).await {
            Ok(Outcome::Appended) => return,
            Ok(Outcome::Unknown(_)) | Err(StoreError::Unavailable(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}
