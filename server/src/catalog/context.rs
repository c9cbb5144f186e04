//! The context of every decision: clock, ledger, rules, and the limits of all events together.

use super::caller::{Allowance, Caller};
use super::quotas::{Owners, Quota, Quotas};
use crate::clock::Clock;
use crate::config::CatalogLimits;
use crate::ledger::Ledger;
use boxoffice_inventory::{HoldRules, Inventory};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::refusal::UnavailableWhy;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The context of every decision: the time, the ledger, the rules and limits.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) clock: Clock,
    pub(super) ledger: Arc<Ledger>,
    rules: HoldRules,
    pub(super) limits: CatalogLimits,
    remembered: AtomicU64,
    live: AtomicU64,
    seats: AtomicU64,
    pub(super) quotas: Quotas,
}

impl Context {
    pub(super) fn new(
        clock: Clock,
        ledger: Arc<Ledger>,
        rules: HoldRules,
        limits: CatalogLimits,
        quotas: Quotas,
    ) -> Self {
        Self {
            clock,
            ledger,
            rules,
            limits,
            remembered: AtomicU64::new(0),
            live: AtomicU64::new(0),
            seats: AtomicU64::new(0),
            quotas,
        }
    }

    /// The memory that all events together take.
    pub(super) fn holdings(&self) -> Holdings {
        Holdings {
            remembered: self.remembered.load(Ordering::Relaxed),
            live: self.live.load(Ordering::Relaxed),
        }
    }

    /// How many seats all events have.
    pub(super) fn seats(&self) -> u64 {
        self.seats.load(Ordering::Relaxed)
    }

    /// The rules for holds of a caller.
    pub(super) fn rules_for(&self, allowance: Allowance) -> HoldRules {
        allowance.holds(&self.rules, &self.limits)
    }

    /// Refuses a reservation for which there is no room, now that so much is remembered.
    pub(super) fn admit_reservation(
        &self,
        caller: Caller<'_>,
        owners: Option<Owners>,
        now: Timestamp,
    ) -> Result<(), Quota> {
        let remembered = self.remembered.load(Ordering::Relaxed);
        self.quotas.admit(caller, owners, &self.limits, remembered, now)
    }

    /// Refuses seats beyond the limit; none that an event has already are taken from it.
    pub(super) fn admit_seats(&self, before: u64, after: u64) -> Result<(), UnavailableWhy> {
        let all = self.seats.load(Ordering::Relaxed).saturating_sub(before).saturating_add(after);
        if after <= before || all <= self.limits.seats {
            Ok(())
        } else {
            Err(UnavailableWhy::TooMany)
        }
    }

    /// Keeps the counts of all events' reservations up to date.
    pub(super) fn count(&self, before: Holdings, after: Holdings) {
        move_by(&self.remembered, before.remembered, after.remembered);
        move_by(&self.live, before.live, after.live);
    }

    /// Keeps the count of all events' seats up to date.
    pub(super) fn count_seats(&self, before: u64, after: u64) {
        move_by(&self.seats, before, after);
    }
}

/// Adds a difference of either sign: wrapping arithmetic makes it a sum. All events share the
/// count, so it is left alone where there is none.
fn move_by(count: &AtomicU64, before: u64, after: u64) {
    if before != after {
        count.fetch_add(after.wrapping_sub(before), Ordering::Relaxed);
    }
}

/// The reservations that an event, or all of them, have in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// Reservations in memory, ended ones included, and the ids that deleted events have used.
    pub remembered: u64,
    /// Reservations that are held or confirmed.
    pub live: u64,
}

impl Holdings {
    pub(super) fn of(inventory: &Inventory) -> Self {
        let remembered = inventory.remembered() + inventory.predecessors().len();
        Self { remembered: remembered as u64, live: inventory.live() }
    }
}

/// How many seats an event has.
pub(super) fn seats(spec: &EventSpec) -> u64 {
    let seated = spec.sections.as_slice().iter().filter(|section| section.layout.is_seated());
    seated.map(|section| u64::from(section.layout.capacity())).sum()
}
