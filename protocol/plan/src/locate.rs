//! Lines and columns of faults in a TOML file.

use crate::fault::{PlanError, PlanFault};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Characters of a line that are shown either side of a fault.
const EXCERPT_CHARS: usize = 60;

/// A text that faults are found in.
pub(crate) struct Lines<'a> {
    text: &'a str,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text }
    }

    /// Gives each fault the line and column of its value.
    pub(crate) fn locate(&self, error: &mut PlanError) {
        let Ok(table) = DeTable::parse(self.text) else { return };
        for fault in &mut error.faults {
            let at = self.offset(&table, fault);
            self.put(fault, at);
        }
        error.faults.sort_by_key(|fault| fault.line_column);
    }

    /// Gives a fault a place in the text.
    pub(crate) fn put(&self, fault: &mut PlanFault, at: usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &self.text[..at];
        let begin = before.rfind('\n').map_or(0, |end| end + 1);
        let line = before.matches('\n').count() + 1;
        let column = self.text[begin..at].chars().count();
        let rest = &self.text[begin..];
        let content = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        fault.line_column = Some((line, column + 1));
        fault.excerpt = Some(excerpt(line, column, content));
    }

    /// Where the value of a path begins, or the innermost of its tables that is there.
    fn offset(&self, table: &Spanned<DeTable<'_>>, fault: &PlanFault) -> usize {
        let mut steps = steps(&fault.path);
        let Some(PathStep::Key(key)) = steps.next() else { return table.span().start };
        let entry = table.get_ref().iter().find(|(name, _)| name.get_ref().as_ref() == key);
        let Some((_, mut value)) = entry else { return table.span().start };
        for step in steps {
            let inner = match (step, value.get_ref()) {
                (PathStep::Key(key), DeValue::Table(table)) => {
                    let entry = table.iter().find(|(name, _)| name.get_ref().as_ref() == key);
                    entry.map(|(_, value)| value)
                }
                (PathStep::Index(index), DeValue::Array(list)) => list.get(index),
                _ => None,
            };
            let Some(inner) = inner else { return value.span().start };
            value = inner;
        }
        let begin = value.span().start;
        match value.get_ref() {
            DeValue::String(_) if fault.offset > 0 => begin + self.quotes(begin) + fault.offset,
            _ => begin,
        }
    }

    /// The bytes of the quotes before a text.
    fn quotes(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let is_long = rest.starts_with("\"\"\"") || rest.starts_with("'''");
        if is_long { 3 } else { 1 }
    }
}

enum PathStep<'a> {
    Key(&'a str),
    Index(usize),
}

/// The steps of a path like `section[0].row[2].seats`.
fn steps(path: &str) -> impl Iterator<Item = PathStep<'_>> {
    let parts = path.split(['.', '[', ']']).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().map_or(PathStep::Key(part), PathStep::Index))
}

/// A line, shortened around the column, and a caret below it.
fn excerpt(line: usize, column: usize, content: &str) -> String {
    let start = column.saturating_sub(EXCERPT_CHARS);
    let shown: String = content.chars().skip(start).take(2 * EXCERPT_CHARS).collect();
    let before = if start > 0 { "…" } else { "" };
    let after = if content.chars().count() > start + 2 * EXCERPT_CHARS { "…" } else { "" };
    let number = line.to_string();
    let blank = " ".repeat(number.len());
    let indent = " ".repeat(column - start + before.chars().count());
    format!("{blank} |\n{number} | {before}{shown}{after}\n{blank} | {indent}^")
}
