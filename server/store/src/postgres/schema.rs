//! The tables of a store, and their version.

use super::address::PostgresAddress;
use super::connection::Connection;
use super::error::PostgresError;
use super::failure::Failure;
use std::time::Duration;
use tokio_postgres::error::SqlState;

/// What makes each version of the schema from the one before. A step never changes once it was
/// released.
const STEPS: [&str; 1] = [include_str!("schema_1.sql")];

/// One migration at a time. The number is Boxoffice's by convention: another
/// program may take it for a lock of its own.
const LOCK: &str = "BEGIN; SELECT pg_advisory_xact_lock(7117);
    CREATE TABLE IF NOT EXISTS boxoffice_schema (
        version bigint PRIMARY KEY, made_at timestamptz NOT NULL DEFAULT clock_timestamp())";

const VERSION: &str = "SELECT coalesce(max(version), 0) FROM boxoffice_schema";

/// How long a statement of a migration waits for another migration, and for statements of servers
/// that run. It is less than any statement may take, so that the error names the wait.
const WAIT: Duration = Duration::from_secs(7);

/// What [`migrate`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// 0 where the database had no schema.
    pub from: u64,
    pub to: u64,
}

/// Makes the tables of a store in a database, or brings them to the version of this program. Several
/// at once wait for each other for a few seconds. It needs a Tokio runtime with network and time.
///
/// # Errors
/// The schema is newer than this program ([`PostgresError::SchemaNewer`]), the user may not make
/// tables, another migration takes too long, or the server cannot be reached. Nothing was changed
/// then, unless the connection was lost at the very end: migrating again tells.
pub async fn migrate(address: &PostgresAddress) -> Result<Migration, PostgresError> {
    let mut connection = Connection::open(address, WAIT, None).await?;
    connection.run(LOCK).await?;
    let from = version(&mut connection).await?;
    let to = STEPS.len() as u64;
    if from > to {
        return Err(PostgresError::SchemaNewer { found: from, known: to });
    }
    for (step, version) in STEPS.iter().zip(1..).filter(|(_, version)| *version > from) {
        let made = format!("{step}; INSERT INTO boxoffice_schema (version) VALUES ({version})");
        connection.run(&made).await?;
    }
    connection.run("COMMIT").await?;
    Ok(Migration { from, to })
}

/// Checks that the schema is the one of this program.
pub(super) async fn check(connection: &mut Connection) -> Result<(), PostgresError> {
    let known = STEPS.len() as u64;
    match version(connection).await {
        Err(failure) if failure.code == Some(SqlState::UNDEFINED_TABLE) => {
            Err(PostgresError::SchemaMissing)
        }
        Err(failure) => Err(failure.into()),
        Ok(0) => Err(PostgresError::SchemaMissing),
        Ok(found) if found < known => Err(PostgresError::SchemaOlder { found, known }),
        Ok(found) if found > known => Err(PostgresError::SchemaNewer { found, known }),
        Ok(_) => Ok(()),
    }
}

async fn version(connection: &mut Connection) -> Result<u64, Failure> {
    let rows = connection.ask(VERSION, &[]).await?;
    let version = rows.first().and_then(|row| row.try_get::<_, i64>(0).ok());
    Ok(version.and_then(|version| u64::try_from(version).ok()).unwrap_or_default())
}
