//! What a plan calls its rows and seats, as JSON.

use boxoffice_plan::{HallNames, HallPlan, SeatNumber};
use serde::Serialize;
use utoipa::ToSchema;

/// What the rows and seats of a plan are called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PlanLabels)]
pub(super) struct PlanLabelsRecord {
    /// The sections in the plan's order.
    sections: Vec<SectionLabels>,
}

#[derive(Debug, Serialize, ToSchema)]
struct SectionLabels {
    section: String,
    /// The rows from the front; left out for a standing section.
    #[serde(skip_serializing_if = "Option::is_none")]
    rows: Option<Vec<RowLabels>>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RowLabels {
    row: String,
    /// The labels of the seats from left to right, without their section: `A12` or `12-7`.
    labels: Vec<String>,
    /// The indices of the seats that follow an aisle, from 0; left out if there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<u16>,
}

impl PlanLabelsRecord {
    pub(super) fn new(plan: &HallPlan) -> Self {
        let sections = plan.plan().sections.iter().zip(0..).map(|(section, number)| {
            let rows = section.is_seated().then(|| {
                (0..plan.rows(number)).map(|row| RowLabels::new(plan, (number, row))).collect()
            });
            SectionLabels { section: section.name.clone(), rows }
        });
        Self { sections: sections.collect() }
    }
}

impl RowLabels {
    fn new(plan: &HallPlan, (section, row): (u8, u16)) -> Self {
        let label = |index| plan.local_label(SeatNumber { section, row, index }).into_string();
        let names = (section, row);
        Self {
            row: plan.row_label(names).into_string(),
            labels: (0..plan.seats(names)).map(label).collect(),
            breaks: plan.breaks(names).to_vec(),
        }
    }
}
