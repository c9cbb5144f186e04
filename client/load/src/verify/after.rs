//! The end of the replay against the server's state after the run.

use super::merged_history::ExchangePosition;
use super::reservation_reply::ReservationReply;
use super::verifier::Verifier;
use super::wording;
use crate::history::exchange::{EventBefore, ExchangePlaces};
use crate::result::{Verification, ViolationKind, ViolationRecord};
use boxoffice_client::protocol::event::Counts;
use boxoffice_client::protocol::id::Seat;
use boxoffice_client::protocol::reservation::Status;
use std::collections::{HashMap, HashSet};

/// An event after the run, by the server.
#[derive(Debug, Clone)]
pub(super) struct EventAfter {
    /// The version of the newest read.
    pub(super) version: u64,
    /// The counts of that read, over all sections.
    pub(super) counts: Counts,
    /// Whether the version stood still while the reservations were listed.
    pub(super) steadiness: Steadiness,
    /// The end of the list, in nanoseconds since the run began.
    pub(super) listed_ns: u64,
    /// All reservations of the event, those of other clients too.
    pub(super) rows: Vec<ListedReservation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Steadiness {
    Steady,
    Changing,
}

/// A reservation of the list.
#[derive(Debug, Clone)]
pub(super) struct ListedReservation {
    /// None for reservations of other clients.
    pub(super) number: Option<u32>,
    pub(super) version: u64,
    pub(super) status: Status,
    pub(super) places: ListedPlaces,
}

/// As [`ExchangePlaces`], but owned.
#[derive(Debug, Clone)]
pub(super) enum ListedPlaces {
    Seats(Vec<Seat>),
    Standing { section: u8, places: u32 },
}

impl ListedReservation {
    fn taken(&self) -> ExchangePlaces<'_> {
        match &self.places {
            ListedPlaces::Seats(seats) => ExchangePlaces::Seats(seats),
            &ListedPlaces::Standing { section, places } => {
                ExchangePlaces::Standing { section, places }
            }
        }
    }
}

impl Verifier<'_> {
    /// Compares the replay of an event with the server's state.
    pub(super) fn compare(&mut self, event: usize, after: &EventAfter) {
        let (Some(before), Some(replayed)) = (self.events.get(event), self.replayed.get(event))
        else {
            return;
        };
        let steady = after.steadiness == Steadiness::Steady;
        // After a request without a reply, its reservation may have either state.
        let is_right = replayed.is_right;
        let sure = self.is_whole() && replayed.unknown == 0 && is_right;
        let mut expired = 0;
        // Holds expire together: a version may have ended several.
        let mut expiries = HashSet::new();
        let mut listed = Vec::new();
        for row in &after.rows {
            let Some(number) = row.number else { continue };
            listed.push(self.compare_row(before, after, row, number, sure));
            if row.status == Status::Expired {
                expired += 1;
                expiries.insert(row.version);
            }
        }
        self.verification.listed += listed.len() as u64;
        self.verification.expired += expired;
        listed.into_iter().flatten().for_each(|wrong| self.found(wrong));
        self.compared[event] = is_right;
        if let Some(wrong) = self.newest_is_there(event, before, after) {
            self.found(wrong);
        }
        if steady {
            let wrong = [oversold(before, after), miscounted(before, after)];
            wrong.into_iter().flatten().for_each(|wrong| self.found(wrong));
        } else {
            self.unchecked(format!("{} was still changing while it was listed", before.id));
        }
        self.account(event, before, after, expiries.len() as u64, sure && steady);
    }

    /// Adds what only shows at the end: reservations that the server does not list.
    pub(super) fn finish(mut self) -> Verification {
        let missing: Vec<_> = self
            .reservations
            .iter()
            .filter(|known| !known.listed)
            .map(|known| (known.number, known.last))
            .filter(|(_, last)| self.compared[self.exchanges.at(*last).event as usize])
            .collect();
        for (number, last) in missing {
            let before = &self.events[self.exchanges.at(last).event as usize];
            let what = format!("#{number} was acknowledged, and the server does not list it");
            let said = format!("after the run: no #{number}");
            let wrong = self.against(ViolationKind::Missing, what, before, &[last], [(0, said)]);
            self.found(wrong);
        }
        if self.verification.left_out > 0 {
            let left_out = self.verification.left_out;
            self.unchecked(format!(
                "{left_out} exchanges beyond --verify-limit were not recorded: what came after is \
                 not replayed"
            ));
        }
        if self.unchecked_more > 0 {
            let more = format!("and {} more like these", self.unchecked_more);
            self.verification.unchecked.push(more);
        }
        self.verification
    }

    fn compare_row(
        &mut self,
        before: &EventBefore,
        after: &EventAfter,
        row: &ListedReservation,
        number: u32,
        sure: bool,
    ) -> Option<ViolationRecord> {
        let listed = (row.version, listed(number, row, before));
        let last = self.reservations.last(number);
        let Some(last) = last.and_then(|last| ReservationReply::by(last, self.exchanges.at(last)))
        else {
            let what = format!("the server has #{number}, which nothing made");
            let wrong = || self.against(ViolationKind::WrongAnswer, what, before, &[], [listed]);
            return sure.then(wrong);
        };
        let twice = self.reservations.list(number);
        if twice && after.steadiness == Steadiness::Steady {
            let what = format!("#{number} is listed twice");
            let shown = [last.position];
            return Some(self.against(ViolationKind::Doubled, what, before, &shown, [listed]));
        }
        if !sure {
            return None;
        }
        let evidence = self.reservations.expired(number);
        let status = if evidence.is_some() { Status::Expired } else { last.status };
        if (last.status, row.status) == (Status::Held, Status::Expired) {
            let early = last.deadline_was_ahead(before, after.listed_ns);
            let what = format!("#{number} expired before its hold's deadline");
            let shown = [last.position];
            let kind = ViolationKind::ExpiredEarly;
            return early.then(|| self.against(kind, what, before, &shown, [listed]));
        }
        if status == row.status && last.places == row.taken() {
            return None;
        }
        let what = format!("#{number} was acknowledged, and the server has it otherwise");
        let shown: Vec<_> = [Some(last.position), evidence].into_iter().flatten().collect();
        Some(self.against(ViolationKind::Missing, what, before, &shown, [listed]))
    }

    /// The server must be at its newest version in the history, or beyond.
    fn newest_is_there(
        &self,
        event: usize,
        before: &EventBefore,
        after: &EventAfter,
    ) -> Option<ViolationRecord> {
        let newest = self.replayed[event].newest?;
        let version = self.exchanges.at(newest).version;
        let what = format!("version {version} was acknowledged, and is not there");
        let said = (after.version, format!("after the run: {}", wording::counts(&after.counts)));
        let wrong = || self.against(ViolationKind::Missing, what, before, &[newest], [said]);
        (after.version < version).then(wrong)
    }

    /// If the run explains every version of the event, a suspicion is a violation.
    fn account(
        &mut self,
        event: usize,
        before: &EventBefore,
        after: &EventAfter,
        expiries: u64,
        sure: bool,
    ) {
        let replayed = &mut self.replayed[event];
        let suspicion = replayed.suspicion.take();
        let effects = replayed.applied + expiries;
        let versions = after.version.saturating_sub(before.version);
        let (gaps, unknown) = (replayed.gaps, replayed.unknown);
        if sure && effects > versions && self.verification.violations.is_empty() {
            let what = format!("{effects} changes in {versions} versions");
            let said = format!("after the run: {}", wording::counts(&after.counts));
            let rows = [(before.version, "before the run".to_owned()), (after.version, said)];
            self.found(self.against(ViolationKind::Doubled, what, before, &[], rows));
        }
        match suspicion {
            Some(wrong) if sure && effects == versions => self.found(wrong),
            _ if unknown > 0 => self.unchecked(format!(
                "counts of {}: {unknown} requests were not answered, and may have changed it",
                before.id
            )),
            _ if gaps > 0 && (!sure || effects != versions) => self.unchecked(format!(
                "counts of {} from its first change on that no reply tells of: {gaps} were not \
                 seen, and may be others'",
                before.id
            )),
            _ => {}
        }
    }

    fn against<const N: usize>(
        &self,
        kind: ViolationKind,
        what: String,
        before: &EventBefore,
        shown: &[ExchangePosition],
        observed: [(u64, String); N],
    ) -> ViolationRecord {
        let mut wrong = wording::violation(kind, what, before, &self.exchanges, shown);
        let rows = observed.map(|(version, said)| wording::observation(version, said));
        wrong.history.extend(rows);
        wrong
    }
}

fn listed(number: u32, row: &ListedReservation, before: &EventBefore) -> String {
    let places = wording::places(row.taken(), before);
    format!("after the run: #{number} {}: {places}", row.status)
}

/// One seat with two live reservations, or a standing section above its capacity. Reservations of
/// other clients count too.
fn oversold(before: &EventBefore, after: &EventAfter) -> Option<ViolationRecord> {
    let mut takers: HashMap<Seat, &ListedReservation> = HashMap::new();
    let mut standing = vec![0u64; before.spec.sections.as_slice().len()];
    for row in after.rows.iter().filter(|row| row.status.is_live()) {
        for &seat in row.taken().seats() {
            if let Some(other) = takers.insert(seat, row) {
                let label = before.spec.sections.label(seat);
                let what = format!("two reservations have seat {label}");
                return Some(observed(ViolationKind::Oversold, what, before, &[other, row]));
            }
        }
        if let ListedPlaces::Standing { section, places } = row.places
            && let Some(sum) = standing.get_mut(usize::from(section))
        {
            *sum += u64::from(places);
        }
    }
    let sections = before.spec.sections.as_slice().iter().zip(&standing);
    let mut over = sections.filter(|(section, sum)| **sum > section.layout.capacity().into());
    let (section, sum) = over.next()?;
    let capacity = section.layout.capacity();
    let what = format!("{sum} places of {} are taken where {capacity} are", section.name);
    let mut wrong = observed(ViolationKind::Oversold, what, before, &[]);
    let said = format!("after the run: {}", wording::counts(&after.counts));
    wrong.history.push(wording::observation(after.version, said));
    Some(wrong)
}

/// Counts that differ from the sum of the reservations.
fn miscounted(before: &EventBefore, after: &EventAfter) -> Option<ViolationRecord> {
    let sum = |status| {
        let rows = after.rows.iter().filter(|row| row.status == status);
        rows.map(|row| row.taken().count()).sum::<u64>()
    };
    let (held, sold) = (sum(Status::Held), sum(Status::Confirmed));
    if (held, sold) == (after.counts.held, after.counts.sold) {
        return None;
    }
    let what = format!("its reservations have {held} places held and {sold} sold");
    let said = format!("after the run: {}", wording::counts(&after.counts));
    let mut wrong = observed(ViolationKind::WrongCount, what, before, &[]);
    wrong.history.push(wording::observation(after.version, said));
    Some(wrong)
}

fn observed(
    kind: ViolationKind,
    what: String,
    before: &EventBefore,
    rows: &[&ListedReservation],
) -> ViolationRecord {
    let said = |row: &&ListedReservation| {
        let which = row.number.map_or("another client's".to_owned(), |number| format!("#{number}"));
        let places = wording::places(row.taken(), before);
        wording::observation(
            row.version,
            format!("after the run: {which} {}: {places}", row.status),
        )
    };
    let history = rows.iter().map(said).collect();
    ViolationRecord { kind, what, event: before.id.to_string(), history }
}
