//! The thread with which the rows follow the journal. It never holds up an answer.

use super::backlog::{Backlog, DurableBatch};
use super::entry;
use super::gate::Gate;
use super::rows::{Rows, RowsError};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::id::EventId;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long to wait before a busy or full file is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// Starts the follower's thread. It ends when the backlog is closed and empty, or when the state
/// file fails, which fails the ledger.
pub(super) fn start(
    rows: Rows,
    backlog: Arc<Backlog>,
    gate: Arc<Gate>,
) -> std::io::Result<JoinHandle<()>> {
    thread::Builder::new().name("follower".to_owned()).spawn(move || {
        if let Err(error) = follow(rows, &backlog) {
            tracing::error!(%error, "the state file failed");
            gate.fail();
        }
    })
}

fn follow(mut rows: Rows, backlog: &Backlog) -> Result<(), RowsError> {
    loop {
        let batches = backlog.take();
        let Some(last) = batches.last() else { return Ok(()) };
        let changes = changes(&batches);
        let mut told = false;
        loop {
            let entries = changes.iter().map(|(event, recorded)| (event, recorded));
            match rows.apply(entries, last.rows_mark()) {
                Ok(()) => break,
                Err(error) if error.is_passing() => {
                    if !told {
                        tracing::warn!(%error, "the rows wait");
                    }
                    told = true;
                    backlog.pause(RETRY);
                }
                Err(error) => return Err(error),
            }
        }
        backlog.commit(last.mark);
    }
}

/// The changes of batches that this process has written or read before.
fn changes(batches: &[DurableBatch]) -> Vec<(EventId, Recorded)> {
    let entries = batches.iter().flat_map(|batch| entry::read(&batch.body));
    entries.map(|entry| entry.expect("it was written, or read, by this process")).collect()
}
