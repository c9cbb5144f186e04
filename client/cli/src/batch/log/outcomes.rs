//! The outcomes of promises as the log has them, one after the other.

use super::disk::SeekableRead;
use super::error::{LogError, read_back};
use super::record::{LogRecord, RecordFact};
use csv::{Position, StringRecord};

/// The records of outcomes, found by the number of the promise. Their places are in memory, and not
/// they.
pub(in crate::batch) struct Outcomes<'a> {
    lines: csv::Reader<Box<dyn SeekableRead + 'a>>,
    header: StringRecord,
    /// Where the record of each promise is.
    places: Vec<Option<Position>>,
}

impl<'a> Outcomes<'a> {
    pub(super) fn read(
        reader: Box<dyn SeekableRead + 'a>,
        promises: usize,
    ) -> Result<Self, LogError> {
        let mut lines = csv::Reader::from_reader(reader);
        let header = lines.headers().map_err(|error| LogError::Io(error.into()))?.clone();
        let mut places = vec![None; promises];
        let mut record = StringRecord::new();
        loop {
            let place = lines.position().clone();
            match lines.read_record(&mut record) {
                Ok(false) => return Ok(Self { lines, header, places }),
                Ok(true) => {}
                Err(error) if error.is_io_error() => return Err(LogError::Io(error.into())),
                // A damaged outcome was asked for again, and is there a second time.
                Err(_) => continue,
            }
            let Some(record) = read_back(record.deserialize::<LogRecord>(Some(&header)))? else {
                continue;
            };
            let index = usize::try_from(record.promise).ok().and_then(|n| n.checked_sub(1));
            let slot = index.and_then(|index| places.get_mut(index));
            match (record.fact(), slot) {
                (Some(RecordFact::Outcome(_)), Some(slot)) if slot.is_none() => {
                    *slot = Some(place);
                }
                // What was stale was planned anew.
                (Some(RecordFact::Planned { .. }), Some(slot)) => *slot = None,
                _ => {}
            }
        }
    }

    /// The outcome of a promise; none if it has no one.
    pub(in crate::batch) fn of(&mut self, index: usize) -> Result<Option<LogRecord>, LogError> {
        let Some(place) = self.places.get(index).cloned().flatten() else { return Ok(None) };
        self.lines.seek(place).map_err(|error| LogError::Io(error.into()))?;
        let mut record = StringRecord::new();
        self.lines.read_record(&mut record).map_err(|error| LogError::Io(error.into()))?;
        read_back(record.deserialize(Some(&self.header)))
    }
}
