//! Query strings, parsed into the types of their parameters.

use boxoffice_protocol::json::refusal_at;
use boxoffice_protocol::refusal::Refusal;
use serde::de::DeserializeOwned;

/// Parses a query string.
///
/// # Errors
/// The refusal names the parameter that is wrong.
pub(super) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Refusal> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    let deserializer = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| refusal_at(&error.path().to_string(), &error.inner().to_string()))
}
