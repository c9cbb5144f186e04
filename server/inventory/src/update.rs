//! Decisions about the event itself: updates and deletion.

use crate::decision::{Outcome, Stop};
use crate::inventory::{Inventory, prices};
use crate::record::Epoch;
use crate::seat_labels::seats_of;
use crate::sections;
use boxoffice_protocol::change::{Change, EventTerms, Updated};
use boxoffice_protocol::event::{
    CustomerLimit, EventUpdate, Layout, PlaceState, SectionSpec, SectionUpdate, Sections,
};
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::limits::MAX_UPDATE_SEATS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;

/// How the event shall be, in its own numbers.
struct ResolvedUpdate {
    after: EventTerms,
    /// Seats that are not blocked and shall be.
    block: Vec<Seat>,
    /// Seats that are blocked and shall not be.
    unblock: Vec<Seat>,
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
        let wanted = self.wanted_terms(update);
        if wanted.as_ref().is_ok_and(|wanted| self.is_already(wanted)) {
            return Ok(None);
        }
        if if_version.is_some_and(|version| version != self.version) {
            return Err(Refusal::VersionConflict { current: self.version }.into());
        }
        let ResolvedUpdate { after, block, unblock } = wanted?;
        self.check_epochs(&after)?;
        self.check_capacities(&after, now)?;
        let gone = self.gone_with(&after);
        self.check_nobody_has(&block, &gone, now)?;
        let mut unblocked = unblock;
        unblocked.extend(gone.into_iter().filter(|&seat| self.is_blocked(seat)));
        unblocked.sort_unstable();
        let before = self.terms.clone();
        Ok(Some(Change::Updated(Box::new(Updated {
            before,
            after,
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

    fn wanted_terms(&self, update: &EventUpdate) -> Result<ResolvedUpdate, Refusal> {
        let mut after = self.terms.clone();
        let spec = &mut after.spec;
        spec.name = update.name.clone().unwrap_or_else(|| spec.name.clone());
        spec.starts_at = update.starts_at.unwrap_or(spec.starts_at);
        after.sales = update.sales.unwrap_or(after.sales);
        spec.max_per_customer = match update.max_per_customer {
            None => spec.max_per_customer,
            Some(CustomerLimit::Unlimited) => None,
            Some(CustomerLimit::Places(limit)) => Some(limit),
        };
        if !update.sections.is_empty() {
            spec.sections = updated_sections(&spec.sections, &update.sections)?;
        }
        let mut block = listed(&after, "block", &update.block)?;
        let mut unblock = listed(&after, "unblock", &update.unblock)?;
        if let Some(&both) = block.iter().find(|seat| unblock.binary_search(seat).is_ok()) {
            let label = after.spec.sections.label(both);
            return Err(Refusal::invalid("unblock", format!("{label} is in block too")));
        }
        block.retain(|&seat| !self.is_blocked(seat));
        unblock.retain(|&seat| self.is_blocked(seat));
        Ok(ResolvedUpdate { after, block, unblock })
    }

    fn is_already(&self, wanted: &ResolvedUpdate) -> bool {
        wanted.block.is_empty() && wanted.unblock.is_empty() && wanted.after == self.terms
    }

    fn is_blocked(&self, seat: Seat) -> bool {
        sections::state(&self.sections, seat) == Some(PlaceState::Blocked)
    }

    fn check_epochs(&self, after: &EventTerms) -> Result<(), Refusal> {
        let have = self.epochs.len();
        if have >= Epoch::COUNT && prices(&after.spec) != prices(&self.terms.spec) {
            return Err(Refusal::LimitExceeded { limit: Epoch::COUNT as u64, have: have as u64 });
        }
        Ok(())
    }

    /// Refuses a standing section with less places than are taken.
    fn check_capacities(&self, after: &EventTerms, now: Timestamp) -> Result<(), Stop> {
        for (section, spec) in self.sections.iter().zip(after.spec.sections.as_slice()) {
            let Layout::Standing { capacity } = spec.layout else { continue };
            let have = section.counts.held + section.counts.sold;
            if have > capacity.into() {
                self.expire_all_first(now)?;
                return Err(Refusal::LimitExceeded { limit: capacity.into(), have }.into());
            }
        }
        Ok(())
    }

    /// Refuses to block or take away seats of live reservations.
    fn check_nobody_has(&self, block: &[Seat], gone: &[Seat], now: Timestamp) -> Result<(), Stop> {
        let has = |seat: &Seat| sections::holder(&self.sections, *seat).is_some();
        let mut taken: Vec<Seat> = block.iter().chain(gone).copied().filter(has).collect();
        if taken.is_empty() {
            return Ok(());
        }
        self.expire_first(self.holders(&taken), now)?;
        taken.sort_unstable();
        taken.truncate(MAX_UPDATE_SEATS);
        Err(Refusal::SeatsTaken { seats: self.labels(&taken).into() }.into())
    }

    /// The seats that are there and will not be.
    fn gone_with(&self, after: &EventTerms) -> Vec<Seat> {
        let mut gone = Vec::new();
        let pairs = self.terms.spec.sections.as_slice().iter().zip(after.spec.sections.as_slice());
        for (section, (before, after)) in (0u8..).zip(pairs) {
            let (Layout::Seated { rows: before }, Layout::Seated { rows: after }) =
                (&before.layout, &after.layout)
            else {
                continue;
            };
            for (row, &seats) in (0u16..).zip(before) {
                let left = after.get(usize::from(row)).copied().unwrap_or(0);
                gone.extend((left..seats).map(|number| Seat::new(section, row, number)));
            }
        }
        gone
    }
}

fn updated_sections(before: &Sections, updates: &[SectionUpdate]) -> Result<Sections, Refusal> {
    let mut sections = before.as_slice().to_vec();
    for (index, update) in updates.iter().enumerate() {
        let name = &update.name;
        let wrong =
            |why: &str| Err(Refusal::invalid("sections", format!("the section {name} {why}")));
        if updates[..index].iter().any(|earlier| earlier.name == *name) {
            return wrong("is there twice");
        }
        let Some(section) = sections.iter_mut().find(|section| section.name == *name) else {
            let (Some(price), Some(layout)) = (update.price, update.layout.clone()) else {
                return wrong("is new; it needs a price and a layout");
            };
            sections.push(SectionSpec { name: name.clone(), price, layout });
            continue;
        };
        section.price = update.price.unwrap_or(section.price);
        if let Some(layout) = &update.layout {
            if layout.is_seated() != section.layout.is_seated() {
                return wrong("cannot change between seated and standing; add another section");
            }
            section.layout = layout.clone();
        }
    }
    Ok(Sections::new(sections)?)
}

/// The seats that an update lists, ascending.
fn listed(
    terms: &EventTerms,
    field: &'static str,
    labels: &[SeatLabel],
) -> Result<Vec<Seat>, Refusal> {
    if labels.len() > MAX_UPDATE_SEATS {
        let why = format!("an update lists at most {MAX_UPDATE_SEATS} seats, not {}", labels.len());
        return Err(Refusal::invalid(field, why));
    }
    Ok(seats_of(&terms.spec.sections, field, labels)?.into_vec())
}
