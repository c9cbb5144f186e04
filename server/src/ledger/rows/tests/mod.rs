//! Tests of the state file.
//!
//! - `world`: events to which random things happen, with a log of the changes.
//! - `wishes`: random parts of what is asked there.
//! - `equal`: whether anybody could tell two inventories apart.
//! - `following`: the rows follow, and what they come to is what has lived.
//! - `taken_over`: events that were written as they are, without their changes.
//! - `refusals`: locked files, foreign files, contradictions.
//! - `reseal`: checksums made anew, so that the other checks have something to find.
//! - `verified`: whatever is not as it was written is found.
//! - `crashes`: what is left when a process or a write ends in the middle.

mod crashes;
mod equal;
mod following;
mod refusals;
mod reseal;
mod taken_over;
mod verified;
mod wishes;
mod world;

use super::{Identity, Rows};
use boxoffice_protocol::reservation::Places;
use std::path::{Path, PathBuf};

const IDENTITY: Identity = Identity { folder: u64::MAX - 1, fingerprint_key: [7; 16] };

fn path(folder: &Path) -> PathBuf {
    folder.join("boxoffice.db")
}

fn open(folder: &Path) -> Rows {
    Rows::open(&path(folder), &IDENTITY).expect("a state file")
}

/// The places that a row of `reservations_readable` shows in its columns 5 to 7.
fn shown_places(row: &rusqlite::Row<'_>) -> Places {
    match row.get::<_, Option<String>>(5).expect("a text") {
        Some(seats) => {
            Places::Seats(seats.split(' ').map(|seat| seat.parse().expect("a label")).collect())
        }
        None => Places::Standing {
            section: row.get::<_, String>(6).expect("a text").parse().expect("a name"),
            places: row.get(7).expect("a number"),
        },
    }
}
