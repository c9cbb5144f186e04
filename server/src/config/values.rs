//! Values of settings, as people type them.

use serde::Deserialize;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

/// A length of time as people type it: `2m`, `90s`, `100ms`, `1h 30m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "0" {
            return Ok(Self(Duration::ZERO));
        }
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let span = text.parse::<jiff::Span>().and_then(|span| span.to_duration(days)).ok();
        span.and_then(|span| Duration::try_from(span).ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no length of time; say it like 2m, 90s or 100ms"))
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A number of bytes as people type it: `4G`, `512M`, `65536`. K, M and G are powers of 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ByteCount(pub u64);

impl FromStr for ByteCount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let units = [('K', 10), ('M', 20), ('G', 30)];
        let unit = units.iter().find(|(unit, _)| text.ends_with(*unit));
        let (digits, power) = match unit {
            Some((unit, power)) => (text.trim_end_matches(*unit), *power),
            None => (text, 0),
        };
        let count = digits.parse::<u64>().ok().and_then(|count| count.checked_mul(1 << power));
        count
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no number of bytes; say it like 4G, 512M or 65536"))
    }
}

impl TryFrom<String> for ByteCount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// How long something is good, as people type it: `12h`, `30d`, `2w`. A day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(pub Duration);

/// Ten years of 365 days and a bit: what is to last longer lasts for ever.
const LONGEST_LIFETIME: Duration = Duration::from_secs(3_660 * 24 * 60 * 60);

impl FromStr for Lifetime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let days = jiff::SpanRelativeTo::days_are_24_hours();
        let span = text.parse::<jiff::Span>().and_then(|span| span.to_duration(days));
        let lifetime = span.ok().and_then(|span| Duration::try_from(span).ok());
        match lifetime {
            Some(time) if !time.is_zero() && time <= LONGEST_LIFETIME => Ok(Self(time)),
            Some(_) => Err("it must be more than nothing, and at most 3660d".to_owned()),
            None => Err(format!("{text:?} is no length of time; say it like 12h, 30d or 2w")),
        }
    }
}

/// When a change counts as durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum SyncPolicy {
    /// When its batch was synced: the promise.
    Always,
    /// When the operating system has it; it is synced this often.
    Every(Duration),
    /// When the operating system has it; when that writes it is its own business.
    Never,
}

impl FromStr for SyncPolicy {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            _ => match text.parse() {
                Ok(Span(span)) if !span.is_zero() => Ok(Self::Every(span)),
                _ => Err(format!("{text:?} is neither always, nor never, nor a time like 10ms")),
            },
        }
    }
}

impl TryFrom<String> for SyncPolicy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Where to listen for HTTP, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum HttpListen {
    Off,
    /// Here; port 0 picks one.
    At(SocketAddr),
}

impl FromStr for HttpListen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            _ => text.parse().map(Self::At).map_err(|_| {
                format!("{text:?} is neither an address like 127.0.0.1:7118, nor off")
            }),
        }
    }
}

impl TryFrom<String> for HttpListen {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
