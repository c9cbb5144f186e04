//! How what is asked is read: bodies and query strings. What is wrong is named by its path.

use boxoffice_protocol::refusal::Refusal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// Why something that was asked cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is no JSON.
    NotJson(String),
    /// A field is not as it must be.
    Invalid(Refusal),
}

/// Reads a body.
///
/// # Errors
/// [`Asked`] says whether it is no JSON or which field is wrong.
pub(crate) fn parse<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, Asked> {
    serde_json::from_slice(body).map_err(|_| why_not::<T>(body))
}

/// Reads it once more, slower, to name the path of what is wrong.
fn why_not<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Asked {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let (path, error) = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => match deserializer.end() {
            Ok(()) => return Asked::NotJson("it cannot be read".to_owned()),
            Err(error) => return Asked::NotJson(error.to_string()),
        },
        Err(error) => (error.path().to_string(), error.into_inner()),
    };
    if !error.is_data() {
        return Asked::NotJson(error.to_string());
    }
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    Asked::Invalid(invalid(&path, message.strip_suffix(&place).unwrap_or(&message)))
}

/// Reads a query string.
///
/// # Errors
/// A refusal that names the parameter.
pub(crate) fn parse_query<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| invalid(&error.path().to_string(), &in_words(error.inner())))
}

fn in_words(error: &impl Display) -> String {
    error.to_string()
}

/// A refusal about the field at `path`; the path of the whole is a dot.
fn invalid(path: &str, message: &str) -> Refusal {
    let field = if path == "." { "body" } else { path };
    // The protocol's types put their own word for the field in front, which the path has.
    let why = match message.split_once(": ") {
        Some((word, why)) if word.bytes().all(|byte| byte.is_ascii_lowercase()) => why,
        _ => message,
    };
    Refusal::invalid(field, in_people_s_words(why))
}

/// What a number has to be, in words that no programmer is needed for.
fn in_people_s_words(why: &str) -> String {
    let kinds = [
        ("expected u16", "expected a whole number from 0 to 65535"),
        ("expected u32", "expected a whole number from 0 to 4294967295"),
        ("expected u64", "expected a whole number from 0 on"),
        ("expected a nonzero u32", "expected a whole number from 1 to 4294967295"),
    ];
    match kinds.into_iter().find(|(kind, _)| why.ends_with(kind)) {
        Some((kind, words)) => format!("{}{words}", why.strip_suffix(kind).unwrap_or(why)),
        None => why.to_owned(),
    }
}
