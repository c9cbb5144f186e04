//! Places of one kind, each given back when it is dropped.

use super::shares::{Full, ShareLimits, Shares};
use crate::fairness::Party;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Places of one kind, shared among the parties that want them.
#[derive(Debug)]
pub(crate) struct PlacePool {
    limits: ShareLimits,
    shares: Mutex<Shares>,
}

impl PlacePool {
    /// So many places, of which one party may have so many.
    pub(crate) fn new(all: usize, of_one: usize) -> Arc<Self> {
        let limits = ShareLimits { all, reserve: 0, of_one };
        Arc::new(Self { limits, shares: Mutex::new(Shares::new(limits)) })
    }

    pub(crate) const fn limits(&self) -> ShareLimits {
        self.limits
    }

    /// Takes a place, which another party may have to give up.
    ///
    /// # Errors
    /// [`Full`] says why there is none.
    pub(crate) fn take(self: &Arc<Self>, party: Party) -> Result<PooledPlace, Full> {
        let lost = CancellationToken::new();
        let number = self.shares.lock().take(&party, lost.clone())?;
        Ok(PooledPlace { pool: Arc::clone(self), party, number, lost })
    }

    /// Takes so many places as one, for which the largest may have to give way. That may be this
    /// one, if it is larger than others.
    pub(crate) fn take_together(self: &Arc<Self>, party: Party, places: usize) -> PooledPlace {
        let lost = CancellationToken::new();
        let mut shares = self.shares.lock();
        let number = shares.insert(&party, places, lost.clone());
        shares.bring_back(&party);
        drop(shares);
        PooledPlace { pool: Arc::clone(self), party, number, lost }
    }
}

/// A party's place.
#[derive(Debug)]
pub(crate) struct PooledPlace {
    pool: Arc<PlacePool>,
    party: Party,
    number: u64,
    /// Cancelled when the place is another party's.
    pub(crate) lost: CancellationToken,
}

impl Drop for PooledPlace {
    fn drop(&mut self) {
        self.pool.shares.lock().give_back(&self.party, self.number);
    }
}
