//! What the [`model`](super)'s seats are called, and which ones a text means: all seats are looked at.

use super::decide::invalid;
use super::state::Model;
use boxoffice_plan::{SeatMark, SeatNumber, fold};
use boxoffice_protocol::event::Sections;
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::refusal::Refusal;

impl Model {
    pub fn label(&self, sections: &Sections, seat: Seat) -> SeatLabel {
        let Some(plan) = self.hall.plan() else { return sections.label(seat) };
        let (section, row, index) = (seat.section(), seat.row(), seat.number());
        let label = plan.label(SeatNumber { section, row, index }).expect("a seat of the plan");
        label.parse().expect("a label")
    }

    /// Whether the best seats are never this one.
    pub(super) fn is_special(&self, seat: Seat) -> bool {
        let Some(plan) = self.hall.plan() else { return false };
        let (section, row, index) = (seat.section(), seat.row(), seat.number());
        let number = SeatNumber { section, row, index };
        let special = |mark: &SeatMark| mark.accessible || mark.companion_of.is_some();
        plan.row(number).expect("its row").whole || plan.mark(number).is_some_and(special)
    }

    /// Refuses parts of rows that are taken as a whole.
    pub(super) fn check_whole_rows(&self, field: &str, seats: &[Seat]) -> Result<(), Refusal> {
        let Some(plan) = self.hall.plan() else { return Ok(()) };
        for &seat in seats {
            let (section, row) = (seat.section(), seat.row());
            let of_plan = plan.row(SeatNumber { section, row, index: 0 }).expect("its row");
            let all = (0..of_plan.seats.count()).map(|number| Seat::new(section, row, number));
            if of_plan.whole && !all.into_iter().all(|other| seats.contains(&other)) {
                return Err(invalid(field));
            }
        }
        Ok(())
    }

    /// The seats that a text can mean: the one that is printed so, or all that fold to the same,
    /// with their section or without it.
    pub(super) fn meanings(&self, sections: &Sections, text: &SeatLabel) -> Vec<Seat> {
        let seats = Self::all_seats(sections.as_slice());
        let printed = |seat: &Seat| self.label(sections, *seat) == *text;
        if let Some(exact) = seats.iter().copied().find(printed) {
            return vec![exact];
        }
        let folded = fold(&text.text());
        let is_meant = |seat: &Seat| {
            let label = self.label(sections, *seat);
            let label = label.text();
            let local = label.rsplit(':').next().unwrap_or_default();
            let section = &sections.as_slice()[usize::from(seat.section())].name;
            folded == fold(local) || folded == fold(&format!("{section}:{local}"))
        };
        seats.into_iter().filter(is_meant).collect()
    }

    pub(super) fn resolved(
        &self,
        sections: &Sections,
        field: &str,
        labels: &[SeatLabel],
    ) -> Result<Vec<Seat>, Refusal> {
        let meant: Vec<Vec<Seat>> =
            labels.iter().map(|label| self.meanings(sections, label)).collect();
        let missing = labels.iter().zip(&meant).filter(|(_, seats)| seats.is_empty());
        let missing: Vec<SeatLabel> = missing.map(|(label, _)| label.clone()).collect();
        if !missing.is_empty() {
            return Err(Refusal::NoSuchSeat { seats: missing.into() });
        }
        if meant.iter().any(|seats| seats.len() > 1) {
            return Err(invalid(field));
        }
        let mut seats: Vec<Seat> = meant.into_iter().flatten().collect();
        seats.sort_unstable();
        let named = seats.len();
        seats.dedup();
        if seats.len() < named { Err(invalid(field)) } else { Ok(seats) }
    }
}
