//! Names and labels that a plan may have, from those that pretix allows.

use crate::fold::fold;
use crate::label::{begins_label, check_label, is_of_label};
use crate::limits::{
    MAX_CATEGORY_NAME_BYTES, MAX_GUID_BYTES, MAX_LABEL_CHARS, MAX_SECTION_NAME_BYTES,
};
use crate::name::{mend_section_name, mend_text};
use compact_str::CompactString;
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;

/// What was renamed, told once for many.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) notes: Vec<String>,
    more: usize,
}

/// Notes that are told one by one.
const MAX_NOTES: usize = 50;

impl Notes {
    pub(super) fn add(&mut self, note: String) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        } else {
            self.more += 1;
        }
    }

    pub(super) fn finish(mut self) -> Vec<String> {
        if self.more > 0 {
            self.notes.push(format!("and {} more", self.more));
        }
        self.notes
    }
}

/// A label like `text` that passes; `other` if nothing of it can stay.
pub(super) fn mend_label(text: &str, other: &str) -> CompactString {
    if let Ok(label) = check_label(text) {
        return label;
    }
    let mut label = String::new();
    for c in text.nfc() {
        let c = if is_of_label(c) { c } else { '.' };
        let wanted = !label.is_empty() || begins_label(c);
        if wanted && !(c == '.' && label.ends_with('.')) {
            label.push(c);
        }
    }
    let cut = cut(&label, 0);
    check_label(&cut).unwrap_or_else(|_| other.into())
}

/// The beginning of a label, with room for so many more characters.
fn cut(label: &str, room: usize) -> String {
    let kept: String = label.chars().take(MAX_LABEL_CHARS - room).collect();
    kept.trim_end_matches('.').to_owned()
}

/// The first label like this, with a number behind it, that `is_free`.
pub(super) fn with_suffix(
    label: &str,
    mut is_free: impl FnMut(&CompactString) -> bool,
) -> CompactString {
    let numbers = 2u32..;
    let suffixed = numbers.map(|number| {
        let suffix = format!(".{number}");
        CompactString::from(cut(label, suffix.len())) + suffix.as_str()
    });
    let mut free = suffixed.filter(|label| is_free(label));
    free.next().unwrap_or_default()
}

/// Names of sections and categories, each given once.
#[derive(Debug, Default)]
pub(super) struct UsedNames {
    folded: HashSet<String>,
}

impl UsedNames {
    /// A name like `text` for a section that no other has.
    pub(super) fn section(&mut self, text: &str, other: &str) -> String {
        self.name(other, |room| mend_section_name(text, MAX_SECTION_NAME_BYTES - room))
    }

    /// A name like `text` for a category that no other has.
    pub(super) fn category(&mut self, text: &str, other: &str) -> String {
        self.name(other, |room| mend_text(text, MAX_CATEGORY_NAME_BYTES - room))
    }

    /// The name that is `mended` with some room behind it, and a number if others have it.
    fn name(&mut self, other: &str, mended: impl Fn(usize) -> String) -> String {
        let with_room = |room| match mended(room) {
            name if name.is_empty() => other.to_owned(),
            name => name,
        };
        let name = with_room(0);
        if self.folded.insert(fold(&name)) {
            return name;
        }
        let numbers = 2u32..;
        let mut suffixed = numbers.map(|number| {
            let suffix = format!(" {number}");
            format!("{}{suffix}", with_room(suffix.len()))
        });
        suffixed.find(|name| self.folded.insert(fold(name))).unwrap_or_default()
    }
}

/// Ids of seats, each given once.
#[derive(Debug, Default)]
pub(super) struct UsedGuids {
    used: HashMap<String, u32>,
}

impl UsedGuids {
    /// The id itself, or one like it that no other seat has.
    pub(super) fn guid(&mut self, text: &str) -> String {
        let mut guid: String = text.chars().filter(|c| !c.is_control()).collect();
        while guid.len() > MAX_GUID_BYTES {
            guid.pop();
        }
        let guid = if guid.is_empty() { "seat".to_owned() } else { guid };
        let Some(&times) = self.used.get(&guid) else {
            self.used.insert(guid.clone(), 1);
            return guid;
        };
        let mut beginning = guid.clone();
        while beginning.len() > MAX_GUID_BYTES - 12 {
            beginning.pop();
        }
        let mut numbers = times + 1..;
        let (number, other) = numbers
            .find_map(|number| {
                let other = format!("{beginning}#{number}");
                (!self.used.contains_key(&other)).then_some((number, other))
            })
            .unwrap_or_default();
        self.used.insert(guid, number);
        self.used.insert(other.clone(), 1);
        other
    }
}
