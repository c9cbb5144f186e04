//! Every connection needs a file descriptor, and the process starts with few.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are not connections: the listener, files, the runtime's own, and some to tell
/// those that are turned away.
const RESERVED: u64 = 320;

/// Raises the limit of open files so that `connections` fit, and returns how many do. If it is
/// fewer the log says why, and how to mend it.
pub fn admit(connections: usize) -> usize {
    let wanted = (connections as u64).saturating_add(RESERVED);
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= wanted {
        return connections;
    }
    let possible = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let raised = Rlimit { current: Some(possible), maximum: limit.maximum };
    let reached = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => possible,
        Err(_) => current,
    };
    if reached >= wanted {
        return connections;
    }
    let fit = usize::try_from(reached.saturating_sub(RESERVED)).unwrap_or(usize::MAX).max(1);
    tracing::warn!(
        "only {fit} of {connections} connections fit into the limit of {reached} open files; \
         raise it with `ulimit -n {wanted}`, or LimitNOFILE= of the systemd unit"
    );
    fit.min(connections)
}
