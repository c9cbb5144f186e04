//! Random texts that people read about an event.

use super::dice::Dice;
use boxoffice_protocol::event::{Edit, EventUpdate};
use core::fmt::Debug;
use core::str::FromStr;

/// Now and then, other texts or none.
pub(super) fn edit(dice: &mut Dice, update: &mut EventUpdate) {
    if dice.once_in(12) {
        update.venue = Some(text(dice, ["Staatsoper", "Jahrhunderthalle"]));
        update.description = Some(text(dice, ["An evening.", "An evening.\n\nDoors at 19:00."]));
        update.link = Some(text(dice, ["https://example.org/", "http://example.org/opera"]));
    }
}

fn text<T: FromStr<Err: Debug>>(dice: &mut Dice, texts: [&str; 2]) -> Edit<T> {
    if dice.once_in(3) {
        return Edit::Clear;
    }
    Edit::Set(dice.pick::<&str>(&texts).parse().expect("a text"))
}
