//! The process's use of the machine, under the names that every Prometheus client gives it.

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use rustix::process::{Resource, getrlimit};
use std::fmt;
use std::fs;
use std::time::Duration;

/// Read on every request. Figures that the system does not provide are left out.
#[derive(Debug)]
pub(crate) struct ProcessFigures {
    /// CPU time that the process has used.
    pub(crate) cpu_time: fn() -> Duration,
}

impl Collector for ProcessFigures {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut gauge = |name, help, value: Option<u64>| match value {
            None => Ok(()),
            Some(value) => {
                let described = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
                ConstGauge::new(value).encode(described)
            }
        };
        gauge("resident_memory_bytes", "Memory that is in use", resident_bytes())?;
        gauge("open_fds", "Open file descriptors", open_files())?;
        gauge("max_fds", "Most file descriptors", getrlimit(Resource::Nofile).current)?;
        let (name, help) = ("cpu_seconds", "CPU time that was used");
        let described = encoder.encode_descriptor(name, help, None, MetricType::Counter)?;
        ConstCounter::new((self.cpu_time)().as_secs_f64()).encode(described)
    }
}

fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

fn open_files() -> Option<u64> {
    Some(fs::read_dir("/proc/self/fd").ok()?.count() as u64)
}
