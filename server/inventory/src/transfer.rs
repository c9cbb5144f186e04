//! Transfers: a reservation becomes another customer's.

use crate::command::{HoldRules, Transfer};
use crate::decision::Outcome;
use crate::inventory::Inventory;
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::id::{CustomerId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;

impl Inventory {
    /// The receiver's limit holds. A revision tells a late duplicate: it moves no reservation back.
    pub(crate) fn transfer(
        &self,
        ask: &Transfer<'_>,
        now: Timestamp,
        rules: &HoldRules,
    ) -> Outcome {
        let Transfer { id, from, if_revision, to } = ask;
        if let Some(slot) = self.known(id, now)
            && self.book.customers.is(self.book.records[slot].customer, *to)
        {
            self.expire_first([slot], now)?;
            return Ok(None);
        }
        let slot = self.settled(id, *from, now)?;
        match self.book.records[slot].status() {
            Status::Held | Status::Confirmed => {}
            Status::Expired => return Err(Refusal::HoldExpired.into()),
            status => return Err(Refusal::WrongStatus { status }.into()),
        }
        let current = self.book.particulars.revision(id);
        if current != *if_revision && !mutants::on(Mutant::RevisionIgnored) {
            return Err(Refusal::RevisionConflict { current }.into());
        }
        if !mutants::on(Mutant::ReceiversLimitIgnored) {
            self.check_limit(*to, self.book.places(slot).count(), now, rules)?;
        }
        Ok(Some(Change::Transferred { id: *id, from: from.to_owned(), to: to.to_owned() }))
    }

    /// Makes the reservation another customer's.
    pub(crate) fn make_transfer(&mut self, id: &ReservationId, to: &CustomerId) {
        self.book.transfer(self.book.slot(id), to.borrowed());
        let revision = self.book.particulars.revision(id);
        self.book.particulars.set_revision(id, revision + 1);
    }

    /// The inverse of [`make_transfer`](Self::make_transfer).
    pub(crate) fn take_back_transfer(&mut self, id: &ReservationId, from: &CustomerId) {
        self.book.transfer(self.book.slot(id), from.borrowed());
        let revision = self.book.particulars.revision(id);
        self.book.particulars.set_revision(id, revision - 1);
    }
}
