//! Loaded in front of the C library by the test: a wall clock that is set by writing seconds into
//! the file that `WALL_CLOCK_OFFSET` names. All other clocks are as they are.

use std::ffi::{c_int, c_long};

#[repr(C)]
pub struct Timespec {
    seconds: i64,
    nanoseconds: c_long,
}

const SYS_CLOCK_GETTIME: c_long = if cfg!(target_arch = "x86_64") { 228 } else { 113 };
const CLOCK_REALTIME: c_int = 0;

unsafe extern "C" {
    fn syscall(number: c_long, clock: c_int, time: *mut Timespec) -> c_long;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn clock_gettime(clock: c_int, time: *mut Timespec) -> c_int {
    let result = unsafe { syscall(SYS_CLOCK_GETTIME, clock, time) };
    if clock == CLOCK_REALTIME {
        let offset =
            std::env::var_os("WALL_CLOCK_OFFSET").and_then(|file| std::fs::read(file).ok());
        let offset =
            offset.and_then(|text| String::from_utf8(text).ok()?.trim().parse::<i64>().ok());
        unsafe { (*time).seconds += offset.unwrap_or(0) };
    }
    result as c_int
}
