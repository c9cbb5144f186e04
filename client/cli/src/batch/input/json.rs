//! The rows of a JSONL file: one object a line, with the columns as keys.

use super::fingerprint::RowFingerprinter;
use super::row::{BadRow, InputColumn, MAX_ROW_BYTES, REASON, RawRow, RowFields};
use crate::values::clip;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::io::{self, BufRead, Read as _};

/// The rows of a file.
pub(super) struct JsonRows<R> {
    reader: R,
    line: u64,
    text: Vec<u8>,
}

impl<R: BufRead> JsonRows<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 0, text: Vec::new() }
    }

    /// The line of the row that was yielded last; its beginning where it is too long.
    pub(super) fn last_line(&self) -> &[u8] {
        self.text.trim_ascii()
    }

    /// The next row; none at the end. Blank lines are skipped.
    pub(super) fn next(&mut self) -> io::Result<Option<RawRow>> {
        loop {
            self.text.clear();
            let limit = MAX_ROW_BYTES as u64 + 1;
            let read = self.reader.by_ref().take(limit).read_until(b'\n', &mut self.text)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let mut hasher = RowFingerprinter::new(None);
            let whole = self.text.len() <= MAX_ROW_BYTES || self.text.ends_with(b"\n");
            if !whole {
                hasher.write(&self.text);
                self.skip_line(&mut hasher)?;
                let why = format!("the line is longer than {MAX_ROW_BYTES} bytes");
                let fields = Err(BadRow::whole(why));
                return Ok(Some(RawRow { line: self.line, hash: hasher.finish(), fields }));
            }
            let text = self.text.trim_ascii();
            if !text.is_empty() {
                hasher.write(text);
                let fields = fields_of(text);
                return Ok(Some(RawRow { line: self.line, hash: hasher.finish(), fields }));
            }
        }
    }

    fn skip_line(&mut self, hasher: &mut RowFingerprinter) -> io::Result<()> {
        loop {
            let input = self.reader.fill_buf()?;
            let end = input.iter().position(|&byte| byte == b'\n');
            let taken = end.map_or(input.len(), |end| end + 1);
            hasher.write(&input[..end.unwrap_or(taken)]);
            self.reader.consume(taken);
            if end.is_some() || taken == 0 {
                return Ok(());
            }
        }
    }
}

fn fields_of(text: &[u8]) -> Result<RowFields, BadRow> {
    let object: Object = serde_json::from_slice(text).map_err(|error| {
        // The message names the line elsewhere; here it is always line 1.
        let why = error.to_string();
        let why = why.split(" at line 1 column").next().unwrap_or(&why);
        match error.column() {
            0 => BadRow::whole(why),
            byte => BadRow::whole(format!("{why} (at byte {byte} of the line)")),
        }
    })?;
    let mut fields = RowFields::default();
    for (column, value) in object.0 {
        if let Some(text) = text_of(column, value)? {
            fields.set(column, &text);
        }
    }
    Ok(fields)
}

const TYPES: &str = "must be a text, a list like [\"adult\"], or numbers like {\"adult\": 2}";

/// The text of a value, as in a column of a CSV file.
fn text_of(column: InputColumn, value: Value) -> Result<Option<String>, BadRow> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Bool(yes) => Ok(Some(yes.to_string())),
        Value::Array(seats) if column == InputColumn::Seats => {
            let texts: Option<Vec<_>> = seats.iter().map(Value::as_str).collect();
            let texts = texts.ok_or_else(|| {
                BadRow::new(column.name(), "must be a text, or a list of texts like [\"A1\"]")
            })?;
            Ok(Some(texts.join(" ")))
        }
        Value::Array(types) if column == InputColumn::Types => {
            let texts: Option<Vec<_>> = types.iter().map(Value::as_str).collect();
            let texts = texts.ok_or_else(|| BadRow::new(column.name(), TYPES))?;
            Ok(Some(texts.join(", ")))
        }
        Value::Object(counts) if column == InputColumn::Types => {
            let texts =
                counts.iter().map(|(name, places)| Some(format!("{name} {}", places.as_u64()?)));
            let texts: Option<Vec<_>> = texts.collect();
            let texts = texts.ok_or_else(|| BadRow::new(column.name(), TYPES))?;
            Ok(Some(texts.join(", ")))
        }
        Value::Array(_) | Value::Object(_) => {
            Err(BadRow::new(column.name(), "must be a text or a number"))
        }
    }
}

/// The keys of a line with their values. Keys are known, and each occurs once.
struct Object(Vec<(InputColumn, Value)>);

impl<'de> serde::Deserialize<'de> for Object {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "an object with the keys {}", InputColumn::names())
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut object = Object(Vec::new());
                while let Some(key) = map.next_key::<String>()? {
                    if key == REASON {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    }
                    let wrong = |why: String| Err(serde::de::Error::custom(why));
                    let Some(column) = InputColumn::named(&key) else {
                        let (key, known) = (clip(&key), InputColumn::names());
                        return wrong(format!("unknown key {key:?}; the keys are {known}"));
                    };
                    if object.0.iter().any(|(earlier, _)| *earlier == column) {
                        return wrong(format!("the key {key:?} is there twice"));
                    }
                    object.0.push((column, map.next_value()?));
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Keys)
    }
}
