//! Records of refusals, alone and in problem documents.

use super::numbers::Version;
use super::time::Rfc3339;
use crate::refusal::Refusal;
use serde::Serialize;
use serde_json::{Map, Value};
#[cfg(feature = "openapi")]
use std::collections::HashMap;

/// A refusal: its name, its frozen code, the version it looked at, and its own fields.
#[derive(Debug, Serialize)]
pub struct RefusalRecord {
    refused: &'static str,
    code: u16,
    /// Left out if the refusal looked at no version.
    #[serde(skip_serializing_if = "Version::is_zero")]
    version: Version,
    #[serde(flatten)]
    fields: Map<String, Value>,
}

impl RefusalRecord {
    /// A refusal at a version; 0 if it looked at none.
    pub fn new(refusal: &Refusal, version: u64) -> Self {
        Self {
            refused: refusal.name(),
            code: refusal.code(),
            version: Version(version),
            fields: fields(refusal),
        }
    }
}

/// The fields of a refusal. Serde has a refusal as its name, or as an object of its name and an
/// object of its fields.
fn fields(refusal: &Refusal) -> Map<String, Value> {
    if let Refusal::WrongStatus { status } = refusal {
        return Map::from_iter([("status".to_owned(), status.as_str().into())]);
    }
    if let Refusal::SalesClosed { sales, at, in_ms } = refusal {
        let at = at.as_deref().map(|time| Rfc3339(time.at()).to_string());
        return Map::from_iter([
            ("sales".to_owned(), sales.as_str().into()),
            ("at".to_owned(), at.into()),
            ("in_ms".to_owned(), (*in_ms).into()),
        ]);
    }
    let named = match serde_json::to_value(refusal) {
        Ok(Value::Object(named)) => named,
        _ => return Map::new(),
    };
    match named.into_iter().next() {
        Some((_, Value::Object(fields))) => fields,
        _ => Map::new(),
    }
}

/// A problem document (RFC 9457). A refusal adds its name, frozen code, version and fields.
#[derive(Debug, Serialize)]
pub struct ProblemRecord<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    #[serde(flatten)]
    refusal: Option<RefusalRecord>,
}

/// A problem document (RFC 9457). A refusal adds its name, its frozen code, the version it looked
/// at, and its own fields.
#[cfg(feature = "openapi")]
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "it only describes `ProblemRecord`")]
struct Problem {
    #[schema(rename = "type")]
    kind: String,
    title: String,
    status: u16,
    detail: String,
    #[schema(required = false)]
    refused: String,
    #[schema(required = false)]
    code: u16,
    #[schema(required = false)]
    version: Version,
    #[serde(flatten)]
    fields: HashMap<String, Value>,
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ProblemRecord<'_> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        Problem::schema()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ProblemRecord<'_> {
    fn name() -> std::borrow::Cow<'static, str> {
        Problem::name()
    }

    fn schemas(
        schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>)>,
    ) {
        Problem::schemas(schemas);
    }
}

impl<'a> ProblemRecord<'a> {
    /// A problem that is no refusal; `title` is its name.
    pub fn new(status: u16, title: &'a str, detail: &'a str) -> Self {
        Self { kind: format!("/problems/{}", kebab(title)), title, status, detail, refusal: None }
    }

    /// A refusal at a version; 0 if it looked at none.
    pub fn refused(status: u16, refusal: &Refusal, detail: &'a str, version: u64) -> Self {
        let mut record = RefusalRecord::new(refusal, version);
        // `status` is HTTP's.
        if let Some(status) = record.fields.remove("status") {
            record.fields.insert("reservation_status".to_owned(), status);
        }
        Self { refusal: Some(record), ..Self::new(status, refusal.name(), detail) }
    }
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
    use crate::reservation::Status;

    #[track_caller]
    fn check(record: &impl Serialize, json: &str) {
        assert_eq!(serde_json::to_string(record).expect("JSON"), json);
    }

    #[test]
    fn a_problem_has_no_field_twice() {
        let refusal = Refusal::WrongStatus { status: Status::Held };
        check(
            &ProblemRecord::refused(409, &refusal, "the reservation is held", 7),
            r#"{"type":"/problems/wrong-status","title":"WrongStatus","status":409,"detail":"the reservation is held","refused":"WrongStatus","code":15,"version":7,"reservation_status":"held"}"#,
        );
        check(
            &RefusalRecord::new(&refusal, 7),
            r#"{"refused":"WrongStatus","code":15,"version":7,"status":"held"}"#,
        );
    }

    #[test]
    fn a_refusal_keeps_its_name_its_code_and_its_fields() {
        let refusal = Refusal::SeatsTaken { seats: vec!["A1".parse().expect("a seat")].into() };
        check(
            &ProblemRecord::refused(409, &refusal, "taken: A1", 7),
            r#"{"type":"/problems/seats-taken","title":"SeatsTaken","status":409,"detail":"taken: A1","refused":"SeatsTaken","code":16,"version":7,"seats":["A1"]}"#,
        );
        check(
            &RefusalRecord::new(&refusal, 7),
            r#"{"refused":"SeatsTaken","code":16,"version":7,"seats":["A1"]}"#,
        );
        check(
            &RefusalRecord::new(&Refusal::CLOSED, 0),
            r#"{"refused":"SalesClosed","code":10,"at":null,"in_ms":0,"sales":"closed"}"#,
        );
    }

    #[test]
    fn a_problem_that_is_no_refusal_has_neither_name_nor_code() {
        check(
            &ProblemRecord::new(404, "UnknownPath", "nothing is there"),
            r#"{"type":"/problems/unknown-path","title":"UnknownPath","status":404,"detail":"nothing is there"}"#,
        );
    }
}
