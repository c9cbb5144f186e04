//! What a change looks like from outside.

use boxoffice_protocol::change::PlacesChanged;

/// What a watcher sees of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisibleChange {
    /// Places came into other states.
    Places(PlacesChanged),
    /// The event has other terms: everything is to be looked at anew.
    Terms,
    /// The event is gone.
    Deleted,
    /// Nothing.
    Nothing,
}
