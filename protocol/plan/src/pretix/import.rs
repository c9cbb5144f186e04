//! From pretix's seating plan to a file of ours.

use super::areas;
use super::differences::{difference, keep};
use super::export::export;
use super::import_labels::{Notes, UsedGuids, UsedNames};
use super::import_rows::{self, RowsImport};
use super::json::{Found, JsonAt, equal};
use super::keys::{ABSENT, IMPORTED, INDEX, ROWS, list};
use crate::fault::{PlanError, PlanFault};
use crate::file::{CategoryTable, DrawingTable, PlanFile, SectionTable};
use crate::kept::Kept;
use crate::limits::{MAX_PLAN_BYTES, MAX_PLAN_NAME_BYTES, MAX_SECTION_NAME_BYTES};
use crate::name::{check_color, check_text};
use crate::source::SourcePlan;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// A plan from pretix.
#[derive(Debug, Clone)]
pub struct PretixImport {
    pub source: SourcePlan,
    /// What is called otherwise than in pretix, and why.
    pub notes: Vec<String>,
}

/// Reads a seating plan of pretix.
///
/// # Errors
/// [`PlanError`] says where the text is no seating plan, or too large, and why.
pub fn import(text: &str) -> Result<PretixImport, PlanError> {
    if text.len() > MAX_PLAN_BYTES {
        let why = format!("a plan has at most {MAX_PLAN_BYTES} bytes, this has {}", text.len());
        return Err(PlanFault::new("", why).into());
    }
    let original: Value = serde_json::from_str(text)
        .map_err(|error| PlanFault::new("", format!("is no JSON: {error}")))?;
    let mut importer = Importer::default();
    let mut file = importer.plan(&JsonAt::root(&original))?;
    let source = SourcePlan::new(file.clone())?;
    keep_differences(&mut file, &original, &export(&source).json);
    let source = SourcePlan::new(file)?;
    if !equal(&original, &export(&source).json) {
        let why = "cannot be kept so that it is written the same; please report this file";
        return Err(PlanFault::new("", why).into());
    }
    Ok(PretixImport { source, notes: importer.notes.finish() })
}

#[derive(Default)]
struct Importer {
    notes: Notes,
    names: UsedNames,
    guids: UsedGuids,
    /// Our names of pretix's categories.
    categories: HashMap<String, String>,
    category_names: UsedNames,
    listed: Vec<CategoryTable>,
}

impl Importer {
    fn plan(&mut self, plan: &JsonAt<'_>) -> Result<PlanFile, PlanError> {
        let known = ["name", "zones", "categories", "size"];
        self.note_unknown(plan, &known, &[ABSENT, IMPORTED])?;
        let name = plan.required("name")?.text()?;
        if let Some(size) = plan.optional("size")? {
            size.required("width")?.whole()?;
            size.required("height")?.whole()?;
        }
        for category in plan.required("categories")?.list()? {
            let name = category.required("name")?.text()?;
            let color = category.optional_text("color")?;
            let color = color.filter(|color| check_color(color).is_ok()).map(str::to_owned);
            self.category(name, color);
        }
        let mut file = PlanFile {
            name: match check_text(name, MAX_PLAN_NAME_BYTES) {
                Ok(name) => name,
                Err(_) => UsedNames::default().category(name, "Hall"),
            },
            ..PlanFile::default()
        };
        file.pretix.entries.insert(IMPORTED.to_owned(), true.into());
        for (index, zone) in plan.required("zones")?.list()?.enumerate() {
            self.zone(index, &zone, &mut file)?;
        }
        if file.section.is_empty() {
            return Err(PlanFault::new("zones", "have no seats; a plan has at least one").into());
        }
        file.category = std::mem::take(&mut self.listed);
        Ok(file)
    }

    /// Our name of a category of pretix.
    fn category(&mut self, name: &str, color: Option<String>) -> String {
        if let Some(known) = self.categories.get(name) {
            return known.clone();
        }
        let own = self.category_names.category(name, "category");
        if own != name {
            self.notes.add(format!("category {name:?} is called {own:?} here"));
        }
        self.categories.insert(name.to_owned(), own.clone());
        self.listed.push(CategoryTable { name: own.clone(), color });
        own
    }

    fn zone(&mut self, index: usize, zone: &JsonAt<'_>, file: &mut PlanFile) -> Found<()> {
        let known = ["name", "zone_id", "uuid", "position", "rows", "areas"];
        self.note_unknown(zone, &known, &[ABSENT, INDEX])?;
        zone.optional_text("uuid")?;
        let id = zone.optional_text("zone_id")?;
        let name = zone.optional_text("name")?;
        let at = areas::point(&zone.required("position")?)?;
        let shape = match zone.optional("areas")? {
            Some(list) => list.list()?.map(|area| areas::read(&area)).collect::<Found<_>>()?,
            None => Vec::new(),
        };
        let mut rows = Vec::new();
        let mut empty = Map::new();
        for (at, row) in zone.required("rows")?.list()?.enumerate() {
            self.note_unknown(&row, import_rows::ROW_KEYS, import_rows::ROW_OWN)?;
            match import_rows::read(&row)? {
                Some(row) => rows.push(row),
                None => drop(empty.insert(at.to_string(), row.value.clone())),
            }
        }
        let mut pretix = Map::new();
        if !empty.is_empty() {
            pretix.insert(ROWS.to_owned(), empty.into());
        }
        let wanted = name.or(id).unwrap_or_default();
        if rows.is_empty() {
            pretix.insert(INDEX.to_owned(), index.into());
            let name =
                name.filter(|name| check_text(name, MAX_SECTION_NAME_BYTES).as_deref() == Ok(name));
            let (name, pretix) = (name.map(str::to_owned), Kept::from(pretix));
            file.drawing.push(DrawingTable { name, at: Some(at), pretix, shape });
            return Ok(());
        }
        let name = self.names.section(wanted, &format!("Zone {}", index + 1));
        if name != wanted {
            self.notes.add(format!("zone {wanted:?} is called {name:?} here"));
        }
        let (guids, notes) = (&mut self.guids, &mut self.notes);
        let imported = RowsImport { section: &name, guids, notes }.rows(rows);
        let imported = import_rows::resolve(imported, |category| self.category(category, None));
        file.section.push(SectionTable {
            name,
            at: Some(at),
            align: Some(crate::geometry::Align::Left),
            pretix: pretix.into(),
            shape,
            ..imported
        });
        Ok(())
    }

    fn note_unknown(&mut self, at: &JsonAt<'_>, known: &[&str], own: &[&str]) -> Found<()> {
        for key in at.unknown(known)? {
            if own.contains(&key) {
                return Err(at.fault(format!("unknown key {key:?}")));
            }
            self.notes.add(at.fault(format!("unknown key {key:?} is kept")).to_string());
        }
        Ok(())
    }
}

/// Keeps everything that would be written otherwise.
fn keep_differences(file: &mut PlanFile, original: &Value, written: &Value) {
    let (Some(original), Some(written)) = (original.as_object(), written.as_object()) else {
        return;
    };
    keep(&mut file.pretix, difference(original, written, &["zones"]));
    let zones = list(original, "zones").iter().zip(list(written, "zones"));
    let mut sections = file.section.iter_mut();
    let mut drawings = file.drawing.iter_mut();
    for (original, written) in zones {
        let (Some(original), Some(written)) = (original.as_object(), written.as_object()) else {
            continue;
        };
        let has_seats = list(original, "rows").iter().any(import_rows::has_seats);
        let different = difference(original, written, &["rows", "areas"]);
        let shapes = if has_seats {
            let Some(section) = sections.next() else { continue };
            keep(&mut section.pretix, different);
            import_rows::keep_rows(&mut section.row, original, written);
            &mut section.shape
        } else {
            let Some(drawing) = drawings.next() else { continue };
            keep(&mut drawing.pretix, different);
            &mut drawing.shape
        };
        let areas = list(original, "areas").iter().zip(list(written, "areas"));
        for (shape, (original, written)) in shapes.iter_mut().zip(areas) {
            if let (Some(original), Some(written)) = (original.as_object(), written.as_object()) {
                keep(&mut shape.pretix, difference(original, written, &[]));
            }
        }
    }
}
