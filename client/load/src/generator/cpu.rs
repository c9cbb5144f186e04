//! CPU time of processes.

use rustix::time::{ClockId, clock_gettime};
use std::num::NonZeroU32;
use std::time::Duration;

/// The unit of CPU times in `/proc`, whatever the kernel's own tick is (`USER_HZ`, proc(5)).
const TICKS_A_SECOND: u32 = 100;

/// User and system time of this process so far.
pub(crate) fn of_this_process() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
    Duration::from_secs(seconds) + Duration::from_nanos(time.tv_nsec.unsigned_abs())
}

/// User and system time of a process so far; none if it is not running, or not on Linux.
pub(crate) fn of_process(pid: NonZeroU32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The process's name may have spaces; user and system time are fields 14 and 15.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let mut times = after_name.split(' ').skip(11).map(str::parse::<u32>);
    let ticks = times.next()?.ok()? + times.next()?.ok()?;
    Some(Duration::from_secs(1) * ticks / TICKS_A_SECOND)
}
