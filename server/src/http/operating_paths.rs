//! The addresses of probes and scrapers, which answer however many connections there are.

pub(super) const HEALTH: &str = "/healthz";
pub(super) const READINESS: &str = "/readyz";
pub(super) const METRICS: &str = "/metrics";

/// Whether a path is one of these.
pub(super) fn is_operating(path: &str) -> bool {
    [HEALTH, READINESS, METRICS].contains(&path)
}
