//! What a choice of adjacent seats costs the hall: the runs of free seats that it leaves, as larger
//! parties cannot sit in short ones. [`best`](crate::best) adds it to the distance.

/// A run with so many free seats or fewer is short.
const SHORT: u32 = 4;

/// A short run costs as much as this distance.
const SHORT_COST: i64 = 192;

/// A run of one seat costs so much more: it is left alone.
const ALONE_COST: i64 = 96;

/// Two runs with odd numbers of seats cost a party with an even one so much: such parties would leave
/// one seat of each.
const ODD_COST: i64 = 192;

/// In a row with all its seats free, all this costs so many times less: the first ones get the middle.
const UNTOUCHED: i64 = 12;

/// What `places` adjacent seats cost that leave runs of `before` and `behind` free seats beside them, more
/// than the run that they are taken from. It is below zero where that was short and is used up.
#[inline]
pub(crate) const fn cost(before: u32, places: u32, behind: u32, untouched: bool) -> i64 {
    let odd = places.is_multiple_of(2) && before % 2 == 1 && behind % 2 == 1;
    let left = of_run(before) + of_run(behind) + if odd { ODD_COST } else { 0 };
    if untouched { left / UNTOUCHED } else { left - of_run(before + places + behind) }
}

/// The most that `places` seats can gain: a run that they use up.
pub(crate) const fn most_gained(places: u32) -> i64 {
    of_run(places)
}

const fn of_run(seats: u32) -> i64 {
    match seats {
        1 => SHORT_COST + ALONE_COST,
        2..=SHORT => SHORT_COST,
        _ => 0,
    }
}
