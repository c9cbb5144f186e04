//! A strict reader of OpenMetrics texts: not every scraper is a lenient one.

use crate::http::Http;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// The samples of a text.
#[derive(Debug, Default)]
pub struct Exposed {
    /// Each sample's value, by its name and labels as they are written.
    samples: BTreeMap<String, f64>,
    /// The names that a query can use.
    names: BTreeSet<String>,
}

/// The metric whose samples follow.
#[derive(Debug, Default)]
struct Metric {
    name: String,
    kind: String,
    /// The last bucket of each histogram: its bound, and how many are in it.
    buckets: BTreeMap<String, (f64, f64)>,
}

impl Exposed {
    /// Asks a server for its metrics.
    pub async fn scrape(server: impl Into<Option<SocketAddr>>) -> Self {
        let answer = Http::connect(server).await.get("/metrics").await;
        let media_type = answer.header("content-type").expect("it has one");
        assert!(answer.status == 200 && media_type.starts_with("application/openmetrics-text"));
        Self::read(std::str::from_utf8(&answer.body).expect("UTF-8"))
    }

    /// Reads a whole text. Panics where it is not as it should be.
    pub fn read(text: &str) -> Self {
        let mut exposed = Self::default();
        let (mut metric, mut known) = (Metric::default(), BTreeSet::new());
        let lines = text.strip_suffix("# EOF\n").expect("the end is marked");
        for line in lines.lines() {
            if let Some(help) = line.strip_prefix("# HELP ") {
                let (name, help) = help.split_once(' ').expect("a name and some help");
                assert!(known.insert(name.to_owned()), "{name} is there twice");
                assert!(is_name(name) && !help.is_empty(), "{line}");
                exposed.check(&metric);
                metric = Metric { name: name.to_owned(), ..Metric::default() };
            } else if let Some(kind) = line.strip_prefix("# TYPE ") {
                let (name, kind) = kind.split_once(' ').expect("a name and a type");
                assert_eq!(name, metric.name, "help comes first");
                metric.kind = kind.to_owned();
            } else {
                exposed.sample(&mut metric, line);
            }
        }
        exposed.check(&metric);
        exposed
    }

    fn sample(&mut self, metric: &mut Metric, line: &str) {
        let (series, value) = line.rsplit_once(' ').expect("a series and a value");
        let value: f64 = value.parse().expect("a number");
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.strip_suffix('}').expect("labels end");
        let suffix = name.strip_prefix(&metric.name).unwrap_or_else(|| panic!("{line}: whose?"));
        let fits = match metric.kind.as_str() {
            "counter" => suffix == "_total",
            "gauge" => suffix.is_empty(),
            "histogram" => ["_sum", "_count", "_bucket"].contains(&suffix),
            _ => false,
        };
        assert!(fits && value >= 0.0, "{line} of a {}", metric.kind);
        let labels = read_labels(labels);
        if suffix == "_bucket" {
            metric.bucket(&labels, value);
        }
        let twice = self.samples.insert(series.to_owned(), value);
        assert!(twice.is_none(), "{series} is there twice");
        self.names.insert(name.to_owned());
    }

    /// Checks that a histogram's counts are those of its last buckets.
    fn check(&self, metric: &Metric) {
        for (labels, (bound, count)) in &metric.buckets {
            let braces = |labels: &str| {
                if labels.is_empty() { String::new() } else { format!("{{{labels}}}") }
            };
            let counted = self.samples.get(&format!("{}_count{}", metric.name, braces(labels)));
            let counted =
                counted.or_else(|| self.samples.get(&format!("{}_count{{}}", metric.name)));
            assert!(bound.is_infinite(), "{}{labels} has no last bucket", metric.name);
            assert_eq!(counted, Some(count), "{} {labels}", metric.name);
        }
    }

    /// The value of a sample, with its name and labels as in the text.
    #[track_caller]
    pub fn value(&self, series: &str) -> f64 {
        let found = self.samples.get(series);
        *found.unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples.keys()))
    }

    /// The sum of all samples of this name.
    pub fn sum(&self, name: &str) -> f64 {
        let of_it = |series: &str| series == name || series.starts_with(&format!("{name}{{"));
        self.samples.iter().filter(|(series, _)| of_it(series)).map(|(_, value)| value).sum()
    }

    /// Whether there is a sample of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

impl Metric {
    fn bucket(&mut self, labels: &[(String, String)], count: f64) {
        let bound = labels.iter().find(|label| label.0 == "le").expect("a bucket has a bound");
        let bound = match bound.1.as_str() {
            "+Inf" => f64::INFINITY,
            number => number.parse().expect("a bound is a number"),
        };
        let others = labels.iter().filter(|label| label.0 != "le");
        let others: Vec<_> = others.map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let last = self.buckets.insert(others.join(","), (bound, count));
        let (least, before) = last.unwrap_or((f64::NEG_INFINITY, 0.0));
        assert!(bound > least && count >= before, "{}: {labels:?} {count}", self.name);
    }
}

fn is_name(name: &str) -> bool {
    let is_in_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(is_in_name)
}

/// Names and values; none of ours needs an escape.
fn read_labels(text: &str) -> Vec<(String, String)> {
    let labels = text.split_terminator("\",").map(|label| label.trim_end_matches('"'));
    let read = |label: &str| {
        let (name, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{label}"));
        assert!(is_name(name) && !value.contains(['"', '\\', '\n']), "{label}");
        (name.to_owned(), value.to_owned())
    };
    labels.filter(|label| !label.is_empty()).map(read).collect()
}
