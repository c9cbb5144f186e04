//! Plans written as text.

use crate::file::PlanFile;
use crate::kept::Kept;

impl PlanFile {
    /// The plan as a TOML file, which reads as the same plan.
    pub fn to_toml(&self) -> String {
        let mut file = self.clone();
        file.kept().for_each(|kept| kept.as_text = true);
        toml::to_string(&file).expect("a plan is tables of values")
    }

    /// The plan as an indented JSON file, which reads as the same plan.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a plan's keys are texts and its numbers finite")
    }

    /// Everything that is kept for another format.
    fn kept(&mut self) -> impl Iterator<Item = &mut Kept> {
        let sections = self.section.iter_mut().flat_map(|section| {
            let rows = section.row.iter_mut().map(|row| &mut row.pretix);
            let shapes = section.shape.iter_mut().map(|shape| &mut shape.pretix);
            std::iter::once(&mut section.pretix).chain(rows).chain(shapes)
        });
        let drawings = self.drawing.iter_mut().flat_map(|drawing| {
            let shapes = drawing.shape.iter_mut().map(|shape| &mut shape.pretix);
            std::iter::once(&mut drawing.pretix).chain(shapes)
        });
        std::iter::once(&mut self.pretix).chain(sections).chain(drawings)
    }
}
