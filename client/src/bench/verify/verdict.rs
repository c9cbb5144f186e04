//! What verification found, for people.

use crate::bench::result::{ExchangeRecord, Verification, ViolationRecord};
use crate::output::{Output, Table, left, right};
use std::io;

/// An exchange of a violation, as a row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExchangeRow {
    /// When it was sent: milliseconds since the run's start, to the microsecond.
    pub(crate) sent: String,
    /// When it was answered.
    pub(crate) answered: String,
    /// On which connection.
    pub(crate) connection: String,
    /// At which version.
    pub(crate) version: String,
    /// What was asked and answered.
    pub(crate) said: String,
}

/// The exchanges that show a violation.
pub(crate) fn rows(violation: &ViolationRecord) -> impl Iterator<Item = ExchangeRow> {
    violation.history.iter().map(row)
}

/// The verdict in a sentence.
pub(crate) fn sentence(verification: &Verification) -> String {
    let Verification { exchanges, replayed, events, listed, compared, expired, .. } = verification;
    let looked = format!(
        "{exchanges} exchanges in real-time order, {replayed} of them replayed over {events} \
         {}; {compared} reads and refusals compared, {listed} reservations against the server's own \
         ({expired} had expired)",
        if *events == 1 { "event" } else { "events" }
    );
    match verification.violations_found {
        0 => format!("verified: {looked}: nothing is wrong"),
        found => format!("NOT RIGHT: {found} violations; looked at {looked}"),
    }
}

/// Prints what was found: the verdict and what could not be checked beside the data, the exchanges
/// that show a violation as data.
///
/// # Errors
/// If nobody reads it.
pub(crate) fn show(verification: &Verification, output: &Output) -> io::Result<()> {
    output.note(&sentence(verification));
    for what in &verification.unchecked {
        output.note(&format!("not checked: {what}"));
    }
    for violation in &verification.violations {
        output.note(&heading(violation));
        if output.is_json() {
            continue;
        }
        let columns = [right("sent"), right("answered"), right("connection"), right("version")];
        let mut table = Table::new(&[&columns[..], &[left("what")]].concat());
        for ExchangeRow { sent, answered, connection, version, said } in rows(violation) {
            table.row([sent, answered, connection, version, said]);
        }
        table.print(output)?;
    }
    Ok(())
}

fn heading(violation: &ViolationRecord) -> String {
    let ViolationRecord { kind, what, event, .. } = violation;
    format!("{}: {event}: {what}", kind.as_str())
}

fn row(exchange: &ExchangeRecord) -> ExchangeRow {
    let time = |ns: Option<u64>| ns.map_or("–".to_owned(), milliseconds);
    ExchangeRow {
        sent: time(exchange.sent_ns),
        answered: time(exchange.done_ns),
        connection: exchange.connection.map_or("–".to_owned(), |number| number.to_string()),
        version: exchange.version.to_string(),
        said: exchange.said.clone(),
    }
}

fn milliseconds(ns: u64) -> String {
    format!("{}.{:03} ms", ns / 1_000_000, ns / 1_000 % 1_000)
}
