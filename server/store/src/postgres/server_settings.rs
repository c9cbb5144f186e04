//! Settings of the database's server that a store needs.

use super::connection::Connection;
use super::error::PostgresError;
use crate::unsafe_setting::UnsafeSetting;

/// The oldest version that is taken, as `server_version_num` has it.
const OLDEST: u32 = 150_000;

/// Settings without which a crash loses what was acknowledged: how to ask, and what they have to
/// be. Those that a connection may change are set by each connection.
const NEEDED: [(&str, &str, &str); 2] =
    [("fsync", "SHOW fsync", "on"), ("full_page_writes", "SHOW full_page_writes", "on")];

/// Settings of the server that lose what was acknowledged.
///
/// # Errors
/// The server is too old.
pub(super) async fn check(
    connection: &mut Connection,
) -> Result<Vec<UnsafeSetting>, PostgresError> {
    let version = show(connection, "SHOW server_version_num").await?;
    if version.parse::<u32>().is_ok_and(|version| version < OLDEST) {
        let found = show(connection, "SHOW server_version").await?;
        return Err(PostgresError::Version { found });
    }
    let mut found = Vec::new();
    for (setting, statement, needed) in NEEDED {
        let value = show(connection, statement).await?;
        if value != needed {
            found.push(UnsafeSetting { setting, value, needed });
        }
    }
    Ok(found)
}

async fn show(
    connection: &mut Connection,
    statement: &'static str,
) -> Result<String, PostgresError> {
    let rows = connection.ask(statement, &[]).await?;
    Ok(rows.first().and_then(|row| row.try_get(0).ok()).unwrap_or_default())
}
