//! The reservations of one customer, as last fetched, and the countdown of the holds among them.

use crate::values::places;
use boxoffice_client::protocol::id::ReservationId;
use boxoffice_client::protocol::reservation::{Places, Reservation, Status};
use boxoffice_client::protocol::time::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// The time of the warning before a hold expires.
const WARNING: Duration = Duration::from_secs(10);

/// The most characters for places in a prompt.
const PLACES_WIDTH: usize = 20;

/// In the order of the server's list.
#[derive(Debug, Default)]
pub(super) struct CustomerHolds {
    reservations: Vec<Reservation>,
    told: HashMap<ReservationId, HoldWarning>,
}

/// The last warning about a hold, with the deadline at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HoldWarning {
    Ending(Timestamp),
    Ended(Timestamp),
}

impl CustomerHolds {
    /// Replaces the reservations by newer ones.
    pub(super) fn learn(&mut self, reservations: Vec<Reservation>) {
        self.told.retain(|id, _| reservations.iter().any(|reservation| reservation.id == *id));
        self.reservations = reservations;
    }

    /// All reservations, ended ones included.
    pub(super) fn all(&self) -> &[Reservation] {
        &self.reservations
    }

    fn held(&self) -> impl Iterator<Item = &Reservation> {
        self.reservations.iter().filter(|reservation| reservation.status == Status::Held)
    }

    /// The prompt at `now`.
    pub(super) fn prompt(&self, now: Timestamp) -> Prompt {
        let live = || self.held().filter(|reservation| now < reservation.expires_at);
        let Some(first) = live().min_by_key(|reservation| reservation.expires_at) else {
            return Prompt { before: "boxoffice> ".to_owned(), deadline: None, after: "" };
        };
        let others = match live().count() - 1 {
            0 => String::new(),
            others => format!("{others} more, "),
        };
        let before = format!("boxoffice [{others}{} {} held ", first.event, short(&first.places));
        Prompt { before, deadline: Some((first.expires_at, now)), after: "]> " }
    }

    /// The warnings that are due at `now` and were not shown yet.
    pub(super) fn warnings(&mut self, now: Timestamp) -> Vec<String> {
        let mut warnings = Vec::new();
        for hold in self.reservations.iter().filter(|hold| hold.status == Status::Held) {
            let (event, places) = (&hold.event, short(&hold.places));
            let told = self.told.get(&hold.id).copied();
            let (ending, ended) =
                (HoldWarning::Ending(hold.expires_at), HoldWarning::Ended(hold.expires_at));
            if now >= hold.expires_at {
                if told != Some(ended) {
                    self.told.insert(hold.id, ended);
                    warnings.push(format!("the hold of {event} {places} has expired"));
                }
            } else if hold.expires_at.since(now) <= WARNING && told != Some(ending) {
                self.told.insert(hold.id, ending);
                let left = countdown(hold.expires_at, now);
                warnings.push(format!(
                    "{left} left of the hold of {event} {places}; to keep it: confirm {event} {}",
                    hold.id
                ));
            }
        }
        warnings
    }
}

fn short(these: &Places) -> String {
    let text = places(these);
    match these {
        Places::Seats(seats) if text.len() > PLACES_WIDTH => format!("{} seats", seats.len()),
        _ => text,
    }
}

/// A prompt whose countdown can be redrawn without moving the text behind it.
#[derive(Debug, Clone)]
pub(super) struct Prompt {
    before: String,
    /// The deadline of the hold, and the time of the first drawing.
    deadline: Option<(Timestamp, Timestamp)>,
    after: &'static str,
}

impl Prompt {
    /// The text of the first drawing.
    pub(super) fn text(&self) -> String {
        self.at(self.deadline.map_or_else(Timestamp::default, |(_, drawn)| drawn))
    }

    /// The text at `now`, as wide as the first one.
    pub(super) fn at(&self, now: Timestamp) -> String {
        let left = self.deadline.map_or_else(String::new, |(end, drawn)| {
            format!("{:>1$}", countdown(end, now.max(drawn)), countdown(end, drawn).len())
        });
        format!("{}{left}{}", self.before, self.after)
    }

    /// Whether the text changes with time.
    pub(super) const fn is_live(&self) -> bool {
        self.deadline.is_some()
    }
}

/// Minutes and seconds, rounded up: 0:00 is over.
fn countdown(end: Timestamp, now: Timestamp) -> String {
    let seconds = end.since(now).as_millis().div_ceil(1_000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_client::protocol::event::Currency;
    use boxoffice_client::protocol::id::{BookingCode, CustomerId, EventId, SeatLabel};

    fn held(number: u8, seats: &str, until_ms: u64) -> Reservation {
        let seats = seats.split(' ').map(|seat| SeatLabel::parse(seat).expect("a seat"));
        Reservation {
            id: ReservationId::new(Timestamp::from_ms(1), [number; 10]),
            code: BookingCode::of_hash(1),
            event: EventId::parse("dune-2").expect("a slug"),
            customer: CustomerId::parse("ann").expect("a name"),
            status: Status::Held,
            places: Places::Seats(seats.collect()),
            total: 0,
            currency: Currency::EUR,
            created_at: Timestamp::from_ms(0),
            expires_at: Timestamp::from_ms(until_ms),
            revision: 0,
            order: None,
            tickets: Vec::new().into(),
        }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    #[test]
    fn the_prompt_counts_the_first_hold_down() {
        let mut holds = CustomerHolds::default();
        assert_eq!(holds.prompt(at(0)).text(), "boxoffice> ");
        holds.learn(vec![held(1, "A1", 603_000), held(2, "B1 B3 B5 B7 B9 C1 C3 C5", 603_500)]);
        let prompt = holds.prompt(at(0));
        assert_eq!(prompt.text(), "boxoffice [1 more, dune-2 A1 held 10:03]> ");
        assert_eq!(prompt.at(at(500)), "boxoffice [1 more, dune-2 A1 held  1:43]> ");
        assert_eq!(prompt.at(at(700)), "boxoffice [1 more, dune-2 A1 held  0:00]> ");
        assert_eq!(holds.prompt(at(603)).text(), "boxoffice [dune-2 8 seats held 0:01]> ");
        assert_eq!(holds.prompt(at(604)).text(), "boxoffice> ");
    }

    #[test]
    fn a_hold_that_ends_is_told_twice_and_an_extended_one_anew() {
        let mut holds = CustomerHolds::default();
        holds.learn(vec![held(1, "A1", 60_000)]);
        assert!(holds.warnings(at(49)).is_empty());
        assert!(holds.warnings(at(50))[0].starts_with("0:10 left of the hold of dune-2 A1;"));
        assert!(holds.warnings(at(51)).is_empty());
        holds.learn(vec![held(1, "A1", 120_000)]);
        assert!(holds.warnings(at(61)).is_empty());
        assert_eq!(holds.warnings(at(111)).len(), 1);
        assert_eq!(holds.warnings(at(120)), ["the hold of dune-2 A1 has expired"]);
        assert!(holds.warnings(at(121)).is_empty());
    }
}
