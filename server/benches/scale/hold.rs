//! What is reserved, and by which rules.

use boxoffice_inventory::HoldRules;
use boxoffice_protocol::reservation::{PlaceCount, Selection};
use std::time::Duration;

pub(crate) const RULES: HoldRules = HoldRules {
    default: Duration::from_secs(120),
    min: Duration::from_secs(1),
    max: Duration::from_secs(1_800),
    life: Duration::from_secs(7_200),
    assured_places: None,
    one_seat_a_text: false,
    window: false,
    sees_drafts: true,
};

/// One standing place.
pub(crate) fn standing() -> Selection {
    Selection::Standing { places: PlaceCount::ONE, section: None }
}
