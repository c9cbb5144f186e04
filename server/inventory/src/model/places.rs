//! The places of the [`model`](super)'s reservations, one by one.

use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::id::Seat;

/// A place by its section and, where there is one, its seat, with the type of its ticket.
pub(super) type TypedPlace = (u8, Option<Seat>, u8);

/// The places, one by one.
pub(super) fn each(places: &TakenPlaces) -> Vec<TypedPlace> {
    let mut each: Vec<TypedPlace> = match places {
        TakenPlaces::Seats(_) | TakenPlaces::TypedSeats { .. } => {
            let seats = places.seats().expect("seats");
            seats.iter().map(|&seat| (seat.section(), Some(seat), 0)).collect()
        }
        &(TakenPlaces::Standing { section, places }
        | TakenPlaces::TypedStanding { section, places, .. }) => {
            vec![(section, None, 0); places as usize]
        }
    };
    for (place, of) in each.iter_mut().zip(places.types()) {
        place.2 = *of;
    }
    each
}

/// These places as a change has them; none if there are none.
pub(super) fn taken(mut places: Vec<TypedPlace>) -> Option<TakenPlaces> {
    places.sort_unstable();
    let types: Vec<u8> = places.iter().map(|place| place.2).collect();
    let count = u32::try_from(places.len()).expect("a few");
    let taken = match *places.first()? {
        (section, None, _) => TakenPlaces::Standing { section, places: count },
        _ => TakenPlaces::Seats(places.iter().filter_map(|place| place.1).collect()),
    };
    Some(taken.with_types(&types))
}
