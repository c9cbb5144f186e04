//! When the events and their sales begin and end, for a comparison with the rules of today.

use super::columns::Columns;
use super::error::{RowsError, Tried};
use super::reader::RowsReader;
use boxoffice_protocol::event::ZonedTime;
use boxoffice_protocol::id::EventId;

impl RowsReader {
    /// Gives when each event begins that is there, and its sales begin and end, in the order of their ids.
    ///
    /// # Errors
    /// The file cannot be read, or a row says what cannot be.
    pub fn times(&self, mut take: impl FnMut(&EventId, &ZonedTime)) -> Result<(), RowsError> {
        let sql = "SELECT slug, starts_at, starts_local, zone, sales_from, sales_from_local, \
            sales_from_zone, sales_until, sales_until_local, sales_until_zone FROM events \
            WHERE deleted_at IS NULL ORDER BY slug";
        let mut statement = self.connection.prepare(sql).tried("read events")?;
        let mut rows = statement.query([]).tried("read events")?;
        while let Some(row) = rows.next().tried("read events")? {
            let columns = Columns::new("events", row);
            let id = columns.parsed(0)?;
            take(&id, &columns.zoned_time(1)?);
            for column in [4, 7] {
                if let Some(time) = columns.optional_zoned_time(column)? {
                    take(&id, &time);
                }
            }
        }
        Ok(())
    }
}
