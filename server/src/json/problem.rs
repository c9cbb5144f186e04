//! Problems, as RFC 9457 has them.

use super::schema;
use boxoffice_protocol::refusal::Refusal;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A problem document. Besides what the RFC names it has a refusal's name, frozen code, version
/// and fields.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemRecord<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "is_zero")]
    #[schema(value_type = Option<schema::Version>)]
    version: u64,
    #[serde(flatten)]
    #[schema(value_type = Object)]
    fields: Map<String, Value>,
}

impl<'a> ProblemRecord<'a> {
    /// One that HTTP itself has; `title` is its name.
    pub(crate) fn new(status: u16, title: &'a str, detail: &'a str) -> Self {
        let (kind, fields) = (format!("/problems/{}", kebab(title)), Map::new());
        Self { kind, title, status, detail, refused: None, code: None, version: 0, fields }
    }

    /// A refusal at a version; 0 where it looked at none.
    pub(crate) fn refused(status: u16, refusal: &Refusal, detail: &'a str, version: u64) -> Self {
        let (refused, code) = (Some(refusal.name()), Some(refusal.code()));
        let fields = fields(refusal);
        Self { refused, code, version, fields, ..Self::new(status, refusal.name(), detail) }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(version: &u64) -> bool {
    *version == 0
}

/// What a refusal carries: its JSON is its name, or an object of its name and its fields. A
/// problem's status is another one than a reservation's.
fn fields(refusal: &Refusal) -> Map<String, Value> {
    let named = match serde_json::to_value(refusal) {
        Ok(Value::Object(named)) => named,
        _ => return Map::new(),
    };
    let mut fields = match named.into_iter().next() {
        Some((_, Value::Object(fields))) => fields,
        _ => Map::new(),
    };
    if let Refusal::WrongStatus { status } = refusal {
        fields.remove("status");
        fields.insert("reservation_status".to_owned(), status.as_str().into());
    }
    fields
}

/// `SeatsTaken` as `seats-taken`.
fn kebab(name: &str) -> String {
    let mut kebab = String::with_capacity(name.len() + 4);
    for (index, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && index > 0 {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_protocol::reservation::Status;

    #[test]
    fn a_problem_has_no_field_twice() {
        let refusal = Refusal::WrongStatus { status: Status::Held };
        let record = ProblemRecord::refused(409, &refusal, "the reservation is held", 7);
        let text = serde_json::to_string(&record).expect("JSON");
        assert_eq!(text.matches("\"status\"").count(), 1, "{text}");
        assert!(text.contains(r#""status":409"#), "{text}");
        assert!(text.contains(r#""reservation_status":"held""#), "{text}");
    }

    #[test]
    fn a_refusal_keeps_its_name_its_code_and_its_fields() {
        let refusal = Refusal::SeatsTaken { seats: vec!["A1".parse().expect("a seat")].into() };
        let record = ProblemRecord::refused(409, &refusal, "taken: A1", 7);
        assert_eq!(
            serde_json::to_string(&record).expect("JSON"),
            r#"{"type":"/problems/seats-taken","title":"SeatsTaken","status":409,"#.to_owned()
                + r#""detail":"taken: A1","refused":"SeatsTaken","code":16,"version":7,"#
                + r#""seats":["A1"]}"#
        );
    }
}
