//! What a command prints: data on stdout, as tables or JSON lines; messages on stderr.

mod hint;
mod records;
mod seat_map;

pub(crate) use boxoffice_load::output::{
    Colors, Output, Reader, Table, escape, left, right, shell_quote, text,
};
pub(crate) use records::{PingLine, SectionLine, WatchLine};
pub(crate) use seat_map::{Drawing, draw};

use crate::failure::{Exit, Failure};
use boxoffice_client::ClientError;
use records::RefusalLine;

/// Tells why a command failed, and how the program shall end.
pub(crate) fn tell_failure(output: &Output, failure: &Failure) -> Exit {
    let exit = failure.exit();
    match failure {
        Failure::Client(ClientError::Refused { refusal, version }) if output.is_json() => {
            output.json(&RefusalLine::new(refusal, *version)).ok();
        }
        Failure::Client(ClientError::Refused { refusal, .. }) => {
            output.note(&format!("refused: {refusal}"));
            if let Some(hint) = hint::hint(refusal) {
                output.note(&format!("hint: {hint}"));
            }
        }
        Failure::Output(_) if exit == Exit::Done => {}
        other => output.note(&format!("error: {other}")),
    }
    exit
}
