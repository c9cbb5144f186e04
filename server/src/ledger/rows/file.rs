//! Opening the file: what it must be, and how SQLite has to treat it.

use super::checksums::{BOXOFFICE, ChecksumKey, Tally};
use super::columns::{Columns, number, time};
use super::error::{RowsError, Tried};
use super::identity::{APPLICATION_ID, FORMAT, Identity};
use super::mark::RowsMark;
use super::schema;
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long opening waits for a shell's transaction; later, the follower retries by itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements that are kept prepared: all there are.
const STATEMENTS: usize = 32;

/// Opens the file to write it; makes it, of `new`, if it is not there.
pub(super) fn open(path: &Path, new: &Identity) -> Result<Connection, RowsError> {
    // SQLite gives the files beside it the permissions that it has.
    let mut owned = OpenOptions::new();
    owned.write(true).create(true).truncate(false).mode(0o600).open(path).tried("open it")?;
    let mut connection = Connection::open(path).tried("open it")?;
    connection.busy_timeout(PATIENCE).tried("open it")?;
    if is_new(&connection)? {
        create(&mut connection, new)?;
    } else {
        check_format(&connection)?;
    }
    // A transaction is in the WAL, and synced, before its commit returns. A checkpoint after every
    // 64 MiB writes a page once that many transactions have changed. A long read, such as a
    // backup, makes the WAL grow; it is cut to that size again afterwards.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -131072; \
             PRAGMA wal_autocheckpoint = 16384; PRAGMA journal_size_limit = 67108864;",
        )
        .tried("open it for writing")?;
    connection.busy_timeout(Duration::ZERO).tried("open it")?;
    keep_statements(&connection)?;
    sync_folder(path)?;
    Ok(connection)
}

/// Opens a file that is open for writing already, to write beside that.
pub(super) fn open_beside(path: &Path) -> Result<Connection, RowsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).tried("open it")?;
    connection.busy_timeout(PATIENCE).tried("open it")?;
    // Checkpoints are the other connection's.
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;")
        .tried("open it for writing")?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// The same tables in memory, with nothing in them.
#[cfg(feature = "postgres")]
pub(super) fn in_memory(new: &Identity) -> Result<Connection, RowsError> {
    let mut connection = Connection::open_in_memory().tried("open it")?;
    create(&mut connection, new)?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// Opens the file to look at it, whether a server runs on it or not.
pub(super) fn look(path: &Path) -> Result<Connection, RowsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).tried("open it")?;
    connection.busy_timeout(PATIENCE).tried("open it")?;
    check_format(&connection)?;
    keep_statements(&connection)?;
    Ok(connection)
}

/// The size and time of files when their inspection began, to see whether they changed.
#[derive(Debug)]
pub struct Quiet {
    files: [PathBuf; 2],
    then: [Option<(u64, SystemTime)>; 2],
}

impl Quiet {
    fn of(path: &Path) -> Self {
        let files = [path.to_owned(), wal_of(path)];
        Self { then: Self::see(&files), files }
    }

    /// Whether the files were not written since: otherwise nothing that was read counts.
    pub fn is_undisturbed(&self) -> bool {
        Self::see(&self.files) == self.then
    }

    fn see(files: &[PathBuf; 2]) -> [Option<(u64, SystemTime)>; 2] {
        files.each_ref().map(|file| {
            let about = file.metadata().ok().filter(|about| about.len() > 0)?;
            Some((about.len(), about.modified().ok()?))
        })
    }
}

/// Opens a file that no process has open, to read it, without leaving anything behind: neither the
/// index of the WAL, which SQLite would make, nor a lock.
pub(super) fn look_quietly(path: &Path) -> Result<(Connection, Quiet), RowsError> {
    let quiet = Quiet::of(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = if quiet.then[1].is_some() {
        // Without locks and on its own, SQLite has the index of the WAL in memory.
        let connection = Connection::open_with_flags_and_vfs(path, flags, "unix-none");
        let connection = connection.tried("open it")?;
        connection
            .set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
            .tried("open it")?;
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE").tried("open it")?;
        connection
    } else {
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(immutable(path)?, flags).tried("open it")?
    };
    check_format(&connection)?;
    keep_statements(&connection)?;
    Ok((connection, quiet))
}

fn wal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// The URI of a file that no process writes (<https://sqlite.org/uri.html>).
fn immutable(path: &Path) -> Result<String, RowsError> {
    let path = std::path::absolute(path).tried("open it")?;
    let mut uri = "file:".to_owned();
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' => uri.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Ok(uri + "?immutable=1")
}

/// Prepares statements once: not again with every value that is bound to them, to plan anew.
pub(super) fn keep_statements(connection: &Connection) -> Result<(), RowsError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).tried("open it")?;
    Ok(())
}

/// Makes the folder's entry of a file durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), RowsError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).tried("sync its folder")
}

/// The one row about the file itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) identity: Identity,
    pub(super) mark: RowsMark,
    /// The tally of the table of events.
    pub(super) events: Tally,
    /// The tally of the table of standings.
    pub(super) standings: Tally,
    /// Versions of the catalog before those that its events account for.
    pub(super) catalog_before: u64,
    /// Whether it is whole without a journal.
    pub(super) stands_alone: bool,
}

impl Head {
    pub(super) const fn key(&self) -> ChecksumKey {
        ChecksumKey::new(self.identity.folder)
    }

    /// The columns that the checksum is of.
    fn values(&self) -> [ValueRef<'_>; 12] {
        let Self { identity, mark, events, standings, catalog_before, .. } = self;
        let [event_rows, event_sum] = events.values();
        let [standing_rows, standing_sum] = standings.values();
        [
            ValueRef::Integer(1),
            ValueRef::Integer(number(identity.folder)),
            ValueRef::Blob(&identity.fingerprint_key),
            ValueRef::Integer(number(mark.sequence)),
            ValueRef::Integer(number(mark.position)),
            ValueRef::Integer(number(mark.checksum)),
            ValueRef::Integer(time(mark.at)),
            event_rows,
            event_sum,
            standing_rows,
            standing_sum,
            ValueRef::Integer(number(*catalog_before)),
        ]
    }

    /// Writes everything but whether the file is whole without a journal.
    pub(super) fn update(&self, connection: &Connection) -> Result<(), RowsError> {
        let sql = "UPDATE boxoffice SET folder = ?2, fingerprint_key = ?3, sequence = ?4, \
            position = ?5, checksum = ?6, at = ?7, event_rows = ?8, event_sum = ?9, \
            standing_rows = ?10, standing_sum = ?11, catalog_before = ?12, row_checksum = ?13 \
            WHERE only = ?1";
        connection
            .prepare_cached(sql)
            .and_then(|mut sql| self.key().write(&BOXOFFICE, &mut sql, &self.values()))
            .tried("write how far it has got")?;
        Ok(())
    }
}

/// Whose file it is, and how far it has got.
pub(super) fn head(connection: &Connection) -> Result<Head, RowsError> {
    let stands_alone: bool = connection
        .query_row("SELECT stands_alone FROM boxoffice", [], |row| row.get(0))
        .optional()
        .tried("read how far it has got")?
        .ok_or_else(|| RowsError::damaged("table boxoffice", "has no row"))?;
    let mut statement =
        connection.prepare(&BOXOFFICE.select("")).tried("read how far it has got")?;
    let mut rows = statement.query([]).tried("read how far it has got")?;
    let row = rows.next().tried("read how far it has got")?;
    let row = row.ok_or_else(|| RowsError::damaged("table boxoffice", "has no row"))?;
    let columns = Columns::new("boxoffice", row);
    let identity = Identity { folder: columns.number(1)?, fingerprint_key: columns.bytes(2)? };
    let mark = RowsMark {
        sequence: columns.number(3)?,
        position: columns.number(4)?,
        checksum: columns.number(5)?,
        at: columns.time(6)?,
    };
    ChecksumKey::new(identity.folder).verified(&BOXOFFICE, row)?;
    let (events, standings) = (Tally::read(columns, 7)?, Tally::read(columns, 9)?);
    let catalog_before = columns.number(11)?;
    Ok(Head { identity, mark, events, standings, catalog_before, stands_alone })
}

/// Writes whether the file is whole without a journal.
pub(super) fn set_stands_alone(
    connection: &Connection,
    stands_alone: bool,
) -> Result<(), RowsError> {
    let sql = "UPDATE boxoffice SET stands_alone = ?1";
    connection.execute(sql, [stands_alone]).tried("write whether it needs its journal")?;
    Ok(())
}

fn is_new(connection: &Connection) -> Result<bool, RowsError> {
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).tried("open it")?;
    Ok(tables == 0 && pragma(connection, "application_id")? == 0)
}

fn create(connection: &mut Connection, new: &Identity) -> Result<(), RowsError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).tried("create it")?;
    schema::create(&transaction).tried("create it")?;
    let head = Head {
        identity: *new,
        mark: RowsMark::default(),
        events: Tally::default(),
        standings: Tally::default(),
        catalog_before: 0,
        stands_alone: true,
    };
    let sql = "INSERT INTO boxoffice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";
    transaction
        .prepare(sql)
        .and_then(|mut sql| head.key().write(&BOXOFFICE, &mut sql, &head.values()))
        .tried("create it")?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).tried("create it")?;
    transaction.pragma_update(None, "user_version", FORMAT).tried("create it")?;
    transaction.commit().tried("create it")
}

fn check_format(connection: &Connection) -> Result<(), RowsError> {
    if pragma(connection, "application_id")? != APPLICATION_ID {
        return Err(RowsError::NotOurs("it is the database of another program".into()));
    }
    match pragma(connection, "user_version")? {
        FORMAT => schema::check(connection),
        0 => Err(RowsError::NotOurs("it has no format version".into())),
        found => Err(RowsError::NewerFormat { found }),
    }
}

fn pragma(connection: &Connection, name: &str) -> Result<u32, RowsError> {
    let value: i32 = connection
        .pragma_query_value(None, name, |row| row.get(0))
        .tried("read its format version")?;
    Ok(value.cast_unsigned())
}
