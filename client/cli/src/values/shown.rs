//! What people call a reservation: its id or its booking code.

use boxoffice_client::protocol::InvalidField;
use boxoffice_client::protocol::id::{BookingCode, ReservationId};
use std::str::FromStr;

/// The id of a reservation, or the booking code of one or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownReservation {
    Id(ReservationId),
    Code(BookingCode),
}

impl FromStr for ShownReservation {
    type Err = InvalidField;

    fn from_str(text: &str) -> Result<Self, InvalidField> {
        match text.parse() {
            Ok(code) => Ok(Self::Code(code)),
            Err(_) => text.parse().map(Self::Id).map_err(|InvalidField { field, why }| {
                InvalidField::new(field, format!("{why}, or a booking code like 7K3M9QPA"))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_codes_are_told_apart() {
        let id = "0192d3a0-7b1c-7def-8a12-3456789abcde";
        assert_eq!(id.parse(), Ok(ShownReservation::Id(id.parse().expect("an id"))));
        let code = "7K3M9QPA".parse().expect("a code");
        assert_eq!("7k3m-9qpa".parse(), Ok(ShownReservation::Code(code)));
        let error = "7K3M9QP".parse::<ShownReservation>().expect_err("neither").to_string();
        assert!(error.ends_with("or a booking code like 7K3M9QPA"), "{error}");
    }
}
