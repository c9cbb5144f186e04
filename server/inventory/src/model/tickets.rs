//! The [`model`](super)'s tickets: what each place costs, and of which type it is.

use super::decide::invalid;
use super::places::{TypedPlace, each, taken};
use super::state::{Booked, Model};
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::event::{SectionSpec, TicketOffer};
use boxoffice_protocol::id::{Seat, TicketType};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{RequestedTypes, Selection, TicketCount, TicketCounts};

impl Model {
    /// The price of each type in each section; none for what is not sold.
    pub(super) fn prices(&self) -> Vec<Vec<Option<u64>>> {
        let tickets = &self.terms.spec.tickets;
        let in_section = |section: &SectionSpec| {
            let of_type = |name: &TicketType| {
                let said = tickets
                    .prices()
                    .iter()
                    .find(|one| one.category == section.name && one.ticket_type == *name);
                match said.map(|said| said.offer) {
                    None => Some(section.price),
                    Some(TicketOffer::Price(price)) => Some(price),
                    Some(TicketOffer::NotSold) => None,
                }
            };
            match tickets.types() {
                [] => vec![Some(section.price)],
                types => types.iter().map(of_type).collect(),
            }
        };
        self.sections().iter().map(in_section).collect()
    }

    fn number(&self, field: &str, name: &TicketType) -> Result<u8, Refusal> {
        let types = self.terms.spec.tickets.types();
        let number = types.iter().position(|one| one == name).ok_or_else(|| invalid(field))?;
        Ok(u8::try_from(number).expect("a few"))
    }

    fn expanded(&self, field: &str, counts: &TicketCounts) -> Result<Vec<u8>, Refusal> {
        let mut types = Vec::new();
        for TicketCount { ticket_type, places } in counts.as_slice() {
            types.extend(vec![self.number(field, ticket_type)?; *places as usize]);
        }
        types.sort_unstable();
        Ok(types)
    }

    /// The types of so many places, in their order.
    pub(super) fn requested_types(
        &self,
        selection: &Selection,
        types: Option<&RequestedTypes>,
        places: u32,
    ) -> Result<Vec<u8>, Refusal> {
        let types = match types {
            None => vec![0; places as usize],
            Some(RequestedTypes::Counts(counts)) => self.expanded("types", counts)?,
            Some(RequestedTypes::Each(names)) => {
                let types: Result<Vec<u8>, Refusal> =
                    names.iter().map(|name| self.number("types", name)).collect();
                let types = types?;
                if let Selection::Seats(labels) = selection
                    && labels.as_slice().len() == types.len()
                {
                    let of = |label| self.meanings(&self.terms.spec.sections, label)[0];
                    let seats = labels.as_slice().iter().map(of);
                    let mut typed: Vec<(Seat, u8)> = seats.zip(types).collect();
                    typed.sort_unstable();
                    typed.into_iter().map(|(_, of)| of).collect()
                } else {
                    types
                }
            }
        };
        if types.len() == places as usize { Ok(types) } else { Err(invalid("types")) }
    }

    /// Refuses a ticket that is not sold.
    pub(super) fn check_ticket(&self, section: u8, of: u8) -> Result<(), Refusal> {
        if self.prices()[usize::from(section)][usize::from(of)].is_some() {
            return Ok(());
        }
        let spec = &self.terms.spec;
        Err(Refusal::NotForSale {
            category: self.sections()[usize::from(section)].name.as_str().into(),
            ticket_type: spec.tickets.types()[usize::from(of)].as_str().into(),
        })
    }

    /// The seated sections that sell all these tickets.
    pub(super) fn sections_selling(
        &self,
        only: Option<u8>,
        types: &[u8],
    ) -> Result<Vec<u8>, Refusal> {
        let mut refusals = Vec::new();
        let mut selling = Vec::new();
        for section in only.map_or_else(|| self.of_kind(true), |only| vec![only]) {
            match types.iter().try_for_each(|&of| self.check_ticket(section, of)) {
                Ok(()) => selling.push(section),
                Err(refusal) => refusals.push(refusal),
            }
        }
        match refusals.into_iter().next() {
            Some(refusal) if selling.is_empty() => Err(refusal),
            _ => Ok(selling),
        }
    }

    /// Refuses what costs more than was asked for.
    pub(super) fn check_total(&self, places: &TakenPlaces, most: u64) -> Result<(), Refusal> {
        let price = |(section, _, of, _): TypedPlace| {
            self.prices()[usize::from(section)][usize::from(of)].expect("a ticket that is sold")
        };
        let total = each(places).into_iter().map(price).sum();
        if total > most { Err(Refusal::PriceChanged { total }) } else { Ok(()) }
    }

    /// The standing places that are not kept.
    pub(super) fn standing_rest(
        &self,
        one: &Booked,
        keep: &TicketCounts,
    ) -> Result<Option<TakenPlaces>, Refusal> {
        let mut rest = each(&one.places);
        for of in self.expanded("keep", keep)? {
            let index = rest.iter().position(|place| place.2 == of);
            rest.remove(index.ok_or_else(|| invalid("keep"))?);
        }
        Ok(taken(rest))
    }
}
