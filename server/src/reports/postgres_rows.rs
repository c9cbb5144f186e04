//! Rows for reports in PostgreSQL, in the schema `boxoffice` beside the log.
//!
//! An event's rows are read, worked on in memory and written back in one transaction, which moves the
//! event's mark from where it was read: of servers that do it at once one wins, and the others read
//! again. An advisory lock has one of them do it at a time, which only saves work.

use super::error::ReportsError;
use super::postgres_sql as sql;
use crate::ledger::rows::{
    EVENT_TABLES, LastNumbers, StagedRows, Step, postgres_tables, touched_by,
};
use boxoffice_inventory::Inventory;
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::EventId;
use boxoffice_protocol::time::Timestamp;
use boxoffice_store::{
    BatchId, End, Pending, PostgresAddress, PostgresSession, SqlExpectation, SqlStep, StoreError,
    TransactionEnd,
};
use data_encoding::HEXLOWER;
use serde_json::Value;
use std::collections::HashMap;
use tokio::runtime::Handle;

/// The version of the tables.
const FORMAT: &str = "1";

/// What to do where the tables cannot be made.
const WHO_MAKES: &str =
    "start once as a user who may make the schema boxoffice, and let this one use it";

/// Rows that one statement writes.
const ROWS: usize = 5_000;

/// Rows for reports in a database.
pub(crate) struct PostgresRows {
    address: PostgresAddress,
    runtime: Handle,
    /// The key of checksums, where the tables are made now.
    new_key: u64,
    connected: Option<Connected>,
}

/// What is known over one connection. It ends at the first failure, and the lock with it.
struct Connected {
    session: PostgresSession,
    runtime: Handle,
    staged: StagedRows,
    marks: HashMap<EventId, End>,
}

impl PostgresRows {
    /// Opens the tables; makes them if they are not there. Blocks, and not on a thread of the runtime.
    pub(crate) fn open(
        address: PostgresAddress,
        runtime: Handle,
        new_key: u64,
    ) -> Result<Self, ReportsError> {
        let rows = Self { address, runtime, new_key, connected: None };
        rows.connect()?;
        Ok(rows)
    }

    /// Sees that this server is the one that writes them. Returns whether it is.
    pub(super) fn take(&mut self) -> Result<bool, ReportsError> {
        if self.connected.is_none() {
            let (session, key) = self.connect()?;
            let locked = self.runtime.block_on(session.ask(sql::LOCK, Vec::new()))?;
            if locked.first().map(String::as_str) == Some("true") {
                self.connected = Some(self.read_marks(session, key)?);
            }
        }
        Ok(self.connected.is_some())
    }

    /// The same whichever other server does so.
    #[cfg(test)]
    pub(super) fn take_with_others(&mut self) -> Result<(), ReportsError> {
        let (session, key) = self.connect()?;
        self.connected = Some(self.read_marks(session, key)?);
        Ok(())
    }

    /// The tables, and the key of their checksums.
    fn connect(&self) -> Result<(PostgresSession, u64), ReportsError> {
        let wait = &self.runtime;
        let session = wait.block_on(PostgresSession::open(&self.address));
        let session = session.map_err(|error| ReportsError::Database(error.to_string()))?;
        wait.block_on(session.run(sql::BEGIN.to_owned()))?;
        let found = wait.block_on(session.ask(sql::FIND, Vec::new()))?;
        if found.is_empty() {
            let (tables, key) = (postgres_tables(), self.new_key.cast_signed());
            let make = format!("{}; {tables}; {}", sql::MAKE, sql::head(FORMAT, key));
            let made = wait.block_on(session.run(make));
            made.map_err(|error| ReportsError::Database(format!("{error}; {WHO_MAKES}")))?;
        }
        wait.block_on(session.run("COMMIT".to_owned()))?;
        let head = wait.block_on(session.ask(sql::HEAD, Vec::new()))?;
        let head = head.first().and_then(|head| head.split_once(' '));
        match head {
            Some((FORMAT, key)) => {
                let key = key.parse::<i64>().map_err(|why| ReportsError::Database(why.to_string()));
                Ok((session, key?.cast_unsigned()))
            }
            other => {
                let found = other.map_or("none", |(format, _)| format);
                let why = format!(
                    "the tables of the schema boxoffice have format {found}, and this \
                    server knows {FORMAT}: use the newer program, or drop the schema"
                );
                Err(ReportsError::Database(why))
            }
        }
    }

    fn read_marks(&self, session: PostgresSession, key: u64) -> Result<Connected, ReportsError> {
        let mut marks = HashMap::new();
        for mark in self.runtime.block_on(session.ask(sql::MARKS, Vec::new()))? {
            let (event, end) = read_mark(&mark).ok_or_else(|| {
                ReportsError::Database(format!("{mark:?} is no mark of an event"))
            })?;
            marks.insert(event, end);
        }
        let staged = StagedRows::new(key).map_err(ReportsError::Rows)?;
        Ok(Connected { session, runtime: self.runtime.clone(), staged, marks })
    }

    /// The batch of its log up to which the rows of an event have come.
    pub(super) fn mark(&self, event: &EventId) -> Option<End> {
        self.connected.as_ref()?.marks.get(event).copied()
    }

    /// Writes changes of an event, and moves its mark.
    pub(super) fn follow(
        &mut self,
        event: &EventId,
        step: Step,
        changes: &[Recorded],
    ) -> Result<(), ReportsError> {
        self.over_connection(|connected| connected.follow(event, step, changes))
    }

    /// Has an event's rows be of this state and nothing else, and moves its mark.
    pub(super) fn begin_anew(
        &mut self,
        event: &EventId,
        step: Step,
        state: Option<(&Inventory, Timestamp)>,
    ) -> Result<(), ReportsError> {
        self.over_connection(|connected| connected.begin_anew(event, step, state))
    }

    fn over_connection(
        &mut self,
        write: impl FnOnce(&mut Connected) -> Result<(), ReportsError>,
    ) -> Result<(), ReportsError> {
        let connected = self.connected.as_mut().ok_or(ReportsError::Beaten)?;
        let written = write(connected);
        if written.is_err() {
            // What is known may be wrong.
            self.connected = None;
        }
        written
    }
}

impl Connected {
    fn follow(
        &mut self,
        event: &EventId,
        step: Step,
        changes: &[Recorded],
    ) -> Result<(), ReportsError> {
        if !self.staged.has(event) {
            let rows = self.read(sql::EVENT, vec![event.to_string()])?;
            self.staged.stage_event(event, step.0, &rows).map_err(ReportsError::Rows)?;
        }
        let (ids, seats) = touched_by(changes);
        self.stage_touched(event, step, &ids, &seats)?;
        self.staged.follow(event, step, changes).map_err(ReportsError::Rows)?;
        let touched = self.touched("reservations")?;
        let slug = event.to_string();
        let mut steps = vec![
            with(sql::DELETE_RESERVATIONS, vec![column(&touched, "number")]),
            with(sql::DELETE_LIVE_SEATS, vec![slug.clone(), column(&touched, "id")]),
        ];
        if changes.iter().any(|it| matches!(it.change, Change::Deleted)) {
            steps.push(with(sql::DELETE_ALL_LIVE_SEATS, vec![slug]));
        }
        self.event_steps(event, changes, &mut steps)?;
        insert(&mut steps, "reservations", &touched);
        self.write(event, step, steps)
    }

    /// Writes an event's own rows: how it stands, and the others only where they may have changed.
    fn event_steps(
        &self,
        event: &EventId,
        changes: &[Recorded],
        steps: &mut Vec<SqlStep>,
    ) -> Result<(), ReportsError> {
        let is_own = |change: &Change| {
            matches!(change, Change::Created(_) | Change::Updated(_) | Change::Deleted)
        };
        let events = column(&self.own(event, "events")?, "number");
        let (deletes, tables) = match changes.iter().any(|it| is_own(&it.change)) {
            true => (&sql::DELETE_PARTS[..], &EVENT_TABLES[..]),
            false => (&[sql::DELETE_STANDING][..], &["standings"][..]),
        };
        steps.extend(deletes.iter().map(|sql| with(sql, vec![events.clone()])));
        for table in tables {
            insert(steps, table, &self.own(event, table)?);
        }
        Ok(())
    }

    fn begin_anew(
        &mut self,
        event: &EventId,
        step: Step,
        state: Option<(&Inventory, Timestamp)>,
    ) -> Result<(), ReportsError> {
        self.staged = self.staged.emptied().map_err(ReportsError::Rows)?;
        let nothing = Value::Null;
        self.staged.stage_event(event, step.0, &nothing).map_err(ReportsError::Rows)?;
        self.stage_touched(event, step, "[]", "[]")?;
        self.staged.begin_anew(event, step, state).map_err(ReportsError::Rows)?;
        let mut steps: Vec<_> =
            sql::DELETE_ALL.into_iter().map(|sql| with(sql, vec![event.to_string()])).collect();
        for table in EVENT_TABLES {
            insert(&mut steps, table, &self.own(event, table)?);
        }
        insert(&mut steps, "reservations", &self.touched("reservations")?);
        self.write(event, step, steps)
    }

    /// Reads the reservations and seats that changes touch, if the event's rows are where they are to go
    /// on from.
    fn stage_touched(
        &mut self,
        event: &EventId,
        step: Step,
        ids: &str,
        seats: &str,
    ) -> Result<(), ReportsError> {
        let values = vec![event.to_string(), ids.to_owned(), seats.to_owned()];
        let rows = self.read(sql::TOUCHED, values)?;
        let mark = rows.get("mark").and_then(Value::as_str).and_then(read_mark);
        if mark.map(|(_, end)| end) != step.0 {
            return Err(ReportsError::Beaten);
        }
        let last = |name: &str| rows.get(name).and_then(Value::as_i64).unwrap_or_default();
        let last = LastNumbers { event: last("last_event"), reservation: last("last_reservation") };
        self.staged.stage_touched(&rows, last).map_err(ReportsError::Rows)
    }

    /// All rows of one of an event's own tables.
    fn own(&self, event: &EventId, table: &str) -> Result<Vec<Value>, ReportsError> {
        self.staged.event_rows(event, table).map_err(ReportsError::Rows)
    }

    fn touched(&self, table: &str) -> Result<Vec<Value>, ReportsError> {
        self.staged.touched_rows(table).map_err(ReportsError::Rows)
    }

    /// Writes rows with the event's mark.
    fn write(
        &mut self,
        event: &EventId,
        (from, to): Step,
        mut steps: Vec<SqlStep>,
    ) -> Result<(), ReportsError> {
        insert(&mut steps, "live_seats", &self.touched("live_seats")?);
        let slug = event.to_string();
        let (version, batch) = (|end: End| end.version.to_string(), hex);
        let moved = match (from, to) {
            (None, None) => None,
            (None, Some(to)) => Some((sql::FIRST_MARK, vec![slug, version(to), batch(to)])),
            (Some(from), None) => Some((sql::NO_MARK, vec![slug, version(from), batch(from)])),
            (Some(from), Some(to)) => {
                let values = vec![slug, version(from), batch(from), version(to), batch(to)];
                Some((sql::NEXT_MARK, values))
            }
        };
        let moved =
            moved.map(|(sql, values)| SqlStep { sql, values, expects: SqlExpectation::Row });
        // A server that was beaten finds out before it writes anything.
        steps.splice(0..0, moved);
        match self.wait(self.session.transact(steps))? {
            TransactionEnd::Committed => {}
            TransactionEnd::Violated(why) if why.contains("live_seats") => {
                return Err(ReportsError::SoldTwice(format!("event {event}: {why}")));
            }
            TransactionEnd::NoRow | TransactionEnd::Violated(_) => {
                return Err(ReportsError::Beaten);
            }
        }
        match to {
            Some(to) => self.marks.insert(event.clone(), to),
            None => self.marks.remove(event),
        };
        self.staged.settle().map_err(ReportsError::Rows)
    }

    /// The object that a query finds.
    fn read(&self, sql: &'static str, values: Vec<String>) -> Result<Value, ReportsError> {
        let found = self.wait(self.session.ask(sql, values))?;
        let found = found.first().map_or("null", String::as_str);
        serde_json::from_str(found).map_err(|why| ReportsError::Database(why.to_string()))
    }

    fn wait<T>(&self, answer: Pending<T>) -> Result<T, StoreError> {
        self.runtime.block_on(answer)
    }
}

fn with(sql: &'static str, values: Vec<String>) -> SqlStep {
    SqlStep { sql, values, expects: SqlExpectation::Anything }
}

fn insert(steps: &mut Vec<SqlStep>, table: &str, rows: &[Value]) {
    let sql = sql::insert(table);
    steps.extend(rows.chunks(ROWS).map(|rows| with(sql, vec![json(rows)])));
}

fn json(rows: &[Value]) -> String {
    serde_json::to_string(rows).expect("a value can be written")
}

/// A column of rows, as a JSON array.
fn column(rows: &[Value], name: &str) -> String {
    json(&rows.iter().filter_map(|row| row.get(name).cloned()).collect::<Vec<_>>())
}

fn hex(end: End) -> String {
    HEXLOWER.encode(&end.batch.0)
}

/// A slug, a version and a batch, with a space between.
fn read_mark(text: &str) -> Option<(EventId, End)> {
    let mut words = text.split(' ');
    let event = EventId::parse(words.next()?).ok()?;
    let version = words.next()?.parse().ok()?;
    let batch = HEXLOWER.decode(words.next()?.as_bytes()).ok()?.try_into().ok()?;
    Some((event, End { version, batch: BatchId(batch) }))
}
