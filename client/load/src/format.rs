//! Numbers and times as people read them.

use boxoffice_client::protocol::json::Rfc3339;
use boxoffice_client::protocol::time::Timestamp;

/// `1,234,567`, rounded to a whole.
pub fn count(number: f64) -> String {
    let digits = format!("{:.0}", number.abs());
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number <= -0.5 { format!("-{grouped}") } else { grouped }
}

/// `870 ns`, `12.4 µs`, `1.24 ms`, `2.10 s`: three digits or more.
pub(crate) fn duration_us(us: f64) -> String {
    let (value, unit) = match us {
        us if us >= 999_500.0 => (us / 1e6, "s"),
        us if us >= 999.5 => (us / 1e3, "ms"),
        us if us >= 0.9995 => (us, "µs"),
        us => (us * 1e3, "ns"),
    };
    let decimals = match value {
        value if value >= 99.95 || value == 0.0 => 0,
        value if value >= 9.995 => 1,
        _ => 2,
    };
    format!("{value:.decimals$} {unit}")
}

/// `12.4 MB`: decimal units.
pub fn bytes(bytes: u64) -> String {
    let bytes = bytes as f64;
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes / unit),
        None => format!("{bytes} B"),
    }
}

/// A rate or an amount, to three figures: `950`, `94.1k`, `1.59M`.
pub fn amount(value: f64) -> String {
    match value {
        value if value >= 999_500.0 => format!("{}M", three_figures(value / 1_000_000.0)),
        value if value >= 999.5 => format!("{}k", three_figures(value / 1_000.0)),
        value => three_figures(value),
    }
}

/// A value to three figures: `0.912`, `3.64`, `94.1`, `1234`.
pub fn three_figures(value: f64) -> String {
    let decimals = match value {
        value if value >= 99.95 => 0,
        value if value >= 9.995 => 1,
        value if value >= 0.9995 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// A time as RFC 3339 has it, in UTC, with milliseconds where there are any.
pub fn rfc3339(time: Timestamp) -> String {
    format!("{:#}", Rfc3339(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (number, text) in
            [(0.0, "0"), (999.6, "1,000"), (1_234_567.0, "1,234,567"), (-1_000.0, "-1,000")]
        {
            assert_eq!(count(number), text);
        }
        for (us, text) in [
            (0.0, "0 ns"),
            (0.87, "870 ns"),
            (12.44, "12.4 µs"),
            (999.6, "1.00 ms"),
            (1_240.0, "1.24 ms"),
            (250_000.0, "250 ms"),
            (2_100_000.0, "2.10 s"),
        ] {
            assert_eq!(duration_us(us), text);
        }
        for (size, text) in [(999, "999 B"), (12_400_000, "12.4 MB"), (2_880_000_000, "2.9 GB")] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn amounts_have_three_figures() {
        let cases = [
            (0.0, "0.000"),
            (0.9123, "0.912"),
            (1.0, "1.00"),
            (9.996, "10.0"),
            (99.96, "100"),
            (999.4, "999"),
            (999.6, "1.00k"),
            (94_149.0, "94.1k"),
            (999_600.0, "1.00M"),
            (1_590_000.0, "1.59M"),
            (12_345_678.0, "12.3M"),
        ];
        for (value, expected) in cases {
            assert_eq!(amount(value), expected, "{value}");
        }
    }

    #[test]
    fn times_have_milliseconds_if_they_need_them() {
        for (ms, text) in [
            (1_798_138_800_000, "2026-12-24T19:00:00Z"),
            (1_798_138_800_007, "2026-12-24T19:00:00.007Z"),
            (1_798_138_800_430, "2026-12-24T19:00:00.430Z"),
            (u64::MAX, "18446744073709551615 ms"),
        ] {
            assert_eq!(rfc3339(Timestamp::from_ms(ms)), text);
        }
    }
}
