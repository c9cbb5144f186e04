//! The engine in memory on the bench of the laws.

use super::engine::Memory;
use crate::batch::End;
use crate::laws::Bench;
use crate::log_id::LogId;
use crate::store::{Pending, Store};
use std::sync::Arc;

/// An engine in memory, for the [laws](crate::laws).
#[derive(Debug)]
pub struct MemoryBench(pub Memory);

impl Bench for MemoryBench {
    fn connect(&self) -> Pending<Arc<dyn Store>> {
        let store: Arc<dyn Store> = Arc::new(self.0.clone());
        Box::pin(async { Ok(store) })
    }

    fn stall(&self, log: &LogId, _: Option<End>) -> Pending<()> {
        self.0.stall(log);
        Box::pin(async { Ok(()) })
    }

    fn resume(&self, log: &LogId) -> Pending<()> {
        self.0.resume(log);
        Box::pin(async { Ok(()) })
    }

    fn truncate(&self, log: &LogId, version: u64) -> Pending<()> {
        self.0.truncate(log, version);
        Box::pin(async { Ok(()) })
    }

    fn flip(&self, log: &LogId, first: u64, bit: usize) -> Pending<()> {
        self.0.flip(log, first, bit);
        Box::pin(async { Ok(()) })
    }
}
