//! File descriptors: every connection needs one, and the process starts with few.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors that are not connections: the listener, files, the runtime's own, and some for
/// connections that are turned away.
const RESERVED: u64 = 320;

/// Raises the limit of open files so that the connections of two listeners fit. Returns how many of
/// each do, fewer in proportion where not all can, together with `further` ones.
pub fn admit([first, second]: [usize; 2], further: usize) -> [usize; 2] {
    let all = first.saturating_add(second).saturating_add(further);
    let fit = admit_all(all);
    if fit == all {
        return [first, second];
    }
    let share = |connections: usize| {
        let share = connections as u128 * fit as u128 / all.max(1) as u128;
        usize::try_from(share).unwrap_or(fit).max(connections.min(1))
    };
    [share(first), share(second)]
}

/// Returns how many fit. If these are fewer, the log says why and how to mend it.
fn admit_all(connections: usize) -> usize {
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
