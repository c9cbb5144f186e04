//! The places of the [`model`](super)'s reservations, one by one.

use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::id::Seat;

/// A place by its section and, where there is one, its seat, with the type of its ticket and, where
/// that is said, its price.
pub(super) type TypedPlace = (u8, Option<Seat>, u8, Option<u64>);

/// The places, one by one.
pub(super) fn each(places: &TakenPlaces) -> Vec<TypedPlace> {
    let mut each: Vec<TypedPlace> = match (places.section(), places.seats()) {
        (Some(section), _) => vec![(section, None, 0, None); places.count() as usize],
        (None, seats) => {
            let seats = seats.expect("seats").iter();
            seats.map(|&seat| (seat.section(), Some(seat), 0, None)).collect()
        }
    };
    for (place, of) in each.iter_mut().zip(places.types()) {
        place.2 = *of;
    }
    for (place, price) in each.iter_mut().zip(places.prices()) {
        place.3 = Some(*price);
    }
    each
}

/// These places as a change has them; none if there are none.
pub(super) fn taken(mut places: Vec<TypedPlace>) -> Option<TakenPlaces> {
    places.sort_unstable();
    let types: Vec<u8> = places.iter().map(|place| place.2).collect();
    let count = u32::try_from(places.len()).expect("a few");
    let taken = match *places.first()? {
        (section, None, ..) => TakenPlaces::Standing { section, places: count },
        _ => TakenPlaces::Seats(places.iter().filter_map(|place| place.1).collect()),
    };
    let prices: Vec<u64> = places.iter().filter_map(|place| place.3).collect();
    Some(taken.with_tickets(&types, &prices))
}
