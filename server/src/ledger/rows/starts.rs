//! When the events begin, for a comparison with the rules of today.

use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::reader::RowsReader;
use boxoffice_protocol::event::ZonedTime;
use boxoffice_protocol::id::EventId;

impl RowsReader {
    /// Gives when each event begins that is there, in the order of their ids.
    ///
    /// # Errors
    /// The file cannot be read, or a row says what cannot be.
    pub fn starts(&self, mut take: impl FnMut(&EventId, &ZonedTime)) -> Result<(), RowsError> {
        let sql = "SELECT slug, starts_at, starts_local, zone FROM events \
            WHERE deleted_at IS NULL ORDER BY slug";
        let mut statement = self.connection.prepare(sql).tried("read events")?;
        let mut rows = statement.query([]).tried("read events")?;
        while let Some(row) = rows.next().tried("read events")? {
            let columns = Columns::new("events", row);
            take(&columns.parsed(0)?, &columns.zoned_time(1)?);
        }
        Ok(())
    }
}
