//! Random types of tickets and their prices, mostly those that an event has.

use super::dice::Dice;
use super::fixtures::ticket_type;
use super::state::Model;
use boxoffice_protocol::event::{TicketOffer, TicketPrice};
use boxoffice_protocol::id::TicketType;
use boxoffice_protocol::reservation::{Keep, RequestedTypes, Selection, TicketCount, TicketCounts};

/// The selection, with types of tickets and a limit or without.
pub(super) fn ticketed(dice: &mut Dice, model: &Model, selection: Selection) -> Selection {
    let places = match &selection {
        Selection::Seats(labels) => u32::try_from(labels.as_slice().len()).expect("a few"),
        Selection::Best { places, .. } | Selection::Standing { places, .. } => places.as_u32(),
        Selection::Ticketed(_) => return selection,
    };
    let selection = typed(dice, model, selection, places);
    match dice.below(8) {
        0 => selection.at_most(u64::from(places) * 1_000),
        1 => selection.at_most(dice.below(4_000)),
        _ => selection,
    }
}

fn typed(dice: &mut Dice, model: &Model, selection: Selection, places: u32) -> Selection {
    let has_types = !model.terms.spec.tickets.is_empty();
    if !has_types && !dice.once_in(20) || dice.once_in(3) {
        return selection;
    }
    let places = if dice.once_in(20) { places + 1 } else { places };
    if dice.once_in(2)
        && let Some(counts) = counts(dice, model, places)
    {
        return selection.typed(RequestedTypes::Counts(counts));
    }
    let names = (0..places).map(|_| name(dice, model)).collect();
    selection.typed(RequestedTypes::Each(names))
}

/// Tickets of several types that a reservation of so many places keeps, in every other case.
pub(super) fn keep(dice: &mut Dice, model: &Model, places: u32) -> Option<Keep> {
    if dice.once_in(2) { counts(dice, model, places).map(Keep::Types) } else { None }
}

/// Tickets for mostly so many places.
fn counts(dice: &mut Dice, model: &Model, places: u32) -> Option<TicketCounts> {
    let mut counts: Vec<TicketCount> = Vec::new();
    for _ in 0..places {
        let ticket_type = name(dice, model);
        match counts.iter_mut().find(|count| count.ticket_type == ticket_type) {
            Some(count) => count.places += 1,
            None => counts.push(TicketCount { ticket_type, places: 1 }),
        }
    }
    TicketCounts::new(counts).ok()
}

/// Other prices of types, of an event without types seldom.
pub(super) fn prices(dice: &mut Dice, model: &Model) -> Vec<TicketPrice> {
    let mut prices = Vec::new();
    if model.terms.spec.tickets.is_empty() && !dice.once_in(20) {
        return prices;
    }
    for _ in 0..dice.below(3) {
        let mut category = dice.pick(model.sections()).name.clone();
        if dice.once_in(20) {
            category = "gallery".parse().expect("a name");
        }
        let offers = [TicketOffer::NotSold, TicketOffer::Price(0), TicketOffer::Price(900)];
        let offer = *dice.pick(&offers);
        prices.push(TicketPrice { category, ticket_type: name(dice, model), offer });
    }
    prices
}

fn name(dice: &mut Dice, model: &Model) -> TicketType {
    let types = model.terms.spec.tickets.types();
    if types.is_empty() || dice.once_in(30) {
        ticket_type("nobody")
    } else {
        dice.pick(types).clone()
    }
}
