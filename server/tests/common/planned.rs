//! A hall with a plan, and an event in it.

use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::PlanDigest;
use boxoffice_testing::concert;

/// Two rows with an aisle, odd seats on one side and even ones on the other, and places to stand.
pub(crate) const HALL: &str = "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"H J\"\n\
    seats = \"5..1/2 | 2..4/2\"\n[[section]]\nname = \"pit\"\ncapacity = 9\n";

/// The plan, and an event that names it.
pub(crate) fn planned() -> (PlanDigest, Vec<u8>, EventSpec) {
    let source = read_plan(HALL, PlanFormat::Toml).expect("a plan");
    let canonical = source.file.canonical();
    let digest = plan_digest(&canonical);
    let sections = source.plan.priced(|_| Some(4_500)).expect("sections");
    (digest, canonical, EventSpec { plan: Some(digest), sections, ..concert(1) })
}
