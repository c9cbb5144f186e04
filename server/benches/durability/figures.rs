//! Figures as the tables have them.

use boxoffice_load::statistics::percentile;
use std::time::Duration;

/// `1 234 567`, for counts that are exact.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

pub(crate) fn seconds(span: Duration) -> String {
    format!("{:.2} s", span.as_secs_f64())
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

/// So many in that time, a second.
pub(crate) fn a_second(number: u64, span: Duration) -> String {
    format!("{:.0}", number as f64 / span.as_secs_f64().max(1e-9))
}

/// Times of answers: the middle one, and that which one of a hundred exceeds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Latency {
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

impl Latency {
    pub(crate) fn of(mut micros: Vec<u32>) -> Self {
        micros.sort_unstable();
        let milliseconds = |share| f64::from(percentile(&micros, share)) / 1e3;
        Self { p50: milliseconds(0.5), p99: milliseconds(0.99) }
    }
}

pub(crate) fn milliseconds(milliseconds: f64) -> String {
    format!("{milliseconds:.2} ms")
}

/// Microseconds, as an answer's time is kept.
pub(crate) fn micros(span: Duration) -> u32 {
    u32::try_from(span.as_micros()).unwrap_or(u32::MAX)
}
