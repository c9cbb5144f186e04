//! The [`model`](super)'s transfers.

use super::state::{Answer, Model};
use crate::command::Transfer;
use boxoffice_protocol::change::Change;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;

impl Model {
    pub(super) fn transfer(&self, ask: Transfer<'_>, now: Timestamp) -> Answer {
        let Transfer { id, from, if_revision, to } = ask;
        let is_there_already = self.known(id, now).is_some_and(|one| one.customer.borrowed() == to);
        if is_there_already {
            return Ok(None);
        }
        let one = self.owned(id, from, now)?;
        match one.status_at(now) {
            Status::Held | Status::Confirmed => {}
            Status::Expired => return Err(Refusal::HoldExpired),
            status => return Err(Refusal::WrongStatus { status }),
        }
        if one.revision != if_revision {
            return Err(Refusal::RevisionConflict { current: one.revision });
        }
        self.check_limit(to, one.places.count(), now)?;
        Ok(Some(Change::Transferred { id, from: from.to_owned(), to: to.to_owned() }))
    }
}
