//! What work costs: time of the processor, and memory.

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// What this thread has used of a processor, user and system.
pub fn of_this_thread() -> Duration {
    used(ClockId::ThreadCPUTime)
}

/// What this process has used of processors, user and system.
pub fn of_this_process() -> Duration {
    used(ClockId::ProcessCPUTime)
}

fn used(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

/// How often the kernel took the processor from this thread.
///
/// # Errors
/// Linux does not tell.
pub fn preemptions() -> anyhow::Result<u64> {
    status("thread-self", "nonvoluntary_ctxt_switches:")
}

/// Memory of a process that is resident: its id, or `self`.
///
/// # Errors
/// Linux does not tell.
pub fn resident_bytes(process: &str) -> anyhow::Result<u64> {
    Ok(status(process, "VmRSS:")? * 1_024)
}

/// The most of it that ever was.
///
/// # Errors
/// Linux does not tell.
pub fn peak_resident_bytes(process: &str) -> anyhow::Result<u64> {
    Ok(status(process, "VmHWM:")? * 1_024)
}

/// A number that Linux tells of a process or thread (proc(5)).
fn status(of: &str, name: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{of}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let word = line.and_then(|line| line.split_whitespace().next());
    Ok(word.with_context(|| format!("Linux tells no {name}"))?.parse()?)
}
