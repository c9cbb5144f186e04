//! Records of the server itself and of its visitors.

use super::time::Rfc3339;
use crate::id::CustomerId;
use crate::reply::{Stat, StatValue};
use serde::Serialize;
use std::collections::BTreeMap;

/// The server's version, its time and its bounds for holds.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Server))]
pub struct ServerRecord<'a> {
    /// The server's name and version.
    pub server: &'a str,
    /// The time that the server decides by.
    pub time: Rfc3339,
    /// How long a hold lasts by default.
    pub hold_default_ms: u64,
    /// How long the shortest hold lasts.
    pub hold_min_ms: u64,
    /// The longest hold, and the furthest that one extension reaches.
    pub hold_max_ms: u64,
    /// How long a hold can live with all its extensions.
    pub hold_life_ms: u64,
}

/// A visitor: a browser without a token.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = Visitor))]
pub struct VisitorRecord<'a> {
    /// The customer that the visitor acts for.
    pub customer: &'a CustomerId,
}

/// The server's figures by their names: numbers and texts.
#[derive(Debug, Serialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(
        as = Figures,
        value_type = std::collections::HashMap<String, Figure>,
        example = json!({ "events": 3, "ledger": "journal" })
    )
)]
pub struct StatsRecord<'a>(BTreeMap<&'a str, Figure<'a>>);

/// A figure about the server.
#[derive(Debug, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
enum Figure<'a> {
    Count(u64),
    Text(&'a str),
}

impl<'a> StatsRecord<'a> {
    /// The figures, sorted by their names.
    pub fn new(stats: &'a [Stat]) -> Self {
        let figures = stats.iter().map(|stat| {
            let figure = match &stat.value {
                StatValue::Count(count) => Figure::Count(*count),
                StatValue::Text(text) => Figure::Text(text),
            };
            (stat.name.as_str(), figure)
        });
        Self(figures.collect())
    }
}
