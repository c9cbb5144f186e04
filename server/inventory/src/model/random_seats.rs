//! Seats that random commands ask for, as people write them.

use super::dice::Dice;
use super::state::Model;
use boxoffice_protocol::id::{Seat, SeatLabel};
use boxoffice_protocol::reservation::SeatLabels;

/// A seat in one of the ways in which it can be written.
pub(super) fn called(dice: &mut Dice, model: &Model, seat: Seat) -> SeatLabel {
    let label = model.label(&model.terms.spec.sections, seat);
    let text = label.text();
    let local = text.rsplit(':').next().unwrap_or_default();
    let section = &model.sections()[usize::from(seat.section())].name;
    let digits = local.trim_start_matches(|c: char| !c.is_ascii_digit());
    let letters = &local[..local.len() - digits.len()];
    let text = match dice.below(8) {
        0 | 1 => format!("{section}:{local}"),
        2 => local.to_ascii_lowercase(),
        3 => format!("{section}: {letters} {digits}"),
        4 => format!("{letters}-0{digits}"),
        _ => return label,
    };
    text.parse().expect("a label")
}

/// In a hall with special seats now and then all seats of a short row, so that whole rows are sold.
pub(super) fn row_of(dice: &mut Dice, model: &Model) -> Option<SeatLabels> {
    let seats = Model::all_seats(model.sections());
    if !seats.iter().any(|&seat| model.is_special(seat)) || dice.once_in(2) {
        return None;
    }
    let one = *dice.pick(&seats);
    let of_row =
        seats.into_iter().filter(|of| (of.section(), of.row()) == (one.section(), one.row()));
    let labels: Vec<SeatLabel> = of_row.map(|seat| called(dice, model, seat)).collect();
    SeatLabels::new(labels).ok().filter(|labels| labels.as_slice().len() < 4)
}
