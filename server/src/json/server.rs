//! The server itself.

use super::{Moment, schema};
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::reply::{Stat, StatValue};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a page needs to know of the server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Server)]
pub(crate) struct ServerRecord {
    pub(crate) server: &'static str,
    #[schema(value_type = schema::Time)]
    pub(crate) time: Moment,
    pub(crate) hold_default_ms: u64,
    pub(crate) hold_min_ms: u64,
    pub(crate) hold_max_ms: u64,
    pub(crate) hold_life_ms: u64,
}

/// Whom a visitor acts for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Visitor)]
pub(crate) struct VisitorRecord<'a> {
    #[schema(value_type = schema::CustomerId)]
    pub(crate) customer: &'a CustomerId,
}

/// The server's figures, by their names.
pub(crate) fn stats(stats: &[Stat]) -> Map<String, Value> {
    let value = |value: &StatValue| match value {
        StatValue::Count(count) => Value::from(*count),
        StatValue::Text(text) => Value::from(&**text),
    };
    stats.iter().map(|stat| (stat.name.to_string(), value(&stat.value))).collect()
}
