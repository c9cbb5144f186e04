//! JSON bytes to requests and records to JSON bytes. An error names the wrong field by its path.

use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// Letters of an unknown key that an error repeats: the client chose it.
const MAX_KEY_SHOWN: usize = 40;

/// Why a body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The text is not JSON.
    #[error("{0}")]
    NotJson(String),
    /// A field is missing, unknown or breaks its rule.
    #[error("{0}")]
    Invalid(Refusal),
}

/// The JSON of a record.
pub fn to_vec(record: &impl Serialize) -> Vec<u8> {
    // JSON fails only for maps whose keys are not strings, and for a `Serialize` that fails.
    serde_json::to_vec(record).expect("every record has JSON")
}

/// Parses a request's body.
///
/// # Errors
/// [`BodyError`] says that the body is not JSON, or which field is wrong.
pub fn parse<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, BodyError> {
    serde_json::from_slice(body).map_err(|_| explain::<T>(body))
}

/// Parses once more, tracking the path, to name the place of the error.
fn explain<'de, T: Deserialize<'de>>(body: &'de [u8]) -> BodyError {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let (path, error) = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => match deserializer.end() {
            Ok(()) => return BodyError::NotJson("it cannot be read".to_owned()),
            Err(error) => return BodyError::NotJson(error.to_string()),
        },
        Err(error) => (error.path().to_string(), error.into_inner()),
    };
    if !error.is_data() {
        return BodyError::NotJson(error.to_string());
    }
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    BodyError::Invalid(refusal_at(&path, message.strip_suffix(&place).unwrap_or(&message)))
}

/// The refusal for a field that serde reports as wrong: `path` as `serde_path_to_error` has it,
/// where a dot is the whole body; `message` is serde's, without the place in the text.
pub fn refusal_at(path: &str, message: &str) -> Refusal {
    // Serde reports a wrong key at the path of the object around it.
    let of_keys = [
        ("missing field `", "must be there"),
        ("unknown field `", "is unknown"),
        ("duplicate field `", "is there twice"),
    ];
    for (beginning, why) in of_keys {
        let Some((key, rest)) =
            message.strip_prefix(beginning).and_then(|rest| rest.split_once('`'))
        else {
            continue;
        };
        let inside = path.strip_suffix(key).unwrap_or(path).trim_end_matches('.');
        let field = if inside.is_empty() { clip(key) } else { format!("{inside}.{}", clip(key)) };
        return Refusal::invalid(field, format!("{why}{rest}"));
    }
    let field = if path == "." { "body" } else { path };
    // The protocol's types put their own name of the field in front; the path says it already.
    let why = match message.split_once(": ") {
        Some((word, why)) if word.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_')) => why,
        _ => message,
    };
    Refusal::invalid(field, in_plain_words(why))
}

fn clip(key: &str) -> String {
    key.chars().take(MAX_KEY_SHOWN).collect()
}

/// Replaces the names of Rust's number types by their ranges.
fn in_plain_words(why: &str) -> String {
    let kinds = [
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected u64", "expected a whole number from 0 on"),
        ("expected a nonzero u32", "expected a whole number from 1 to 4294967295"),
    ];
    let found = kinds.iter().find_map(|(kind, words)| Some((why.strip_suffix(kind)?, words)));
    found.map_or_else(|| why.to_owned(), |(begin, words)| format!("{begin}{words}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::event_requests::{CreateEventRequest, UpdateEventRequest};
    use crate::json::reservation_requests::ReservationRequest;
    use serde::de::DeserializeOwned;

    /// The field and the explanation that a body is refused with.
    #[track_caller]
    fn wrong<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> (String, String) {
        match parse::<T>(body.as_bytes()) {
            Err(BodyError::Invalid(Refusal::Invalid { field, why })) => {
                (field.to_string(), why.to_string())
            }
            other => panic!("{body} was read as {other:?}"),
        }
    }

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let hold =
            |rest: &str| wrong::<ReservationRequest>(&format!(r#"{{"customer":"ann",{rest}}}"#));
        for (rest, field, why) in [
            (r#""seats":["A1"," A2"]"#, "seats[1]", "must not begin or end with white space"),
            (r#""best":{"places":0}"#, "best.places", "1 to 100"),
            (r#""best":{"places":-1}"#, "best.places", "a whole number"),
            (r#""best":{"places":1.5}"#, "best.places", "a whole number"),
            (r#""best":{"places":1,"raw":2}"#, "best.raw", "is unknown"),
            (r#""best":{}"#, "best.places", "must be there"),
            (r#""seat":["A1"]"#, "seat", "is unknown"),
            (r#""customer":"bob""#, "customer", "is there twice"),
            (r#""ttl_ms":18446744073709551616"#, "ttl_ms", "a whole number"),
            (r#""action":"sell""#, "action", "`hold` or `reserve`"),
            (r#""id":"x""#, "id", "UUID of version 7"),
        ] {
            let (named, explained) = hold(rest);
            assert_eq!(named, field, "{rest}");
            assert!(explained.contains(why), "{rest}: {explained}");
        }
        let (field, why) = wrong::<ReservationRequest>("[]");
        assert_eq!(field, "body", "{why}");
    }

    #[test]
    fn names_that_deceive_are_refused_by_their_path() {
        for name in [r"", r" a", r"a\u0000", r"\u202egpj.exe", r"a\u200bb", r"\ud800"] {
            let (field, why) =
                wrong::<ReservationRequest>(&format!(r#"{{"customer":"{name}","seats":["A1"]}}"#));
            assert_eq!(field, "customer", "{name}: {why}");
        }
    }

    #[test]
    fn sections_are_named_by_their_place() {
        let event = |sections: &str| {
            let start = r#""name":"x","starts_at":"2026-12-24T19:00:00Z""#;
            wrong::<CreateEventRequest>(&format!(r#"{{{start},"sections":[{sections}]}}"#))
        };
        let good = r#"{"section":"floor","price":1,"capacity":9}"#;
        for (section, field) in [
            (r#"{"section":"a/b","price":1,"capacity":9}"#, "sections[1].section"),
            (r#"{"section":"a","price":"1","capacity":9}"#, "sections[1].price"),
            (r#"{"section":"a","price":1,"rows":"2"}"#, "sections[1].rows"),
            (r#"{"section":"a","price":1,"rows":[1,-2]}"#, "sections[1].rows[1]"),
            (r#"{"section":"a","price":1,"rows":true}"#, "sections[1].rows"),
            (r#"{"section":"a","capacity":9}"#, "sections[1].price"),
        ] {
            assert_eq!(event(&format!("{good},{section}")).0, field, "{section}");
        }
        assert_eq!(wrong::<UpdateEventRequest>(r#"{"max_per_customer":0}"#).0, "max_per_customer");
    }

    #[test]
    fn what_is_no_json_is_told_apart() {
        for text in ["", "{", "nothing", r#"{"customer":1e999}"#, "{}{}", "\u{feff}{}"] {
            let read = parse::<serde_json::Value>(text.as_bytes());
            assert!(matches!(read, Err(BodyError::NotJson(_))), "{text:?} was read as {read:?}");
        }
        let deep = "[".repeat(30_000);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
        assert!(parse::<ReservationRequest>(deep.as_bytes()).is_err());
    }
}
