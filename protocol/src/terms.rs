//! An event's terms, and what an update changes of them, one thing at a time. Reached through
//! [`change`](crate::change).

use crate::event::{
    Description, EventSpec, Layout, Link, Publication, Sales, SalesPhase, SalesState, SectionSpec,
    Sections, TicketOffer, Tickets, VenueName, ZonedTime,
};
use crate::id::{EventName, SectionName, TicketType};
use bincode::{BorrowDecode, Encode};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// What an operator decides about an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventTerms {
    /// Name, time, prices, layouts, limit.
    pub spec: EventSpec,
    /// Whether it can be reserved within its sales window.
    pub sales: Sales,
}

/// One thing that is different in an event's terms from now on. It costs as much as is different,
/// however large the event is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, BorrowDecode, Serialize, Deserialize)]
pub enum TermChange {
    Name {
        from: EventName,
        to: EventName,
    },
    StartsAt {
        from: ZonedTime,
        to: ZonedTime,
    },
    Sales {
        from: Sales,
        to: Sales,
    },
    MaxPerCustomer {
        from: Option<NonZeroU32>,
        to: Option<NonZeroU32>,
    },
    /// The price of a place in the section with this index.
    Price {
        section: u8,
        from: u64,
        to: u64,
    },
    /// The layout of the section with this index; seated ones stay seated.
    Layout {
        section: u8,
        from: Layout,
        to: Layout,
    },
    /// A section is added behind the others.
    Added(SectionSpec),
    SalesFrom {
        from: Option<ZonedTime>,
        to: Option<ZonedTime>,
    },
    SalesUntil {
        from: Option<ZonedTime>,
        to: Option<ZonedTime>,
    },
    Publication {
        from: Publication,
        to: Publication,
    },
    /// What is said of the price of a ticket type in a category.
    TicketPrice {
        category: SectionName,
        ticket_type: TicketType,
        from: Option<TicketOffer>,
        to: TicketOffer,
    },
    Venue {
        from: Option<VenueName>,
        to: Option<VenueName>,
    },
    Description {
        from: Option<Description>,
        to: Option<Description>,
    },
    Link {
        from: Option<Link>,
        to: Option<Link>,
    },
}

impl TermChange {
    /// The index of the section that it changes; none where it changes or adds something else.
    pub const fn section(&self) -> Option<u8> {
        match self {
            Self::Price { section, .. } | Self::Layout { section, .. } => Some(*section),
            _ => None,
        }
    }

    /// Whether it makes another list of prices.
    pub const fn is_of_prices(&self) -> bool {
        matches!(self, Self::Price { .. } | Self::Added(_) | Self::TicketPrice { .. })
    }

    /// Whether it moves the sales window.
    pub const fn is_of_sales_window(&self) -> bool {
        matches!(self, Self::StartsAt { .. } | Self::SalesFrom { .. } | Self::SalesUntil { .. })
    }

    /// Whether it changes or adds a section.
    pub const fn is_of_sections(&self) -> bool {
        matches!(self, Self::Price { .. } | Self::Layout { .. } | Self::Added(_))
    }

    /// How many seats go with it and how many come, counted for the whole section.
    pub fn seats(&self) -> (u64, u64) {
        let seats = |layout: &Layout| {
            if layout.is_seated() { u64::from(layout.capacity()) } else { 0 }
        };
        match self {
            Self::Layout { from, to, .. } => (seats(from), seats(to)),
            Self::Added(section) => (0, seats(&section.layout)),
            _ => (0, 0),
        }
    }

    /// Makes it, as far as it is of sections.
    ///
    /// # Panics
    /// If it is of a section that is not there.
    pub fn make_in(&self, sections: &mut Sections) {
        match self {
            Self::Price { section, to, .. } => sections.set_price(*section, *to),
            Self::Layout { section, to, .. } => sections.set_layout(*section, to.clone()),
            Self::Added(section) => sections.add(section.clone()),
            _ => {}
        }
    }

    /// Makes it, as far as it is of prices of ticket types.
    pub fn make_in_tickets(&self, tickets: &mut Tickets) {
        if let Self::TicketPrice { category, ticket_type, to, .. } = self {
            tickets.set(category, ticket_type, Some(*to));
        }
    }
}

impl EventTerms {
    /// How sales are in a phase of their window: what is true first.
    pub const fn sales_state(&self, phase: SalesPhase) -> SalesState {
        match self.spec.publication {
            Publication::Draft => SalesState::Draft,
            Publication::Listed | Publication::Unlisted => self.sales.within(phase),
        }
    }

    /// Makes a change that was decided on these terms.
    ///
    /// # Panics
    /// If the change is of a section that is not there.
    pub fn make(&mut self, change: &TermChange) {
        let spec = &mut self.spec;
        match change {
            TermChange::Name { to, .. } => spec.name = to.clone(),
            TermChange::StartsAt { to, .. } => spec.starts_at = to.clone(),
            TermChange::Sales { to, .. } => self.sales = *to,
            TermChange::MaxPerCustomer { to, .. } => spec.max_per_customer = *to,
            TermChange::SalesFrom { to, .. } => spec.sales_from = to.clone(),
            TermChange::SalesUntil { to, .. } => spec.sales_until = to.clone(),
            TermChange::Publication { to, .. } => spec.publication = *to,
            TermChange::Venue { to, .. } => spec.presentation.venue = to.clone(),
            TermChange::Description { to, .. } => spec.presentation.description = to.clone(),
            TermChange::Link { to, .. } => spec.presentation.link = to.clone(),
            TermChange::Price { .. } | TermChange::Layout { .. } | TermChange::Added(_) => {
                change.make_in(&mut spec.sections);
            }
            TermChange::TicketPrice { .. } => change.make_in_tickets(&mut spec.tickets),
        }
    }

    /// Takes back the last change that was made.
    ///
    /// # Panics
    /// If the change is of a section that is not there.
    pub fn take_back(&mut self, change: &TermChange) {
        let spec = &mut self.spec;
        match change {
            TermChange::Name { from, .. } => spec.name = from.clone(),
            TermChange::StartsAt { from, .. } => spec.starts_at = from.clone(),
            TermChange::Sales { from, .. } => self.sales = *from,
            TermChange::MaxPerCustomer { from, .. } => spec.max_per_customer = *from,
            TermChange::SalesFrom { from, .. } => spec.sales_from = from.clone(),
            TermChange::SalesUntil { from, .. } => spec.sales_until = from.clone(),
            TermChange::Publication { from, .. } => spec.publication = *from,
            TermChange::Venue { from, .. } => spec.presentation.venue = from.clone(),
            TermChange::Description { from, .. } => spec.presentation.description = from.clone(),
            TermChange::Link { from, .. } => spec.presentation.link = from.clone(),
            TermChange::Price { section, from, .. } => spec.sections.set_price(*section, *from),
            TermChange::Layout { section, from, .. } => {
                spec.sections.set_layout(*section, from.clone());
            }
            TermChange::Added(_) => spec.sections.remove_last(),
            TermChange::TicketPrice { category, ticket_type, from, .. } => {
                spec.tickets.set(category, ticket_type, *from);
            }
        }
    }
}
