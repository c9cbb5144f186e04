//! The room for reservations is shared: one customer, one token, or all visitors together leave some
//! of it to the others.
//!
//! The threshold is dynamic (Choudhury and Hahne, 1998): a customer may have made as many
//! reservations lately as there is still room for. It has all that it needs while nothing is scarce;
//! one that never stops gets half of the room, two at once a third each, and a newcomer finds room
//! beside any number of them. An agent's token acts for many customers, so it may have more. What
//! was made without a token is not counted: it was a visitor, which is limited by its address, or an
//! operator.

use super::caller::{Allowance, Caller};
use super::recent_counts::{KeyHash, RecentCounts};
use crate::config::CatalogLimits;
use crate::randomness::TableHashing;
use boxoffice_protocol::id::{CustomerId, Principal};
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a new reservation had no room in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// The room that callers of its kind have together.
    All,
    /// The share of the token that asked.
    Token,
    /// The share of the customer that it was for.
    Customer,
}

impl Quota {
    pub const ALL: [Self; 3] = [Self::All, Self::Token, Self::Customer];

    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Token => "token",
            Self::Customer => "customer",
        }
    }
}

/// The token that asks for a new reservation, and its customer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owners {
    token: KeyHash,
    customer: KeyHash,
}

/// The reservations that tokens and customers made lately.
#[derive(Debug)]
pub(super) struct Quotas {
    hashing: TableHashing,
    made: Mutex<RecentCounts>,
    refused: [AtomicU64; Quota::ALL.len()],
}

impl Quotas {
    /// Nothing is made yet.
    pub(super) fn new(hashing: TableHashing) -> Self {
        let made = Mutex::new(RecentCounts::new());
        Self { hashing, made, refused: Default::default() }
    }

    pub(super) fn owners(&self, token: &Principal, customer: CustomerId<&str>) -> Owners {
        let key = |kind: Quota, name| KeyHash(self.hashing.hash_one((kind.name(), name)));
        let token = key(Quota::Token, token.as_str());
        Owners { token, customer: key(Quota::Customer, customer.as_str()) }
    }

    /// Counts a reservation that was made.
    pub(super) fn add(&self, owners: Owners, at: Timestamp) {
        let mut made = self.made.lock();
        made.add(owners.customer, at);
        made.add(owners.token, at);
    }

    /// Whether there is room for one more reservation, now that so many are in memory.
    ///
    /// # Errors
    /// Says what is used up.
    pub(super) fn admit(
        &self,
        caller: Caller<'_>,
        owners: Option<Owners>,
        limits: &CatalogLimits,
        remembered: u64,
        now: Timestamp,
    ) -> Result<(), Quota> {
        let left = caller.allowance.room(limits.reservations).saturating_sub(remembered);
        if left == 0 {
            return Err(Quota::All);
        }
        let owners =
            owners.filter(|_| !matches!(caller.allowance, Allowance::Full | Allowance::Admin));
        let Some(Owners { token, customer }) = owners else { return Ok(()) };
        let most = |times: u64| left.saturating_mul(times).min(limits.principal_reservations);
        let mut made = self.made.lock();
        made.go_on_to(now);
        if made.count(token) >= most(caller.allowance.times()) {
            return Err(Quota::Token);
        }
        if made.count(customer) >= most(1) { Err(Quota::Customer) } else { Ok(()) }
    }

    pub(super) fn refuse(&self, quota: Quota) {
        self.refused[quota as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// New reservations that had no room.
    pub(super) fn refused(&self) -> [(Quota, u64); Quota::ALL.len()] {
        Quota::ALL.map(|quota| (quota, self.refused[quota as usize].load(Ordering::Relaxed)))
    }
}
