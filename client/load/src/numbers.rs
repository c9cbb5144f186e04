//! Numbers for people.

/// `1,234,567`, rounded to a whole.
pub(crate) fn count(number: f64) -> String {
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
pub(crate) fn bytes(bytes: u64) -> String {
    let bytes = bytes as f64;
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    match units.into_iter().find(|(unit, _)| bytes >= *unit) {
        Some((unit, name)) => format!("{:.1} {name}", bytes / unit),
        None => format!("{bytes} B"),
    }
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
}
