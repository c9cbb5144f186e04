//! Decisions about the event itself: updates and deletion.
//!
//! What is recorded of an update is as large as what it changes, however large the event is: one
//! [`TermChange`] for each thing that is different. To check it, all sections may be looked at.

use crate::changed_terms::{ChangedTerms, has_new_prices};
use crate::decision::{Outcome, Stop};
use crate::inventory::Inventory;
use crate::record::Epoch;
use crate::seat_labels::LabelledSeats;
use crate::section_index::SectionIndex;
use crate::sections;
use boxoffice_plan::ReadScope;
use boxoffice_protocol::change::{Change, TermChange, Updated};
use boxoffice_protocol::event::{EventUpdate, Layout, PlaceState, Sections};
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::limits::MAX_UPDATE_SEATS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;
use std::borrow::Cow;

/// How the event shall be, in its own numbers.
struct ResolvedUpdate {
    terms: Vec<TermChange>,
    /// Seats that are not blocked and shall be.
    block: Vec<Seat>,
    /// Seats that are blocked and shall not be.
    unblock: Vec<Seat>,
}

/// The seats that are there and will not be, but for free ones. Both ascend.
#[derive(Default)]
struct Gone {
    /// The first of those that reservations have.
    taken: Vec<Seat>,
    blocked: Vec<Seat>,
}

impl Inventory {
    /// Decides an update. That it is so already is checked first, so that a repeated update is
    /// never refused; then that the version is another one; then what is wrong with it.
    pub(crate) fn decide_update(
        &self,
        if_version: Option<u64>,
        update: &EventUpdate,
        now: Timestamp,
    ) -> Outcome {
        let resolved = self.resolve(update);
        if resolved.as_ref().is_ok_and(ResolvedUpdate::changes_nothing) {
            return Ok(None);
        }
        if if_version.is_some_and(|version| version != self.version) {
            return Err(Refusal::VersionConflict { current: self.version }.into());
        }
        let ResolvedUpdate { terms, block, unblock } = resolved?;
        self.check_epochs(&terms)?;
        self.check_capacities(&terms, now)?;
        let Gone { taken, blocked: gone } = self.gone_with(&terms);
        self.check_nobody_has(&block, taken, now)?;
        let mut unblocked = unblock;
        unblocked.extend(gone);
        unblocked.sort_unstable();
        Ok(Some(Change::Updated(Box::new(Updated {
            terms: terms.into(),
            blocked: block.into(),
            unblocked: unblocked.into(),
        }))))
    }

    pub(crate) fn decide_delete(&self, force: Force, now: Timestamp) -> Outcome {
        if force == Force::No && self.book.live > 0 {
            self.expire_all_first(now)?;
            return Err(Refusal::ReservationsLive { live: self.book.live }.into());
        }
        Ok(Some(Change::Deleted))
    }

    fn resolve(&self, update: &EventUpdate) -> Result<ResolvedUpdate, Refusal> {
        let ChangedTerms(terms) = ChangedTerms::of(self, update)?;
        let (mut block, mut unblock) = (Vec::new(), Vec::new());
        if !update.block.is_empty() || !update.unblock.is_empty() {
            let after = self.sections_after(&terms);
            let index = SectionIndex::new(&after);
            let all = LabelledSeats { hall: &self.hall, sections: &after, index: &index };
            block = listed(all, "block", &update.block)?;
            unblock = listed(all, "unblock", &update.unblock)?;
            if let Some(&both) = block.iter().find(|seat| unblock.binary_search(seat).is_ok()) {
                let label = self.hall.label(&after, both);
                return Err(Refusal::invalid("unblock", format!("{label} is in block too")));
            }
        }
        block.retain(|&seat| !self.is_blocked(seat));
        unblock.retain(|&seat| self.is_blocked(seat));
        Ok(ResolvedUpdate { terms, block, unblock })
    }

    fn sections_after(&self, terms: &[TermChange]) -> Cow<'_, Sections> {
        let mut sections = Cow::Borrowed(&self.terms.spec.sections);
        for change in terms.iter().filter(|change| change.is_of_sections()) {
            change.make_in(sections.to_mut());
        }
        sections
    }

    fn is_blocked(&self, seat: Seat) -> bool {
        sections::state(&self.sections, seat) == Some(PlaceState::Blocked)
    }

    fn check_epochs(&self, terms: &[TermChange]) -> Result<(), Refusal> {
        let have = self.epochs.len();
        if have >= Epoch::COUNT && has_new_prices(terms) {
            return Err(Refusal::LimitExceeded { limit: Epoch::COUNT as u64, have: have as u64 });
        }
        Ok(())
    }

    /// Refuses a standing section with less places for sale than are taken.
    fn check_capacities(&self, terms: &[TermChange], now: Timestamp) -> Result<(), Stop> {
        for change in terms {
            let TermChange::Layout { section, to: Layout::Standing { capacity, blocked }, .. } =
                change
            else {
                continue;
            };
            let counts = self.sections[usize::from(*section)].counts;
            let (limit, have) = (u64::from(capacity - blocked), counts.held + counts.sold);
            if have > limit {
                self.expire_all_first(now)?;
                return Err(Refusal::LimitExceeded { limit, have }.into());
            }
        }
        Ok(())
    }

    /// Refuses to block or take away seats of live reservations; `taken` are taken away.
    fn check_nobody_has(
        &self,
        block: &[Seat],
        mut taken: Vec<Seat>,
        now: Timestamp,
    ) -> Result<(), Stop> {
        let has = |seat: &Seat| sections::holder(&self.sections, *seat).is_some();
        taken.extend(block.iter().copied().filter(has));
        if taken.is_empty() {
            return Ok(());
        }
        taken.sort_unstable();
        taken.truncate(MAX_UPDATE_SEATS);
        self.expire_first(self.holders(&taken), now)?;
        Err(Refusal::SeatsTaken { seats: self.labels(&taken).into() }.into())
    }

    /// The seats that go with other layouts. Looks no further than a refusal tells.
    fn gone_with(&self, terms: &[TermChange]) -> Gone {
        let mut gone = Gone::default();
        for change in terms {
            let TermChange::Layout { section, to: Layout::Seated { rows }, .. } = change else {
                continue;
            };
            let Some(grid) = &self.sections[usize::from(*section)].grid else { continue };
            for row in 0..grid.rows.len() {
                let left = rows.get(row).copied().unwrap_or(0);
                for seat in grid.not_free(*section, row, left) {
                    let is_blocked = grid.state(seat) == PlaceState::Blocked;
                    if is_blocked { &mut gone.blocked } else { &mut gone.taken }.push(seat);
                }
                if gone.taken.len() >= MAX_UPDATE_SEATS {
                    return gone;
                }
            }
        }
        gone
    }
}

impl ResolvedUpdate {
    fn changes_nothing(&self) -> bool {
        self.terms.is_empty() && self.block.is_empty() && self.unblock.is_empty()
    }
}

/// The seats that an update lists, ascending.
fn listed(
    all: LabelledSeats<'_>,
    field: &'static str,
    labels: &[SeatLabel],
) -> Result<Vec<Seat>, Refusal> {
    let check = |seats: usize| {
        let why = format!("an update lists at most {MAX_UPDATE_SEATS} seats, not {seats}");
        if seats > MAX_UPDATE_SEATS { Err(Refusal::invalid(field, why)) } else { Ok(()) }
    };
    check(labels.len())?;
    let seats = all.named(field, ReadScope::Blocks, labels)?.into_vec();
    check(seats.len())?;
    Ok(seats)
}
