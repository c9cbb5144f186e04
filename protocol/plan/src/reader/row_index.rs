//! The rows and sections of a plan by their folded names.

use crate::fold::fold;
use crate::plan::Plan;
use std::collections::HashMap;

/// A row by its numbers: section, then row.
pub(super) type RowNumber = (u8, u16);

#[derive(Debug)]
pub(super) struct RowIndex {
    rows: HashMap<String, Vec<RowNumber>>,
    sections: HashMap<String, u8>,
}

impl RowIndex {
    pub(super) fn new(plan: &Plan) -> Self {
        let (mut rows, mut sections) = (HashMap::<_, Vec<_>>::new(), HashMap::new());
        for (section, number) in plan.sections.iter().zip(0u8..) {
            sections.insert(fold(&section.name), number);
            for (row, at) in section.rows().iter().zip(0u16..) {
                rows.entry(fold(&row.label)).or_default().push((number, at));
            }
        }
        Self { rows, sections }
    }

    pub(super) fn rows(&self, text: &str) -> &[RowNumber] {
        self.rows.get(&fold(text)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn section(&self, text: &str) -> Option<u8> {
        self.sections.get(&fold(text)).copied()
    }
}
