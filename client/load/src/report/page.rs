//! The page: warnings, tiles, plots and tables of one result.

use super::plot::{Axis, Curve, plot};
use crate::escape::escape_html;
use crate::format::{bytes, count, duration_us};
use crate::result::{LatencySummary, RunResult, SecondResult, Verification};
use crate::table::{Table, left, right};
use crate::verify::findings;

/// The result as an HTML page.
pub fn page(run: &RunResult) -> String {
    let title = format!("boxoffice bench: {}", run.workload);
    let body = [
        header(run, &title),
        warnings(run),
        tiles(run),
        card("Latency by percentile", &latency_plot(run)),
        over_time(run),
        format!(
            "<div class=\"pair\">{}{}</div>",
            card("Latency", &latency_table(&run.latency_us)),
            card("Requests", &requests_table(run))
        ),
        run.verification.as_ref().map(verification).unwrap_or_default(),
        card("Settings", &settings(run)),
    ]
    .concat();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><style>\n{}</style></head><body><main>{body}</main></body></html>\n",
        escape_html(&title),
        include_str!("style.css"),
    )
}

fn card(title: &str, content: &str) -> String {
    format!("<section><h2>{}</h2>{content}</section>", escape_html(title))
}

fn header(run: &RunResult, title: &str) -> String {
    let (class, outcome) = match run.verified {
        Some(true) => ("good", "verified: nothing is wrong"),
        Some(false) => ("bad", "not right"),
        None => ("open", "not verified"),
    };
    let about = format!(
        "{} · {} · {:.1} s",
        escape_html(&run.server),
        escape_html(&run.started_at),
        run.seconds
    );
    format!(
        "<header><div><h1>{}</h1><p>{about}</p></div>\
         <div class=\"badge {class}\">{outcome}</div></header>",
        escape_html(title)
    )
}

fn warnings(run: &RunResult) -> String {
    let mut html = String::new();
    if run.cpu.generator_was_the_bottleneck {
        html += "<p class=\"note open\">The generator had no CPU left: the figures are its own, and \
                 the server can do more.</p>";
    }
    if run.unsent > 0 {
        let unsent = count(run.unsent as f64);
        html += &format!("<p class=\"note bad\">{unsent} requests were due and not sent.</p>");
    }
    html
}

fn tiles(run: &RunResult) -> String {
    let tiles = [
        (count(run.throughput_per_s), "requests a second"),
        (count(run.applied_per_s), "changes a second"),
        (duration_us(run.latency_us.p50), "median latency"),
        (duration_us(run.latency_us.p99), "99 % are faster"),
        (format!("{:.4}", run.fairness), "fairness (Jain's index)"),
    ];
    let tiles = tiles.map(|(value, what)| {
        format!("<div class=\"tile\"><b>{}</b><span>{what}</span></div>", escape_html(&value))
    });
    format!("<div class=\"tiles\">{}</div>", tiles.concat())
}

/// Percentiles as HdrHistogram plots them: nine tenths, then nine tenths of the rest, and so on.
fn latency_plot(run: &RunResult) -> String {
    let one_in = |percentile: f64| 1.0 / (1.0 - percentile / 100.0).max(1e-9);
    let points: Vec<_> =
        run.distribution.iter().map(|point| (point.percentile, point.latency_us)).collect();
    // The last point is everything: where it would be, nothing is one in.
    let below: Vec<_> =
        points.iter().filter(|(percentile, _)| *percentile < 100.0).copied().collect();
    let Some(&(last, _)) = below.last() else { return nothing() };
    let end = one_in(last).max(10.0);
    let marks = [0.0, 50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999, 99.99999];
    let marks = marks.into_iter().filter(|mark| one_in(*mark) <= end * 1.001);
    let x = Axis::log(
        "percentile",
        (1.0, end),
        marks.map(|mark| (one_in(mark), format!("{mark} %"))).collect(),
    );
    let latencies = || below.iter().map(|(_, latency)| *latency);
    let bounds = (latencies().fold(f64::INFINITY, f64::min), latencies().fold(0.0, f64::max));
    let y = Axis::decades("latency", bounds, mark_us);
    let points = below.iter().map(|&(percentile, latency)| (one_in(percentile), latency)).collect();
    plot("Latency by percentile", &x, &y, &[Curve { name: "latency", points }])
}

fn over_time(run: &RunResult) -> String {
    if run.series.is_empty() {
        return card("Throughput over time", &nothing());
    }
    let end = run.series.iter().map(|second| second.at_s).fold(1.0, f64::max);
    let x = || Axis::linear("seconds", (0.0, end), |value| format!("{value}"));
    let curve =
        |name, value: fn(&SecondResult) -> f64| Curve { name, points: steps(&run.series, value) };
    let most = |curves: &[Curve]| {
        let values = curves.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
        values.fold(0.0, f64::max)
    };
    let rates = [
        curve("requests a second", |second| second.requests_per_s),
        curve("changes a second", |second| second.applied_per_s),
    ];
    let y = Axis::linear("a second", (0.0, most(&rates).max(1.0)), count);
    let throughput = plot("Throughput over time", &x(), &y, &rates);
    let latencies =
        [curve("median", |second| second.p50_us), curve("99 %", |second| second.p99_us)];
    let values = || latencies.iter().flat_map(|curve| curve.points.iter().map(|point| point.1));
    let least = values().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    let y = Axis::decades("latency", (least.min(1e6), most(&latencies)), mark_us);
    let latency = plot("Latency over time", &x(), &y, &latencies);
    card("Throughput over time", &throughput) + &card("Latency over time", &latency)
}

/// Each second's value from its beginning to its end.
fn steps(series: &[SecondResult], value: fn(&SecondResult) -> f64) -> Vec<(f64, f64)> {
    let begins = std::iter::once(0.0).chain(series.iter().map(|second| second.at_s));
    let steps = begins.zip(series).map(|(begin, second)| (begin, second.at_s, value(second)));
    steps.flat_map(|(begin, end, value)| [(begin, value), (end, value)]).collect()
}

/// A mark on an axis: its numbers are round.
fn mark_us(us: f64) -> String {
    duration_us(us).replace(".00 ", " ").replace(".0 ", " ")
}

fn nothing() -> String {
    "<p class=\"soft\">Nothing was measured.</p>".to_owned()
}

fn latency_table(latency: &LatencySummary) -> String {
    let LatencySummary { min, p50, p90, p99, p99_9, max } = *latency;
    let rows = [
        ("shortest", min),
        ("50 %", p50),
        ("90 %", p90),
        ("99 %", p99),
        ("99.9 %", p99_9),
        ("longest", max),
    ];
    let mut table = Table::new([left(""), right("")]);
    rows.into_iter().for_each(|(name, us)| table.row([name.to_owned(), duration_us(us)]));
    table.to_html("")
}

fn requests_table(run: &RunResult) -> String {
    let number = |number: u64| count(number as f64);
    let mut table = Table::new([left(""), right("")]);
    let mut row = |name: &str, value: String| table.row([name.to_owned(), value]);
    row("answered", number(run.requests));
    row("changes made", number(run.applied));
    for (name, refused) in &run.refused {
        row(&format!("refused {name}"), number(*refused));
    }
    row("not sent", number(run.unsent));
    row("sent", bytes(run.bytes.sent));
    row("received", bytes(run.bytes.received));
    row("generator's CPU", format!("{:.2} s", run.cpu.generator_s));
    if let Some(server_s) = run.cpu.server_s {
        row("server's CPU", format!("{server_s:.2} s"));
    }
    table.to_html("")
}

fn verification(verification: &Verification) -> String {
    let mut html = format!("<p>{}.</p>", escape_html(&findings::sentence(verification)));
    for what in &verification.unchecked {
        html += &format!("<p class=\"note open\">Not checked: {}.</p>", escape_html(what));
    }
    for violation in &verification.violations {
        html += &format!(
            "<h3>{}, {}</h3><p class=\"note bad\">{}</p>",
            escape_html(violation.kind.as_str()),
            escape_html(&violation.event),
            escape_html(&violation.what)
        );
        html += &findings::history(violation).to_html("history");
    }
    let took = count(verification.took_ms as f64);
    let history = bytes(verification.history_bytes);
    html += &format!("<p class=\"soft\">It took {took} ms, and the history {history}.</p>");
    card("Verification", &html)
}

fn settings(run: &RunResult) -> String {
    let value = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut table = Table::new([left(""), left("")]);
    run.settings.iter().for_each(|(name, it)| table.row([name.clone(), value(it)]));
    table.to_html("")
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::result::samples;

    #[test]
    fn the_page_stands_alone_and_trusts_nothing() {
        let mut run = samples::violated();
        run.workload = "<script>alert(1)</script>".to_owned();
        run.settings.insert("\"><img src=x>".to_owned(), "<em>".into());
        let page = page(&run);
        for foreign in
            ["<script", "<img", "<em>", "http:", "https:", "url(", "@import", "NaN", "inf"]
        {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert!(page.contains("&lt;script&gt;"));
    }

    #[test]
    fn the_page_says_what_was_found() {
        let right = page(&samples::run());
        for said in
            ["verified: nothing is wrong", "1,234,568", "SeatsTaken", "99.9 %", "connections"]
        {
            assert!(right.contains(said), "{said}");
        }
        let wrong = page(&samples::violated());
        for said in ["not right", "oversold", "#7 confirmed now: A1", "Not checked"] {
            assert!(wrong.contains(said), "{said}");
        }
    }

    #[test]
    fn a_run_that_measured_nothing_has_a_page() {
        let mut run = samples::run();
        run.series.clear();
        run.distribution.clear();
        run.verification = None;
        run.verified = None;
        let page = page(&run);
        assert!(page.contains("Nothing was measured") && page.contains("not verified"));
    }
}
