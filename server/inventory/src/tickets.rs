//! The tickets of a new reservation, and those that one keeps: which type each place has, and whether
//! there are such tickets.

use crate::adjacent::{Among, seated};
use crate::inventory::Inventory;
use crate::new_reservation::ResolvedSelection;
use boxoffice_plan::ReadScope;
use boxoffice_protocol::change::{PlaceTypes, TakenPlaces};
use boxoffice_protocol::id::{Seat, TicketType};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{RequestedTypes, Selection, TicketCounts};

/// The only type of a request that says none.
const FIRST: &[u8] = &[0];

impl Inventory {
    /// The types of a request's tickets, in the order of its places.
    pub(crate) fn requested_types(
        &self,
        selection: &Selection,
        resolved: &ResolvedSelection,
        asked: &RequestedTypes,
    ) -> Result<PlaceTypes, Refusal> {
        let types = match asked {
            RequestedTypes::Counts(counts) => self.expanded("types", counts)?,
            RequestedTypes::Each(names) => {
                let types = names.iter().map(|name| self.type_number("types", name));
                types.collect::<Result<_, _>>()?
            }
        };
        let places = resolved.count();
        if types.len() != places as usize {
            let why = format!("{} tickets are not one for each of {places} places", types.len());
            return Err(Refusal::invalid("types", why));
        }
        match (selection, asked) {
            (Selection::Seats(labels), RequestedTypes::Each(_)) => {
                let seats = self.labelled_seats().in_order(ReadScope::Seats, labels.as_slice());
                let mut typed: Vec<(Seat, u8)> = seats.into_iter().zip(types).collect();
                typed.sort_unstable();
                Ok(typed.into_iter().map(|(_, of)| of).collect())
            }
            _ => Ok(types),
        }
    }

    /// Refuses tickets that are not sold; of the best seats, returns the sections that have all of them.
    pub(crate) fn check_sold(
        &self,
        resolved: &ResolvedSelection,
        types: &[u8],
    ) -> Result<Among, Refusal> {
        let types = if types.is_empty() { FIRST } else { types };
        let in_section =
            |section: u8| types.iter().try_for_each(|&of| self.check_ticket(section, of));
        match resolved {
            ResolvedSelection::Seats(seats) => {
                let typed = seats.iter().zip(types.iter().cycle());
                for (seat, &of) in typed {
                    self.check_ticket(seat.section(), of)?;
                }
                Ok(Among::All)
            }
            &ResolvedSelection::Standing { section, .. } => {
                in_section(section).map(|()| Among::All)
            }
            &ResolvedSelection::Best { section: Some(section), .. } => {
                in_section(section).map(|()| Among::One(section))
            }
            ResolvedSelection::Best { section: None, .. } => {
                let all = seated(&self.sections, Among::All).map(|(section, ..)| section);
                let (mut sold, mut refusal) = (Vec::new(), None);
                for section in all {
                    match in_section(section) {
                        Ok(()) => sold.push(section),
                        Err(not_sold) => drop(refusal.get_or_insert(not_sold)),
                    }
                }
                match refusal {
                    Some(refusal) if sold.is_empty() => Err(refusal),
                    _ => Ok(sold.into_iter().collect()),
                }
            }
        }
    }

    pub(crate) fn check_ticket(&self, section: u8, ticket_type: u8) -> Result<(), Refusal> {
        if self.prices().price(section, ticket_type).is_some() {
            return Ok(());
        }
        let spec = &self.terms.spec;
        let category = spec.sections.as_slice()[usize::from(section)].name.as_str().into();
        let ticket_type = spec.tickets.types()[usize::from(ticket_type)].as_str().into();
        Err(Refusal::NotForSale { category, ticket_type })
    }

    /// Refuses places that cost more than what was asked for.
    pub(crate) fn check_total(&self, places: &TakenPlaces, most: u64) -> Result<(), Refusal> {
        match self.prices().total(places) {
            Some(total) if total > most => Err(Refusal::PriceChanged { total }),
            _ => Ok(()),
        }
    }

    /// The standing places that a reservation does not keep; none if it keeps all.
    pub(crate) fn standing_rest(
        &self,
        have: &TakenPlaces,
        keep: &TicketCounts,
    ) -> Result<Option<TakenPlaces>, Refusal> {
        let mut rest = have.each();
        for of in self.expanded("keep", keep)? {
            let Some(index) = rest.iter().position(|one| one.1 == of) else {
                let name = &self.terms.spec.tickets.types()[usize::from(of)];
                let why = format!("the reservation has less tickets of the type {name}");
                return Err(Refusal::invalid("keep", why));
            };
            rest.remove(index);
        }
        let is_priced = !have.prices().is_empty();
        Ok((!rest.is_empty()).then(|| TakenPlaces::of(have.section(), rest, is_priced)))
    }

    /// So many of each type, in the order of the event's types.
    fn expanded(&self, field: &'static str, counts: &TicketCounts) -> Result<PlaceTypes, Refusal> {
        let mut types = PlaceTypes::default();
        for count in counts.as_slice() {
            let of = self.type_number(field, &count.ticket_type)?;
            types.extend(std::iter::repeat_n(of, count.places as usize));
        }
        types.sort_unstable();
        Ok(types)
    }

    fn type_number(&self, field: &'static str, name: &TicketType) -> Result<u8, Refusal> {
        let tickets = &self.terms.spec.tickets;
        tickets.number(name).ok_or_else(|| {
            let types: Vec<&str> = tickets.types().iter().map(TicketType::as_str).collect();
            let there = match types.is_empty() {
                true => "the event has no types of tickets".to_owned(),
                false => format!("there are {}", types.join(", ")),
            };
            Refusal::invalid(field, format!("there is no type {name}; {there}"))
        })
    }
}
