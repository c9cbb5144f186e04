//! Rows that a plan calls `whole`, like tables and boxes: they are taken entirely or not at all.

use crate::inventory::Inventory;
use boxoffice_plan::SeatNumber;
use boxoffice_protocol::id::Seat;
use boxoffice_protocol::refusal::Refusal;

impl Inventory {
    /// Refuses seats, ascending, that are not all of such a row. `field` named them.
    pub(crate) fn check_whole_rows(
        &self,
        field: &'static str,
        seats: &[Seat],
    ) -> Result<(), Refusal> {
        let Some(plan) = self.hall.plan() else { return Ok(()) };
        let place = |seat: Seat| (seat.section(), seat.row());
        for of_row in seats.chunk_by(|&a, &b| place(a) == place(b)) {
            let (section, row) = place(of_row[0]);
            let Some(plan_row) = plan.row(SeatNumber { section, row, index: 0 }) else { continue };
            let count = plan_row.seats.count();
            if plan_row.whole && of_row.len() < usize::from(count) {
                let label = |number| {
                    self.hall.label(&self.terms.spec.sections, Seat::new(section, row, number))
                };
                let (first, last) = (label(0), label(count - 1));
                let why = format!("{first} to {last} belong together: name all {count} or none");
                return Err(Refusal::invalid(field, why));
            }
        }
        Ok(())
    }
}
