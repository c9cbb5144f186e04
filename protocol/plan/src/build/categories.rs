//! The categories of a plan: those that the file lists, and one of their own for sections that name
//! none.

use crate::fault::Faults;
use crate::file::CategoryTable;
use crate::limits::{MAX_CATEGORIES, MAX_CATEGORY_NAME_BYTES};
use crate::name::{check_color, check_text};
use std::collections::HashMap;

#[derive(Debug, Default)]
pub(super) struct Categories {
    pub(super) names: Vec<String>,
    by_name: HashMap<String, u16>,
    listed: usize,
}

impl Categories {
    pub(super) fn new(tables: &[CategoryTable], faults: &mut Faults) -> Self {
        let mut categories = Self::default();
        for (index, CategoryTable { name, color }) in tables.iter().enumerate() {
            let path = format!("category[{index}].name");
            if let Some(name) = faults.ok(&path, check_text(name, MAX_CATEGORY_NAME_BYTES))
                && categories.add(name).is_none()
            {
                faults.add(path, "is there twice; give each category a name of its own");
            }
            if let Some(Err(why)) = color.as_deref().map(check_color) {
                faults.add(format!("category[{index}].color"), why);
            }
        }
        categories.listed = categories.names.len();
        categories
    }

    /// Adds a category; none if there is one of this name.
    fn add(&mut self, name: String) -> Option<u16> {
        let number = u16::try_from(self.names.len()).ok()?;
        if self.by_name.contains_key(&name) {
            return None;
        }
        self.by_name.insert(name.clone(), number);
        self.names.push(name);
        Some(number)
    }

    /// The category that a file names.
    pub(super) fn find(&self, name: &str) -> Result<u16, String> {
        if let Some(&number) = self.by_name.get(name)
            && usize::from(number) < self.listed
        {
            return Ok(number);
        }
        let listed: Vec<_> = self.names[..self.listed].iter().take(10).cloned().collect();
        Err(match listed.is_empty() {
            true => format!("{name:?} needs a [[category]] with this name; there is none yet"),
            false => format!("there is no category {name:?}; there are {}", listed.join(", ")),
        })
    }

    /// The category of a section that names none: the one of its name.
    pub(super) fn of_section(&mut self, section: &str) -> Result<u16, String> {
        if let Some(&number) = self.by_name.get(section) {
            return Ok(number);
        }
        if self.names.len() >= MAX_CATEGORIES {
            return Err(format!("there may be {MAX_CATEGORIES} categories; name one of them"));
        }
        self.add(section.to_owned()).ok_or_else(|| "there are too many categories".to_owned())
    }
}
