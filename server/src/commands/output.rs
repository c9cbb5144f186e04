//! Exit codes, messages on stderr, and how texts and times are written.

use boxoffice_protocol::is_deceptive;
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::ledger::InspectionError;
use std::process::ExitCode;

pub(super) const DAMAGED: u8 = 1;
pub(super) const COULD_NOT_LOOK: u8 = 2;

/// Says why there is no more to see.
pub(super) fn failed(error: &InspectionError) -> ExitCode {
    note(&error.to_string());
    ExitCode::from(if error.is_damage() { DAMAGED } else { COULD_NOT_LOOK })
}

/// Says something that is not data.
pub(super) fn note(message: &str) {
    eprintln!("boxoffice-server: {}", escape(message));
}

/// Says who uses the folder, and up to where it was looked at.
pub(super) fn note_server(server: Option<&str>, position: u64) {
    if let Some(server) = server {
        note(&format!(
            "a server is using this folder ({server}); looked at it up to position {position}"
        ));
    }
}

/// Text in which nothing hides and nothing reorders its neighbours.
pub(super) fn escape(text: &str) -> String {
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
pub(super) fn rfc3339(time: Timestamp) -> String {
    let ms = i64::try_from(time.as_ms()).ok();
    match ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        None => format!("{} ms", time.as_ms()),
        Some(time) if time.as_millisecond() % 1_000 == 0 => time.to_string(),
        Some(time) => format!("{time:.3}"),
    }
}
