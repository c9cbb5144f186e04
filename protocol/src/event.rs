//! What there is to reserve: events, their sections and prices.

use crate::id::{EventId, EventName, PlanDigest, SeatLabel, SectionName};
use crate::limits::{MAX_SECTIONS, MAX_TICKET_PRICES, MAX_UPDATE_SEATS};
use crate::list::{List, bounded};
use crate::section::check_price;
use crate::text::{InvalidField, invalid};
use crate::time::Timestamp;
use bincode::de::BorrowDecoder;
use bincode::error::DecodeError;
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

pub use crate::currency::{Currency, CurrencyCode};
pub use crate::layout::{Layout, LayoutUpdate};
pub use crate::presentation::{Description, Edit, Link, Presentation, VenueName};
pub use crate::publication::Publication;
pub use crate::sales::{Sales, SalesPhase, SalesState, SalesTime, check_sales_window};
pub use crate::seat_map::{PackedStates, PlaceState, SeatMap, SectionMap};
pub use crate::section::{Counts, SectionSpec, Sections, numbered};
pub use crate::ticket::{TicketOffer, TicketPrice, Tickets};
pub use crate::zoned_time::{ZoneName, ZonedTime};

/// Everything that the creator of an event says about it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub struct EventSpec {
    /// What people call it.
    pub name: EventName,
    /// When it begins.
    pub starts_at: ZonedTime,
    /// What every price of it is in.
    pub currency: Currency,
    /// How many places one customer may hold and have confirmed, over all of their reservations.
    pub max_per_customer: Option<NonZeroU32>,
    /// The plan of the hall, which the server keeps: it says what rows and seats are called, and where
    /// aisles are. Without one, rows are lettered from A and seats numbered from 1.
    pub plan: Option<PlanDigest>,
    /// Where people sit or stand; with a plan, all of its sections in its order.
    pub sections: Sections,
    /// When sales open; without it, they are open from the beginning.
    pub sales_from: Option<ZonedTime>,
    /// When sales end; without it, when the event begins.
    pub sales_until: Option<ZonedTime>,
    pub publication: Publication,
    /// The types of its tickets, and their prices.
    pub tickets: Tickets,
    /// Its venue, description and link.
    pub presentation: Presentation,
}

impl EventSpec {
    /// When sales end: when the event begins, unless that was said otherwise.
    pub const fn end_of_sales(&self) -> &ZonedTime {
        match &self.sales_until {
            Some(until) => until,
            None => &self.starts_at,
        }
    }

    /// The phase that the sales window is in at a time.
    pub fn sales_phase(&self, at: Timestamp) -> SalesPhase {
        if at >= self.end_of_sales().at() {
            SalesPhase::Ended
        } else if self.sales_from.as_ref().is_some_and(|from| at < from.at()) {
            SalesPhase::Scheduled
        } else {
            SalesPhase::OnSale
        }
    }

    /// When a phase of the sales window is over; the end of time for its last one.
    pub fn end_of_phase(&self, phase: SalesPhase) -> Timestamp {
        let until = self.end_of_sales().at();
        match (phase, &self.sales_from) {
            (SalesPhase::Scheduled, Some(from)) => from.at().min(until),
            (SalesPhase::Ended, _) => Timestamp::from_ms(u64::MAX),
            _ => until,
        }
    }

    /// Checks that the sales window begins before it ends.
    ///
    /// # Errors
    /// It does not.
    pub fn check_sales_window(&self) -> Result<(), InvalidField> {
        check_sales_window(self.sales_from.as_ref(), self.end_of_sales())
    }

    /// Checks that its parts fit together.
    ///
    /// # Errors
    /// Prices of a section that is not there.
    pub fn check(&self) -> Result<(), InvalidField> {
        self.tickets.check_categories(&self.sections)
    }
}

impl<'de, C> BorrowDecode<'de, C> for EventSpec {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let spec = Self {
            name: EventName::borrow_decode(decoder)?,
            starts_at: ZonedTime::borrow_decode(decoder)?,
            currency: Currency::borrow_decode(decoder)?,
            max_per_customer: Option::borrow_decode(decoder)?,
            plan: Option::borrow_decode(decoder)?,
            sections: Sections::borrow_decode(decoder)?,
            sales_from: Option::borrow_decode(decoder)?,
            sales_until: Option::borrow_decode(decoder)?,
            publication: Publication::borrow_decode(decoder)?,
            tickets: Tickets::borrow_decode(decoder)?,
            presentation: Presentation::borrow_decode(decoder)?,
        };
        spec.check().map_err(invalid)?;
        Ok(spec)
    }
}

/// What an update changes; what it leaves out stays. Applying it twice changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Default, Encode, Serialize, Deserialize)]
pub struct EventUpdate {
    pub name: Option<EventName>,
    pub starts_at: Option<ZonedTime>,
    /// Open or close sales, or cancel the event.
    pub sales: Option<Sales>,
    /// Another limit a customer.
    pub max_per_customer: Option<CustomerLimit>,
    /// Other prices or layouts; a section that is not there yet is added at the end.
    pub sections: Vec<SectionUpdate>,
    /// Free seats that shall not be sold, at most [`MAX_UPDATE_SEATS`].
    pub block: Vec<SeatLabel>,
    /// Blocked seats that shall be free again, at most as many.
    pub unblock: Vec<SeatLabel>,
    pub sales_from: Option<SalesTime>,
    pub sales_until: Option<SalesTime>,
    /// Publish a draft, or take an event into lists or out of them.
    pub publication: Option<Publication>,
    /// Other prices of ticket types, at most [`MAX_TICKET_PRICES`].
    pub prices: Vec<TicketPrice>,
    pub venue: Option<Edit<VenueName>>,
    pub description: Option<Edit<Description>>,
    pub link: Option<Edit<Link>>,
}

impl<'de, C> BorrowDecode<'de, C> for EventUpdate {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let name = Option::borrow_decode(decoder)?;
        let starts_at = Option::borrow_decode(decoder)?;
        Ok(Self {
            name,
            starts_at,
            sales: Option::borrow_decode(decoder)?,
            max_per_customer: Option::borrow_decode(decoder)?,
            sections: bounded(decoder, "sections", MAX_SECTIONS)?,
            block: bounded(decoder, "block", MAX_UPDATE_SEATS)?,
            unblock: bounded(decoder, "unblock", MAX_UPDATE_SEATS)?,
            sales_from: Option::borrow_decode(decoder)?,
            sales_until: Option::borrow_decode(decoder)?,
            publication: Option::borrow_decode(decoder)?,
            prices: bounded(decoder, "prices", MAX_TICKET_PRICES)?,
            venue: Option::borrow_decode(decoder)?,
            description: Option::borrow_decode(decoder)?,
            link: Option::borrow_decode(decoder)?,
        })
    }
}

/// How many places a customer may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum CustomerLimit {
    /// As many as there are.
    Unlimited,
    /// At most so many, held and confirmed.
    Places(NonZeroU32),
}

/// What changes in one section. A section that is new needs both a price and a layout.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub struct SectionUpdate {
    pub name: SectionName,
    /// Another price; reservations made before keep theirs.
    pub price: Option<u64>,
    /// Another layout; it may not take away places that reservations have.
    pub layout: Option<LayoutUpdate>,
}

impl SectionUpdate {
    /// Checks it as far as it does not depend on the event.
    ///
    /// # Errors
    /// A price or a layout out of its bounds.
    pub fn check(&self) -> Result<(), InvalidField> {
        if let Some(price) = self.price {
            check_price(&self.name, price)?;
        }
        // What is left out is checked together with what is there.
        let layout = self.layout.as_ref().and_then(|layout| layout.layout(None));
        layout.map_or(Ok(()), |layout| layout.check(&self.name))
    }
}

impl<'de, C> BorrowDecode<'de, C> for SectionUpdate {
    fn borrow_decode<D: BorrowDecoder<'de, Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, DecodeError> {
        let (name, price, layout) = BorrowDecode::borrow_decode(decoder)?;
        let update = Self { name, price, layout };
        update.check().map_err(invalid)?;
        Ok(update)
    }
}

/// An event in a list.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct EventSummary {
    pub id: EventId,
    /// The version that this row shows.
    pub version: u64,
    /// What people call it.
    pub name: EventName,
    pub starts_at: ZonedTime,
    /// Whether it can be reserved.
    pub sales: SalesState,
    /// The lowest and the highest price, in minor units.
    pub prices: (u64, u64),
    /// What the prices are in.
    pub currency: Currency,
    pub counts: Counts,
    /// When sales open, where that was said.
    pub sales_from: Option<ZonedTime>,
    /// Where it takes place. Lists have no descriptions and links, so that they stay small.
    pub venue: Option<VenueName>,
}

/// One event, whole, but for its seats.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub struct EventDetails {
    pub id: EventId,
    /// As it stands now, with every update.
    pub spec: EventSpec,
    /// Whether it can be reserved.
    pub sales: SalesState,
    /// One for each section.
    pub counts: List<Counts>,
}
