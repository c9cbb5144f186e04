//! What a run came to, for people.

use super::result::RunResult;
use crate::output::{Output, Table, left, right, text};
use std::io;

/// Prints it.
pub(crate) fn print(result: &RunResult, output: &Output) -> io::Result<()> {
    let mut table = Table::new(&[left("figure"), right("value"), text("")]);
    for (figure, value, more) in rows(result) {
        table.row([figure, value, more]);
    }
    table.print(output)
}

fn rows(result: &RunResult) -> Vec<(String, String, String)> {
    let row = |figure: &str, value: String, more: String| (figure.to_owned(), value, more);
    let RunResult { latency_us, bytes, cpu, seconds, .. } = result;
    let mut rows = vec![
        row("throughput", whole(result.throughput_per_s), "requests a second".into()),
        row("requests", result.requests.to_string(), format!("in {seconds:.1} s")),
        row("changes", result.applied.to_string(), whole(result.applied_per_s) + " a second"),
    ];
    for (name, us) in [
        ("latency min", latency_us.min),
        ("latency p50", latency_us.p50),
        ("latency p90", latency_us.p90),
        ("latency p99", latency_us.p99),
        ("latency p99.9", latency_us.p99_9),
        ("latency max", latency_us.max),
    ] {
        rows.push(row(name, format!("{:.3}", us / 1e3), "ms".into()));
    }
    let refused: u64 = result.refused.values().sum();
    let percent = 100.0 * refused as f64 / result.requests.max(1) as f64;
    rows.push(row("refused", refused.to_string(), format!("{percent:.1} %")));
    for (name, times) in &result.refused {
        rows.push(row(&format!("  {name}"), times.to_string(), String::new()));
    }
    if result.unanswered > 0 {
        let why = "were due, but every connection had all in flight that it may";
        rows.push(row("not sent", result.unanswered.to_string(), why.into()));
    }
    rows.push(row("fairness", format!("{:.4}", result.fairness), "Jain's index".into()));
    rows.push(row("sent", mega(bytes.sent), "MB".into()));
    rows.push(row("received", mega(bytes.received), "MB".into()));
    let bottleneck = if cpu.generator_was_the_bottleneck {
        "s: it had no time left, so these are its own figures; give it more --threads"
    } else {
        "s"
    };
    rows.push(row("CPU of the generator", format!("{:.2}", cpu.generator_s), bottleneck.into()));
    if let Some(server_s) = cpu.server_s {
        rows.push(row("CPU of the server", format!("{server_s:.2}"), "s".into()));
    }
    if let Some(verification) = &result.verification {
        let memory = mega(verification.history_bytes);
        let took = format!("{:.2}", verification.took_ms as f64 / 1e3);
        rows.push(row("verification", took, format!("s after the run, {memory} MB during it")));
    }
    rows
}

fn whole(number: f64) -> String {
    format!("{number:.0}")
}

fn mega(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
