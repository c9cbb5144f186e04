//! The log. Stderr has nothing else, in the format of the setting.
//!
//! Text from outside is escaped: the text format writes it as a Rust string, or through the
//! subscriber, which escapes control characters of a terminal; JSON has escapes of its own.

use boxoffice_server::config::{LogFormat, LogSetting};
use std::io::{self, IsTerminal};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub(crate) fn start(setting: &LogSetting) {
    let log = fmt().with_max_level(LevelFilter::TRACE).with_writer(io::stderr);
    match setting.format {
        LogFormat::Text => {
            let log = log.with_ansi(io::stderr().is_terminal()).finish();
            log.with(setting.filter()).init();
        }
        LogFormat::Json => {
            let log = log.json().flatten_event(true).with_ansi(false).finish();
            log.with(setting.filter()).init();
            std::panic::set_hook(Box::new(|panic| {
                tracing::error!(%panic, "a broken invariant: the process ends");
            }));
        }
    }
}

/// Reports why the process cannot go on.
pub(crate) fn complain(error: &anyhow::Error, format: LogFormat) {
    let error = chain(error);
    match format {
        LogFormat::Text => eprintln!("boxoffice-server: {error}"),
        LogFormat::Json => tracing::error!(error, "cannot go on"),
    }
}

/// An error and its causes, each of them once: many a message has that of its cause in it.
fn chain(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain() {
        let cause = cause.to_string();
        let cause = cause.trim_end();
        if text.is_empty() {
            text.push_str(cause);
        } else if !text.contains(cause) {
            text.push_str(": ");
            text.push_str(cause);
        }
    }
    text
}
