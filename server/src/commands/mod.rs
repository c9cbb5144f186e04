//! What `boxoffice-server` does besides serving: looking at data folders, and minding tokens.
//!
//! Data goes to stdout, what is said about it to stderr. Exit codes of those that look: 0 all is well,
//! 1 something is damaged, 2 it could not look.

mod check;
mod details;
mod export;
mod records;
mod token;

pub(crate) use check::Check;
pub(crate) use export::Export;
pub(crate) use token::Token;

use boxoffice_protocol::is_deceptive;
use boxoffice_protocol::json::Rfc3339;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::config::DATA_FOLDER;
use boxoffice_server::ledger::LookError;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which folder to look at.
#[derive(Debug, Args)]
struct Data {
    /// The data folder [default: ./boxoffice-data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

impl Data {
    /// The folder that was named here, or among the server's settings.
    fn folder<'a>(&'a self, setting: Option<&'a Path>) -> &'a Path {
        self.data.as_deref().or(setting).unwrap_or(Path::new(DATA_FOLDER))
    }
}

const DAMAGED: u8 = 1;
const COULD_NOT_LOOK: u8 = 2;

/// Says why there is no more to see.
fn failed(error: &LookError) -> ExitCode {
    note(&error.to_string());
    ExitCode::from(if error.is_damage() { DAMAGED } else { COULD_NOT_LOOK })
}

/// Says something that is not data.
fn note(message: &str) {
    eprintln!("boxoffice-server: {}", escape(message));
}

/// Says who uses the folder, and up to where it was looked at.
fn note_server(server: Option<&str>, position: u64) {
    if let Some(server) = server {
        note(&format!(
            "a server is using this folder ({server}); looked at it up to position {position}"
        ));
    }
}

/// Text in which nothing hides and nothing reorders its neighbours.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if is_deceptive(c) {
            escaped.extend(c.escape_unicode());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// A time as RFC 3339 has it, in UTC, with milliseconds where there are any. One that no calendar
/// has is shown as its milliseconds.
fn rfc3339(time: Timestamp) -> String {
    format!("{:#}", Rfc3339(time))
}
