//! The unit tests of `bench/compare`, which as a bench of its own has no test harness.

#![allow(dead_code, unused_imports, reason = "nobody measures here")]

mod figures;
mod printed;

#[path = "../../bench/compare/boxoffice/mod.rs"]
mod boxoffice;
#[path = "../../bench/compare/comparison.rs"]
mod comparison;
#[path = "../../bench/compare/goals.rs"]
mod goals;
#[path = "../../bench/compare/limit/mod.rs"]
mod limit;
#[path = "../../bench/compare/machine.rs"]
mod machine;
#[path = "../../bench/compare/postgres/mod.rs"]
mod postgres;
#[path = "../../bench/compare/process.rs"]
mod process;
#[path = "../../bench/compare/redis/mod.rs"]
mod redis;
#[path = "../../bench/compare/report.rs"]
mod report;
#[path = "../../bench/compare/results.rs"]
mod results;
#[path = "../../bench/compare/settings.rs"]
mod settings;
#[path = "../../bench/compare/statistics.rs"]
mod statistics;
#[path = "../../bench/compare/subject.rs"]
mod subject;
#[path = "../../bench/compare/table.rs"]
mod table;
