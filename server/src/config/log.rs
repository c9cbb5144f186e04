//! The log setting, as it is typed.

use serde::Deserialize;
use std::str::FromStr;
use tracing_subscriber::filter::Targets;

/// The default filter.
const FILTER: &str = "info";

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// A line of text, for people.
    #[default]
    Text,
    /// A JSON object a line, for programs.
    Json,
}

/// Filter and format of the log: `debug`, `json`, `json,debug`,
/// `json,info,boxoffice_server::tcp=debug`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct LogSetting {
    pub format: LogFormat,
    /// Which events are logged, by level and module.
    filter: String,
}

impl Default for LogSetting {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: FILTER.to_owned() }
    }
}

impl LogSetting {
    /// The filter of events.
    pub fn filter(&self) -> Targets {
        self.filter.parse().expect("it was parsed before")
    }
}

impl FromStr for LogSetting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, rest) = text.split_once(',').unwrap_or((text, ""));
        let (format, filter) = match first.trim() {
            "json" => (LogFormat::Json, rest),
            "text" => (LogFormat::Text, rest),
            _ => (LogFormat::Text, text),
        };
        let filter = if filter.trim().is_empty() { FILTER } else { filter.trim() };
        match filter.parse::<Targets>() {
            Ok(_) => Ok(Self { format, filter: filter.to_owned() }),
            Err(error) => Err(format!(
                "{text:?} says neither a format nor what to log ({error}); try debug, json, or \
                 json,debug"
            )),
        }
    }
}

impl TryFrom<String> for LogSetting {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_may_stand_before_a_filter() {
        let cases = [
            ("debug", LogFormat::Text, "debug"),
            ("json", LogFormat::Json, "info"),
            ("text", LogFormat::Text, "info"),
            ("json,debug", LogFormat::Json, "debug"),
            (
                "json, warn,boxoffice_server::tcp=debug",
                LogFormat::Json,
                "warn,boxoffice_server::tcp=debug",
            ),
            (
                "warn,boxoffice_server::tcp=debug",
                LogFormat::Text,
                "warn,boxoffice_server::tcp=debug",
            ),
            ("", LogFormat::Text, "info"),
        ];
        for (text, format, filter) in cases {
            let expected = LogSetting { format, filter: filter.to_owned() };
            assert_eq!(text.parse(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused_with_what_would_be() {
        for text in ["a=b=c", "json,tcp=loud"] {
            let error = text.parse::<LogSetting>().expect_err(text);
            assert!(error.contains(text) && error.contains("json,debug"), "{error}");
        }
    }
}
