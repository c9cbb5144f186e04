//! How the connections of a port are shared among the parties that want them.

use super::error::ConfigError;
use super::typed::Settings;

/// One of so many connections, by default, is kept for admins, and may be open besides them for
/// clients whose party is not known yet.
const PART: usize = 8;

/// More than that are not kept for admins.
const MOST_RESERVED: usize = 16;

/// The unknown ones by default: enough for those of a moment in a rush, and few for a descriptor
/// each.
const UNKNOWN: std::ops::RangeInclusive<usize> = 16..=512;

/// Connections of the operators' own port. Scrapers and probes need few.
pub const OPERATORS: usize = 64;

/// How the connections of a port are shared. What is left out depends on how many there are.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionShares {
    /// Connections of clients whose party is not known yet, besides the others.
    pub unknown: Option<usize>,
    /// The most that one principal may have.
    pub of_one: Option<usize>,
    /// Connections that are kept for admins.
    pub reserve: Option<usize>,
}

impl ConnectionShares {
    pub(super) const fn typed(settings: &Settings) -> Self {
        Self {
            unknown: settings.max_unknown_connections,
            of_one: settings.max_principal_connections,
            reserve: settings.operator_reserve,
        }
    }

    pub(super) fn check(&self, connections: [usize; 2]) -> Result<(), ConfigError> {
        let wrong = |why: &str| Err(ConfigError::Contradiction(why.to_owned()));
        if self.unknown == Some(0) {
            return wrong("max-unknown-connections must be at least 1");
        }
        if self.of_one == Some(0) {
            return wrong("max-principal-connections must be at least 1");
        }
        let fewest = connections.into_iter().min();
        if self.reserve >= fewest.map(|fewest| fewest.max(1)) {
            return wrong(
                "operator-reserve must be less than max-connections and http-max-connections",
            );
        }
        Ok(())
    }

    /// Connections of unknown parties, besides so many others.
    pub(crate) fn unknown(&self, connections: usize) -> usize {
        let (fewest, most) = (*UNKNOWN.start(), *UNKNOWN.end());
        self.unknown.unwrap_or((connections / PART).clamp(fewest, most))
    }

    /// Of so many connections, those that are kept for admins.
    pub(crate) fn reserve(&self, connections: usize) -> usize {
        self.reserve.unwrap_or((connections / PART).min(MOST_RESERVED))
    }
}
