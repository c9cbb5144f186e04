//! `bench compare A B`: two results side by side, with their ratios.

use crate::format::{count, duration_us};
use crate::result::RunResult;
use crate::table::{Table, left, right};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};
use thiserror::Error;

/// Why results cannot be compared.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "the messages say it")]
pub enum CompareError {
    #[error("cannot read {}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{} is not what `bench --json` prints: {field}: {error}", path.display())]
    NoResult { path: PathBuf, field: String, error: String },
}

/// Two results side by side.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ResultComparison {
    /// The figures that both have.
    pub figures: Vec<ComparedFigure>,
    /// Settings and circumstances that differ, and may explain the figures.
    pub differences: Vec<ComparedSetting>,
}

/// A figure of both results.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedFigure {
    /// The name as in the results.
    pub name: String,
    /// In the first result.
    pub a: f64,
    /// In the second result.
    pub b: f64,
    /// The second by the first; null if the first is 0.
    pub ratio: Option<f64>,
    #[serde(skip)]
    unit: FigureUnit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FigureUnit {
    Count,
    Microseconds,
    Share,
}

/// A setting or circumstance that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedSetting {
    /// The name as in the results.
    pub name: String,
    /// In the first result; null if it has none.
    pub a: serde_json::Value,
    /// In the second result; null if it has none.
    pub b: serde_json::Value,
}

/// Reads a file that `bench --json` printed.
///
/// # Errors
/// [`CompareError`] names the file, and the field that is wrong.
pub fn read(path: &Path) -> Result<RunResult, CompareError> {
    let unreadable = |error| CompareError::Unreadable { path: path.to_owned(), error };
    let text = fs::read_to_string(path).map_err(unreadable)?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<RunResult, CompareError> {
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| CompareError::NoResult {
        path: path.to_owned(),
        field: error.path().to_string(),
        error: error.inner().to_string(),
    })
}

/// Puts two results side by side.
pub fn compare(a: &RunResult, b: &RunResult) -> ResultComparison {
    ResultComparison { figures: figures(a, b), differences: differences(a, b) }
}

impl ResultComparison {
    /// The figures, side by side.
    pub fn table(&self) -> Table {
        let mut table = Table::new([left("figure"), right("a"), right("b"), right("b : a")]);
        for ComparedFigure { name, a, b, ratio, unit } in &self.figures {
            let ratio = ratio.map_or("–".to_owned(), |ratio| format!("{ratio:.3}×"));
            table.row([name.clone(), unit.words(*a), unit.words(*b), ratio]);
        }
        table
    }
}

impl FigureUnit {
    fn words(self, value: f64) -> String {
        match self {
            Self::Count => count(value),
            Self::Microseconds => duration_us(value),
            Self::Share => format!("{value:.4}"),
        }
    }
}

fn figures(a: &RunResult, b: &RunResult) -> Vec<ComparedFigure> {
    let figure = |name: String, unit, value: &dyn Fn(&RunResult) -> f64| {
        let (a, b) = (value(a), value(b));
        ComparedFigure { name, a, b, ratio: (a != 0.0).then(|| b / a), unit }
    };
    let count = |name: &str, value: &dyn Fn(&RunResult) -> f64| {
        figure(name.to_owned(), FigureUnit::Count, value)
    };
    let latency = |name: &str, value: &dyn Fn(&RunResult) -> f64| {
        figure(format!("latency_us.{name}"), FigureUnit::Microseconds, value)
    };
    let mut figures = vec![
        count("throughput_per_s", &|run| run.throughput_per_s),
        count("applied_per_s", &|run| run.applied_per_s),
        latency("min", &|run| run.latency_us.min),
        latency("p50", &|run| run.latency_us.p50),
        latency("p90", &|run| run.latency_us.p90),
        latency("p99", &|run| run.latency_us.p99),
        latency("p99_9", &|run| run.latency_us.p99_9),
        latency("max", &|run| run.latency_us.max),
        count("requests", &|run| run.requests as f64),
        count("unsent", &|run| run.unsent as f64),
        figure("fairness".to_owned(), FigureUnit::Share, &|run| run.fairness),
    ];
    let refusals: BTreeSet<_> = a.refused.keys().chain(b.refused.keys()).collect();
    figures.extend(refusals.into_iter().map(|name| {
        let refused = |run: &RunResult| run.refused.get(name).copied().unwrap_or(0) as f64;
        figure(format!("refused.{name}"), FigureUnit::Count, &refused)
    }));
    figures
}

fn differences(a: &RunResult, b: &RunResult) -> Vec<ComparedSetting> {
    let about = |run: &RunResult| {
        [
            ("workload", run.workload.clone().into()),
            ("server", run.server.clone().into()),
            ("verified", run.verified.into()),
            ("generator_was_the_bottleneck", run.cpu.generator_was_the_bottleneck.into()),
        ]
    };
    let about = about(a).into_iter().zip(about(b));
    let about = about.map(|((name, a), (_, b))| ComparedSetting { name: name.to_owned(), a, b });
    let names: BTreeSet<_> = a.settings.keys().chain(b.settings.keys()).collect();
    let setting = |run: &RunResult, name| run.settings.get(name).cloned().unwrap_or_default();
    let settings = names.into_iter().map(|name| ComparedSetting {
        name: format!("settings.{name}"),
        a: setting(a, name),
        b: setting(b, name),
    });
    about.chain(settings).filter(|difference| difference.a != difference.b).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::result::samples;

    #[test]
    fn what_was_printed_reads_back() {
        for run in [samples::run(), samples::violated()] {
            let text = serde_json::to_string(&run).expect("it serialises");
            assert_eq!(parse(&text, Path::new("a.json")).expect("a result"), run);
        }
    }

    #[test]
    fn ratios_are_the_seconds_of_the_firsts() {
        let (a, mut b) = (samples::run(), samples::run());
        b.throughput_per_s *= 1.5;
        b.latency_us.p99 /= 2.0;
        b.refused.insert("SoldOut".to_owned(), 7);
        let comparison = compare(&a, &b);
        let ratio = |name: &str| {
            let figure = comparison.figures.iter().find(|figure| figure.name == name);
            figure.expect("it is compared").ratio
        };
        assert_eq!(ratio("throughput_per_s"), Some(1.5));
        assert_eq!(ratio("latency_us.p99"), Some(0.5));
        assert_eq!(ratio("refused.SeatsTaken"), Some(1.0));
        assert_eq!(ratio("refused.SoldOut"), None);
        assert_eq!(comparison.differences, []);
    }

    #[test]
    fn settings_that_differ_are_pointed_out() {
        let (a, mut b) = (samples::run(), samples::run());
        b.settings.insert("pipeline".to_owned(), 64.into());
        b.settings.remove("duration");
        b.verified = None;
        let differences = compare(&a, &b).differences;
        let names: Vec<_> = differences.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["verified", "settings.duration", "settings.pipeline"]);
        assert!(differences[1].b.is_null());
    }

    #[test]
    fn a_file_that_is_no_result_is_told_where() {
        let mut json = serde_json::to_value(samples::run()).expect("it serialises");
        json["latency_us"]["p99"] = "fast".into();
        let error = parse(&json.to_string(), Path::new("b.json")).expect_err("a word is no number");
        let error = error.to_string();
        assert!(error.contains("b.json") && error.contains("latency_us.p99"), "{error}");
        let error = parse("{}", Path::new("b.json")).expect_err("nothing is in it").to_string();
        assert!(error.contains("b.json") && error.contains("workload"), "{error}");
        let error = read(Path::new("nowhere.json")).expect_err("it is not there").to_string();
        assert!(error.contains("nowhere.json"), "{error}");
    }
}
