//! One event's state.

use crate::book::Book;
use crate::hall::free_sections;
use crate::sales_window::SalesWindow;
use crate::seat_labels::LabelledSeats;
use crate::secrets::{BookingCodes, EventSecrets};
use crate::section_index::SectionIndex;
use crate::sections::Section;
use crate::used_ids::UsedIds;
use boxoffice_plan::Hall;
use boxoffice_protocol::change::{Change, EventTerms, Recorded};
use boxoffice_protocol::event::{EventSpec, Publication, Sales};
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::price_list::PriceList;
use boxoffice_protocol::time::Timestamp;
use std::sync::Arc;

/// One event's state.
///
/// Two inventories to which the same changes were applied answer alike for ever.
#[derive(Debug, Clone)]
pub struct Inventory {
    pub(crate) event: EventId,
    pub(crate) version: u64,
    pub(crate) deleted_at: Option<Timestamp>,
    pub(crate) created: EventSpec,
    pub(crate) terms: EventTerms,
    pub(crate) window: SalesWindow,
    pub(crate) hall: Hall,
    /// Finds the sections of these terms.
    pub(crate) by_name: SectionIndex,
    /// The prices of all sections, as they are now and as they were; the last list is today's.
    pub(crate) epochs: Vec<PriceList>,
    pub(crate) sections: Vec<Section>,
    pub(crate) book: Book,
    pub(crate) codes: BookingCodes,
    /// The ids that events which had its slug have used.
    pub(crate) predecessors: Arc<UsedIds>,
}

impl Inventory {
    /// The state after an event's first change, in its hall; none if that is no creation, or one of
    /// other sections than the hall's.
    pub fn create(
        event: EventId,
        secrets: EventSecrets,
        created: &Recorded,
        hall: Hall,
    ) -> Option<Self> {
        let Change::Created(spec) = &created.change else { return None };
        hall.check(spec).ok()?;
        spec.check().ok()?;
        let spec = EventSpec::clone(spec);
        Some(Self {
            codes: secrets.codes.codes(&event),
            event,
            version: created.version,
            deleted_at: None,
            created: spec.clone(),
            epochs: vec![prices(&spec)],
            sections: free_sections(&hall, &spec.sections),
            hall,
            by_name: SectionIndex::new(&spec.sections),
            window: SalesWindow::at(&spec, created.at),
            terms: EventTerms { spec, sales: Sales::Open },
            book: Book::new(secrets.seed),
            predecessors: Arc::default(),
        })
    }

    /// The same, where events before it had the slug; `now` is the time of its last change.
    #[must_use]
    pub fn after(mut self, predecessors: Arc<UsedIds>, now: Timestamp) -> Self {
        self.predecessors = predecessors;
        self.forget(now, 0);
        self
    }

    /// The ids that events which had its slug before have used.
    pub fn predecessors(&self) -> &UsedIds {
        &self.predecessors
    }

    /// The ids that it would leave to a successor if it was deleted at `at`, those of its own in no
    /// order: [`UsedIds::new`] makes one list of them.
    pub fn ids_used_until(&self, at: Timestamp) -> (Vec<ReservationId>, Arc<UsedIds>) {
        (self.book.made_since(UsedIds::oldest_kept(at)), Arc::clone(&self.predecessors))
    }

    /// The ids that it leaves to a successor, once it is deleted.
    pub fn used_ids(&self) -> Option<UsedIds> {
        let deleted_at = self.deleted_at?;
        let own = self.book.made_since(UsedIds::oldest_kept(deleted_at));
        Some(UsedIds::new(deleted_at, own.into_iter().chain(self.predecessors.iter())))
    }

    pub const fn id(&self) -> &EventId {
        &self.event
    }

    /// How many changes the event has had, under this slug.
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether the event is gone: every command is refused then.
    pub const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Whether the event is not published.
    pub fn is_draft(&self) -> bool {
        self.terms.spec.publication == Publication::Draft
    }

    /// The event as it is now.
    pub const fn spec(&self) -> &EventSpec {
        &self.terms.spec
    }

    /// The event as it was created, without any update.
    pub const fn created_as(&self) -> &EventSpec {
        &self.created
    }

    /// Held and confirmed reservations. Holds count until it is recorded that they expired.
    pub const fn live(&self) -> u64 {
        self.book.live
    }

    /// Reservations in memory: the live ones, and the ended ones that are not forgotten.
    pub const fn remembered(&self) -> usize {
        self.book.records.len()
    }

    /// The prices of new reservations, which the last list has.
    pub(crate) fn prices(&self) -> &PriceList {
        self.epochs.last().expect("an event has prices from its creation on")
    }

    /// How many seats it has.
    pub fn seats(&self) -> u64 {
        let seated = self.sections.iter().filter(|section| section.grid.is_some());
        seated.map(|section| section.counts.capacity()).sum()
    }

    /// Its hall, with its sections as they are now.
    pub(crate) const fn labelled_seats(&self) -> LabelledSeats<'_> {
        LabelledSeats {
            hall: &self.hall,
            sections: &self.terms.spec.sections,
            index: &self.by_name,
        }
    }

    /// The hall that it is in.
    pub const fn hall(&self) -> &Hall {
        &self.hall
    }

    /// Prefetches the customers of the next new reservations into the processor's cache.
    pub fn prefetch(&self, customers: &[&[u8]]) {
        self.book.prefetch(customers);
    }

    /// When the next hold is due.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.book.deadlines.first().filter(|_| !self.is_deleted())
    }

    /// When something happens by itself next: a hold is due, or sales open or end.
    pub fn next_due(&self) -> Option<Timestamp> {
        if self.is_deleted() {
            return None;
        }
        let hold = self.book.deadlines.first();
        Some(hold.map_or(self.window.until, |hold| hold.min(self.window.until)))
            .filter(|next| *next < SalesWindow::NEVER)
    }

    /// Whether something is due at `now` that is not recorded.
    pub fn has_due(&self, now: Timestamp) -> bool {
        self.next_due().is_some_and(|next| next <= now)
    }
}

/// What the places of an event cost.
pub(crate) fn prices(spec: &EventSpec) -> PriceList {
    PriceList::of(&spec.sections, &spec.tickets)
}
