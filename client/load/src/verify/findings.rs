//! The findings of a verification as text and tables.

use crate::format::count;
use crate::result::{Verification, ViolationRecord};
use crate::table::{Table, left, right};

/// The outcome in a sentence.
pub fn sentence(verification: &Verification) -> String {
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

/// A violation in a line.
pub fn heading(violation: &ViolationRecord) -> String {
    let ViolationRecord { kind, what, event, .. } = violation;
    format!("{}: {event}: {what}", kind.as_str())
}

/// The exchanges that show a violation.
pub fn history(violation: &ViolationRecord) -> Table {
    let columns = [right("sent"), right("answered"), right("connection"), right("version")];
    let mut table = Table::new(columns.into_iter().chain([left("what")]));
    let time = |ns: Option<u64>| ns.map_or("–".to_owned(), milliseconds);
    for exchange in &violation.history {
        table.row([
            time(exchange.sent_ns),
            time(exchange.done_ns),
            exchange.connection.map_or("–".to_owned(), |number| number.to_string()),
            exchange.version.to_string(),
            exchange.said.clone(),
        ]);
    }
    table
}

fn milliseconds(ns: u64) -> String {
    format!("{}.{:03} ms", ns / 1_000_000, ns / 1_000 % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::samples;

    #[test]
    fn the_outcome_says_what_it_rests_on() {
        let verification = samples::run().verification.expect("it was verified");
        let right = sentence(&verification);
        assert!(right.starts_with("verified: 12,345,678 exchanges"), "{right}");
        assert!(right.contains("over 1 event;") && right.ends_with("nothing is wrong"), "{right}");
    }

    #[test]
    fn a_violation_is_a_table_of_exchanges() {
        let verification = samples::violated().verification.expect("it was verified");
        assert!(sentence(&verification).starts_with("NOT RIGHT: 1 violation;"));
        let table = history(&verification.violations[0]).to_tabs();
        let first = "14.000 ms\t14.402 ms\t3\t3\t#7 confirmed now: A1";
        assert_eq!(table.lines().nth(1), Some(first));
    }
}
