//! What verification found, for people.

use crate::numbers::count;
use crate::output::{Output, Table, left, right};
use crate::result::{ExchangeRecord, Verification, ViolationRecord};
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
    let number = |number: u64| count(number as f64);
    let looked = format!(
        "{} exchanges in real-time order, {} of them replayed over {}; {} reads and refusals \
         compared, {} reservations against the server's own ({} had expired)",
        number(verification.exchanges),
        number(verification.replayed),
        some(verification.events, "event"),
        number(verification.compared),
        number(verification.listed),
        number(verification.expired),
    );
    match verification.violations_found {
        0 => format!("verified: {looked}: nothing is wrong"),
        found => format!("NOT RIGHT: {}; looked at {looked}", some(found, "violation")),
    }
}

fn some(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number as f64), if number == 1 { "" } else { "s" })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::samples;

    #[test]
    fn the_verdict_is_told_with_what_it_rests_on() {
        let verification = samples::run().verification.expect("it was verified");
        let right = sentence(&verification);
        assert!(right.starts_with("verified: 12,345,678 exchanges"), "{right}");
        assert!(right.contains("over 1 event;") && right.ends_with("nothing is wrong"), "{right}");
    }

    #[test]
    fn a_violation_is_a_table_of_exchanges() {
        let verification = samples::violated().verification.expect("it was verified");
        assert!(sentence(&verification).starts_with("NOT RIGHT: 1 violation;"));
        let first = rows(&verification.violations[0]).next().expect("it is shown");
        let ExchangeRow { sent, answered, connection, version, said } = first;
        assert_eq!((&*sent, &*answered), ("14.000 ms", "14.402 ms"));
        assert_eq!((&*connection, &*version, &*said), ("3", "3", "#7 confirmed now: A1"));
    }
}
