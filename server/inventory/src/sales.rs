//! When new reservations are taken: the operator's word, and the sales window.
//!
//! The phase of the window is recorded, like an expiry: every change of the event comes after the
//! moves of the window that were due by then. So the phase is always that of the last change's time,
//! and is saved nowhere.

use crate::command::HoldRules;
use crate::inventory::Inventory;
use crate::sales_window::SalesWindow;
use boxoffice_protocol::change::{Change, TermChange};
use boxoffice_protocol::event::{Sales, SalesPhase, SalesState};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::time::Timestamp;
use core::cmp::min;

impl Inventory {
    /// Whether the event can be reserved, as far as that is recorded.
    pub const fn sales_state(&self) -> SalesState {
        self.terms.sales_state(self.window.phase)
    }

    /// The move of the sales window that is due at `now`.
    #[inline]
    pub(crate) fn due_move(&self, now: Timestamp) -> Option<Change> {
        if now < self.window.until {
            return None;
        }
        let (from, to) = (self.window.phase, self.terms.spec.sales_phase(now));
        Some(Change::SalesMoved { from, to })
    }

    /// Comes into a phase of the window, or back into it.
    pub(crate) fn move_sales(&mut self, phase: SalesPhase) {
        self.window = SalesWindow::in_phase(&self.terms.spec, phase);
    }

    /// Finds the phase anew, if changes of terms at that time move the window, or did before they were
    /// taken back.
    pub(crate) fn renew_window(&mut self, terms: &[TermChange], at: Timestamp) {
        if terms.iter().any(TermChange::is_of_sales_window) {
            self.window = SalesWindow::at(&self.terms.spec, at);
        }
    }

    /// Refuses a new reservation while there are no sales, or none for its party.
    #[inline]
    pub(crate) fn check_sales(&self, now: Timestamp, rules: &HoldRules) -> Result<(), Refusal> {
        let is_on_sale = self.window.phase == SalesPhase::OnSale || !rules.window;
        if is_on_sale && self.terms.sales == Sales::Open {
            return Ok(());
        }
        Err(self.no_sales(now, rules))
    }

    #[cold]
    fn no_sales(&self, now: Timestamp, rules: &HoldRules) -> Refusal {
        let spec = &self.terms.spec;
        let phase = if rules.window { self.window.phase } else { SalesPhase::OnSale };
        match self.terms.sales.within(phase) {
            SalesState::Cancelled => Refusal::EventCancelled,
            sales @ SalesState::Scheduled => {
                let at = spec.sales_from.clone();
                let left = at.as_ref().map_or_else(Default::default, |at| at.at().since(now));
                let in_ms = left.as_millis().try_into().unwrap_or(u64::MAX);
                Refusal::SalesClosed { sales, at: at.map(Box::new), in_ms }
            }
            sales @ SalesState::Ended => {
                let at = Some(Box::new(spec.end_of_sales().clone()));
                Refusal::SalesClosed { sales, at, in_ms: 0 }
            }
            SalesState::Closed | SalesState::Open | SalesState::Draft => Refusal::CLOSED,
        }
    }

    /// The last deadline of a hold for its party: where the window binds it, one hold time after the end
    /// of sales; otherwise the event's start, until that has come.
    #[inline]
    pub(crate) fn last_deadline(&self, now: Timestamp, rules: &HoldRules) -> Timestamp {
        let spec = &self.terms.spec;
        let start = spec.starts_at.at();
        if rules.window {
            spec.end_of_sales().at().plus(rules.default)
        } else if now < start {
            start
        } else {
            SalesWindow::NEVER
        }
    }

    /// A deadline, or the last one where that is earlier.
    #[inline]
    pub(crate) fn within_sales(
        &self,
        deadline: Timestamp,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Timestamp {
        min(deadline, self.last_deadline(now, rules))
    }
}
