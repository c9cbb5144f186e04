//! Pushes that let a watcher catch up with an event: the changes since it looked last, or a
//! snapshot.

use super::watchers::{Push, PushContent};
use crate::ledger::Position;
use boxoffice_inventory::Inventory;
use boxoffice_protocol::frame::encode_body;
use boxoffice_protocol::reply::Body;
use bytes::Bytes;

/// Pushes that one look returns.
const PUSHES_A_LOOK: usize = 256;

/// The pushes that let a watcher catch up.
#[derive(Debug, Default)]
pub struct CatchUp {
    /// Version, the position to wait for, and the encoded body, in the order of sending.
    pub pushes: Vec<(u64, Position, Bytes)>,
    /// The version that the watcher has then.
    pub known: u64,
    /// Whether the event is gone and the watch with it.
    pub ended: bool,
    /// Whether there is more to pull at once.
    pub more: bool,
    /// Whether changes were skipped.
    pub gap: bool,
    /// Whether the event has other terms than it had.
    pub renewed: bool,
}

/// Where snapshots for watchers come from.
pub(super) struct SnapshotSource<'a> {
    pub(super) inventory: &'a Inventory,
    pub(super) position: Position,
    pub(super) snapshot: &'a mut Option<(u64, Bytes)>,
}

impl SnapshotSource<'_> {
    /// The newest version that has places to show: a deletion changes none of them.
    fn version(&self) -> u64 {
        self.inventory.version() - u64::from(self.inventory.is_deleted())
    }

    fn snapshot(&mut self) -> Bytes {
        let version = self.version();
        if let Some((of, body)) = &*self.snapshot
            && *of == version
        {
            return body.clone();
        }
        let body = encode_body(&Body::Snapshot(self.inventory.seat_map()));
        self.snapshot.insert((version, body)).1.clone()
    }
}

impl CatchUp {
    pub(super) fn follow<'a>(
        &mut self,
        recent: impl Iterator<Item = &'a Push>,
        source: &mut SnapshotSource<'_>,
    ) {
        for push in recent {
            if self.pushes.len() == PUSHES_A_LOOK {
                self.more = true;
                return;
            }
            match &push.content {
                PushContent::Body(body) => {
                    self.known = push.version;
                    self.pushes.push((push.version, push.position, body.clone()));
                }
                PushContent::Deleted => return self.end(source),
                PushContent::Terms => {
                    self.renewed = true;
                    return self.start_over(false, source);
                }
            }
        }
    }

    pub(super) fn start_over(&mut self, gap: bool, source: &mut SnapshotSource<'_>) {
        self.known = source.version();
        self.gap = gap;
        if gap {
            self.pushes.push((self.known, source.position, encode_body(&Body::Gap)));
        }
        self.pushes.push((self.known, source.position, source.snapshot()));
        if source.inventory.is_deleted() {
            self.end(source);
        }
    }

    pub(super) fn end(&mut self, source: &SnapshotSource<'_>) {
        self.ended = true;
        let version = source.inventory.version();
        self.pushes.push((version, source.position, encode_body(&Body::WatchEnded)));
    }
}
