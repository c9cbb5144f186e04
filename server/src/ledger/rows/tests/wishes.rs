//! Random parts of requests: seats, tickets, orders, and what a reservation keeps.

use super::world::{World, ticket_type};
use boxoffice_protocol::id::{OrderNumber, SeatLabel};
use boxoffice_protocol::reservation::{
    Keep, PlaceCount, Places, RequestedTypes, Reservation, SeatLabels, Selection, TicketCount,
    TicketCounts,
};

impl World {
    /// A number of places, some of them for children.
    pub(super) fn counts(&mut self, places: u32) -> Option<TicketCounts> {
        let children = self.random.u32(..=places);
        let counts = [("adult", places - children), ("child", children)].into_iter();
        let counts = counts.filter(|(_, places)| *places > 0);
        let counts =
            counts.map(|(name, places)| TicketCount { ticket_type: ticket_type(name), places });
        TicketCounts::new(counts.collect()).ok()
    }

    /// What a part that could be kept and these seats come to.
    pub(super) fn exchanged(
        &mut self,
        keep: Option<&Keep>,
        labels: Vec<SeatLabel>,
        with_types: bool,
    ) -> Selection {
        let selection = match keep {
            Some(Keep::Seats(kept)) => {
                let labels = kept.as_slice().iter().cloned().chain(labels);
                Selection::Seats(SeatLabels::new(labels).expect("a few"))
            }
            Some(_) => {
                let places = PlaceCount::new(self.random.u32(1..5)).expect("a few");
                Selection::Standing { places, section: None }
            }
            None => Selection::Seats(SeatLabels::new(labels).expect("a few")),
        };
        let places = match &selection {
            Selection::Seats(labels) => u32::try_from(labels.as_slice().len()).expect("a few"),
            Selection::Standing { places, .. } => places.as_u32(),
            _ => 0,
        };
        match self.counts(places).filter(|_| with_types) {
            Some(types) => selection.typed(RequestedTypes::Counts(types)),
            None => selection,
        }
    }

    pub(super) fn order(&mut self) -> OrderNumber {
        format!("order {}", self.random.u32(..200)).parse().expect("an order number")
    }

    pub(super) fn some_labels(&mut self) -> Vec<SeatLabel> {
        let letters = ["A", "B", "stalls:A", "balcony:B", "balcony:AC"];
        let letters = letters[self.random.usize(..letters.len())];
        let first = self.random.u32(1..10);
        let labels = (first..=first + self.random.u32(..3)).map(|seat| format!("{letters}{seat}"));
        labels.map(|label| label.parse().expect("a label")).collect()
    }

    pub(super) fn part_of(&mut self, reservation: &Reservation) -> Option<Keep> {
        match &reservation.places {
            Places::Seats(seats) if seats.is_empty() => None,
            Places::Seats(seats) => {
                let kept = self.random.usize(1..=seats.len());
                Some(Keep::Seats(SeatLabels::new(seats[..kept].to_vec()).ok()?))
            }
            Places::Standing { places, .. } if !reservation.tickets.is_empty() => {
                let kept = self.random.u32(1..=*places);
                self.counts(kept).map(Keep::Types)
            }
            Places::Standing { places, .. } => {
                Some(Keep::Standing(PlaceCount::new(self.random.u32(1..=*places)).ok()?))
            }
        }
    }
}
