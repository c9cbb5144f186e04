//! The result of a run as a table of figures.

use crate::format::{bytes, count, duration_us};
use crate::result::RunResult;
use crate::table::{Table, left, right, text};

/// Name, value, and a remark.
type FigureRow = [String; 3];

/// The figures of a result.
pub fn table(result: &RunResult) -> Table {
    let mut table = Table::new([left("figure"), right("value"), text("")]);
    [work(result), latencies(result), refusals(result), costs(result)]
        .into_iter()
        .flatten()
        .for_each(|row| table.row(row));
    table
}

fn row(figure: &str, value: String, more: impl Into<String>) -> FigureRow {
    [figure.to_owned(), value, more.into()]
}

fn work(result: &RunResult) -> Vec<FigureRow> {
    let seconds = format!("in {:.2} s", result.seconds);
    let changes = format!("{} a second", count(result.applied_per_s));
    let mut rows = vec![
        row("throughput", count(result.throughput_per_s), "requests a second"),
        row("requests", count(result.requests as f64), seconds),
        row("changes", count(result.applied as f64), changes),
    ];
    if result.unsent > 0 {
        let why = "were due, but every connection had all in flight that it may";
        rows.push(row("not sent", count(result.unsent as f64), why));
    }
    rows
}

fn latencies(result: &RunResult) -> Vec<FigureRow> {
    let latency = &result.latency_us;
    let points = [
        ("latency min", latency.min),
        ("latency p50", latency.p50),
        ("latency p90", latency.p90),
        ("latency p99", latency.p99),
        ("latency p99.9", latency.p99_9),
        ("latency max", latency.max),
    ];
    points.map(|(name, us)| row(name, duration_us(us), "")).into()
}

fn refusals(result: &RunResult) -> Vec<FigureRow> {
    let refused: u64 = result.refused.values().sum();
    let percent = 100.0 * refused as f64 / result.requests.max(1) as f64;
    let all = row("refused", count(refused as f64), format!("{percent:.1} % of the requests"));
    let each = result.refused.iter();
    let each = each.map(|(name, times)| row(&format!("  {name}"), count(*times as f64), ""));
    std::iter::once(all).chain(each).collect()
}

fn costs(result: &RunResult) -> Vec<FigureRow> {
    let RunResult { bytes: traffic, cpu, .. } = result;
    let bottleneck = if cpu.generator_was_the_bottleneck {
        "it had no time left, so the figures are its own; give it more --threads or processors"
    } else {
        ""
    };
    let mut rows = vec![
        row("fairness", format!("{:.4}", result.fairness), "Jain's index over connections"),
        row("sent", bytes(traffic.sent), ""),
        row("received", bytes(traffic.received), ""),
        row("CPU, generator", duration_us(cpu.generator_s * 1e6), bottleneck),
    ];
    if let Some(server_s) = cpu.server_s {
        rows.push(row("CPU, server", duration_us(server_s * 1e6), ""));
    }
    if let Some(verification) = &result.verification {
        let memory = format!("after the run, {} of memory", bytes(verification.history_bytes));
        let took = duration_us(verification.took_ms as f64 * 1e3);
        rows.push(row("verification", took, memory));
    }
    rows
}
