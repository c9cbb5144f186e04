//! What helps a person after a refusal that does not say so itself.

use boxoffice_client::protocol::refusal::Refusal;

/// What to do next, if the refusal's own words leave that open.
pub(crate) const fn hint(refusal: &Refusal) -> Option<&'static str> {
    Some(match refusal {
        Refusal::NoSuchSeat { .. } => {
            "`boxoffice seats EVENT` draws all there are; where several sections have seats, name \
             the section too: stalls:A1"
        }
        Refusal::SeatsTaken { .. } => {
            "`boxoffice seats EVENT` shows what is free, and --best N takes the best of it"
        }
        Refusal::NotTogether { .. } => "take fewer, or leave out --together",
        Refusal::SoldOut { .. } => "take fewer, or `boxoffice watch EVENT` until some are free",
        Refusal::NotYours => "--customer says who is asking: it must be the reservation's own",
        Refusal::HoldExpired => {
            "hold again with a new id; --ttl and `boxoffice extend` give more time"
        }
        Refusal::SalesClosed => "`boxoffice event open EVENT` opens them",
        Refusal::LimitExceeded { .. } => {
            "`boxoffice event show EVENT` says how many places a customer may have, and \
             `boxoffice reservations --customer NAME` which they are"
        }
        Refusal::ReservationNotFound => {
            "`boxoffice reservations --customer NAME` lists a customer's; ended ones for a day"
        }
        Refusal::ReservationsLive { .. } => "--force ends them too",
        Refusal::NotAllowed { .. } => {
            "--token, or the variable BOXOFFICE_TOKEN, says who is asking"
        }
        Refusal::BackupExists => "if a connection was lost meanwhile, it may be the one you wanted",
        Refusal::IdConflict => "leave out --id to make another reservation",
        _ => return None,
    })
}
