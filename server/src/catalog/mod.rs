//! The events: a map behind a `RwLock`, each event behind a lock of its own.
//!
//! A request is decided in five files: `command` says what it asks of its event, `catalog` finds the
//! event, `local_changes` takes its lock and has the inventory's
//! [`answer`](boxoffice_inventory::answer) decide, with a `context` of clock, ledger and limits;
//! every change is recorded, applied and shown to `watchers`, and an `answer` carries the position
//! that it waits for. `listing` reads pages, `expiries` records what reads rest on and the sweeper
//! finds, `catch_up` is what a watcher is sent, `deadlines` tells the sweeper when to come, `quotas`
//! shares the room for reservations, `recovery` makes a catalog of what was stored.
//!
//! Where several servers decide an event, `shown_events` keeps what is durable of it for reads and
//! watchers, and admits what they decide.
//!
//! Locks are taken in this order: the map's, an event's, then the deadlines' or that of the counts
//! in `quotas`. None is held across an await.

mod answer;
mod caller;
mod catalog;
mod catch_up;
mod command;
mod context;
mod deadlines;
mod deletion;
mod event;
mod event_map;
mod expiries;
mod fingerprint;
mod listing;
mod local_changes;
mod quotas;
mod recent_counts;
mod recovery;
mod shown_events;
mod watchers;

pub use answer::{Answer, ShownEvent, Step};
pub use caller::{Allowance, Caller, Viewer};
pub use catalog::Catalog;
pub use catch_up::CatchUp;
pub use context::Holdings;
pub(crate) use event::Reading;
pub use event::{Event, Observed};
pub(crate) use expiries::{DueHolds, ExpiryTurn};
pub use fingerprint::{Fingerprints, ReservationKind};
pub(crate) use listing::EVENTS_LOOKED_AT;
pub use listing::ReservationFilter;
pub use quotas::Quota;
pub use recovery::{Contradiction, Recovery};
pub use watchers::Wake;
