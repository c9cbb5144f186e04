//! Exit codes, messages on stderr, and how texts and times are written.

use boxoffice_protocol::escape_deceptive;
use boxoffice_protocol::json::Rfc3339;
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
    eprintln!("boxoffice-server: {}", escape_deceptive(message));
}

/// Names the server that uses the folder, and the position up to which it was inspected.
pub(super) fn note_server(server: Option<&str>, position: u64) {
    if let Some(server) = server {
        note(&format!(
            "a server is using this folder ({server}); looked at it up to position {position}"
        ));
    }
}

/// A time as RFC 3339 has it, in UTC, with milliseconds where there are any. One that no calendar
/// has is shown as its milliseconds.
pub(super) fn rfc3339(time: Timestamp) -> String {
    format!("{:#}", Rfc3339(time))
}
