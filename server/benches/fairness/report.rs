//! The table of what the scenes showed, a row at a time.

use crate::polite::Latencies;
use crate::scene::{Bound, Scene, Shown};

/// Times that p50 may be what it is alone.
const P50_TIMES: f64 = 3.0;

/// The same of p99, or so many milliseconds.
const P99_TIMES: f64 = 5.0;
const P99_MS: f64 = 2.0;

/// The share of newcomers that are let in within a second.
const LET_IN: f64 = 0.99;

/// Headings of the table. The first is of names, the others are of figures.
const HEADINGS: [&str; 14] = [
    "scene",
    "connections",
    "alone p50",
    "p99",
    "beside p50",
    "p99",
    "times p50",
    "p99",
    "server alone p50",
    "p99",
    "server beside p50",
    "p99",
    "let in",
    "held",
];

/// The least widths of a column of names and of one of figures.
const NAME: usize = 26;
const FIGURE: usize = 7;

pub(crate) struct Report {
    missed: u32,
}

impl Report {
    /// Prints the head of the table.
    pub(crate) fn begin() -> Self {
        println!("{}", line(&HEADINGS));
        let rule = |width| format!("{}:", "-".repeat(width + 1));
        let figures: Vec<_> = widths().skip(1).map(rule).collect();
        println!("|{}|{}|", "-".repeat(NAME + 2), figures.join("|"));
        Self { missed: 0 }
    }

    /// Bounds that were missed.
    pub(crate) const fn missed(&self) -> u32 {
        self.missed
    }

    /// What the table means, and how many bounds were missed.
    pub(crate) fn summary(&self) -> String {
        format!(
            "Milliseconds from when a request was due to its durable answer; at the server, from \
             when it could be read there. Bounds: p50 {P50_TIMES} times what it is alone; p99 \
             {P99_TIMES} times, or {P99_MS} ms; {LET_IN} of newcomers are let in within a second. \
             Missed: {}.",
            self.missed
        )
    }

    /// Says that a scene is not played, as there was no time left.
    pub(crate) fn leave_out(&mut self, scene: &Scene) {
        println!("{}", line(&[scene.name, "", "left out"]));
        self.missed += 1;
    }

    /// Prints what a scene showed beside what the polite client saw alone.
    pub(crate) fn add(&mut self, scene: &Scene, alone: &Latencies, shown: &Shown) {
        let beside = &shown.beside;
        if let Some(refusal) = &beside.refusal {
            eprintln!("the polite client was refused: {refusal:?}");
        }
        if let Some(error) = &shown.let_in.error {
            eprintln!("a newcomer was not let in: {error}");
        }
        let held = is_held(scene.bound, alone, shown);
        self.missed += u32::from(!held);
        let ms = |value: f64| format!("{value:.3}");
        let times = |of: fn(&[u32]) -> f64| format!("{:.1}", of(&beside.seen) / of(&alone.seen));
        let mut cells = vec![scene.name.to_owned(), shown.connections.to_string()];
        for latencies in [&alone.seen, &beside.seen] {
            cells.extend([Latencies::p50, Latencies::p99].map(|of| ms(of(latencies))));
        }
        cells.extend([Latencies::p50, Latencies::p99].map(times));
        for latencies in [&alone.at_server, &beside.at_server] {
            cells.extend([Latencies::p50, Latencies::p99].map(|of| ms(of(latencies))));
        }
        cells.push(match shown.let_in.came {
            0 => String::new(),
            came => format!("{} of {came}", shown.let_in.in_time),
        });
        cells.push(if held { "yes" } else { "NO" }.to_owned());
        println!("{}", line(&cells));
    }
}

/// The widths of the columns.
fn widths() -> impl Iterator<Item = usize> {
    let least = std::iter::once(NAME).chain(std::iter::repeat(FIGURE));
    HEADINGS.iter().zip(least).map(|(heading, least)| heading.len().max(least))
}

/// A row in Markdown. Cells that are missing are empty.
fn line(cells: &[impl AsRef<str>]) -> String {
    let cells = cells.iter().map(|cell| cell.as_ref()).chain(std::iter::repeat(""));
    let mut line = String::new();
    for (at, (cell, width)) in cells.zip(widths()).enumerate() {
        line += &match at {
            0 => format!("| {cell:<width$} "),
            _ => format!("| {cell:>width$} "),
        };
    }
    line + "|"
}

fn is_held(bound: Bound, alone: &Latencies, shown: &Shown) -> bool {
    let (seen, alone) = (&shown.beside.seen, &alone.seen);
    let p50 = Latencies::p50(seen) <= P50_TIMES * Latencies::p50(alone);
    let p99 = Latencies::p99(seen) <= (P99_TIMES * Latencies::p99(alone)).max(P99_MS);
    let latency = p50 && p99 && shown.beside.refusal.is_none();
    let newcomers = shown.let_in.share() >= LET_IN;
    match bound {
        Bound::Latency => latency,
        Bound::Newcomers => newcomers,
        Bound::LatencyAndNewcomers => latency && newcomers,
    }
}
