//! What a server has to be for a store: new enough, with settings that keep what it acknowledged.

use super::collections::Collections;
use super::error::MongoError;
use crate::unsafe_setting::UnsafeSetting;
use mongodb::bson::doc;

/// The oldest version that is taken: its reads of a majority cannot be turned off.
const OLDEST: u32 = 5;

/// Settings of the server that lose what was acknowledged.
///
/// # Errors
/// The server is too old, or does not answer.
pub(super) async fn check(store: &Collections) -> Result<Vec<UnsafeSetting>, MongoError> {
    let build = store.run(doc! { "buildInfo": 1 }).await?;
    let version = build.get_str("version").unwrap_or_default();
    let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major < OLDEST) {
        return Err(MongoError::Version { found: version.to_owned() });
    }
    let mut found = Vec::new();
    // A user without the right to see it is refused; a managed server has a journal anyway.
    let status = store.run(doc! { "serverStatus": 1 }).await.unwrap_or_default();
    let engine = status.get_document("storageEngine").ok();
    if engine.is_some_and(|it| it.get_bool("persistent").is_ok_and(|it| !it)) {
        let value = engine.and_then(|it| it.get_str("name").ok()).unwrap_or("unknown").to_owned();
        found.push(UnsafeSetting { setting: "storage engine", value, needed: "wiredTiger" });
    }
    Ok(found)
}
