//! What is measured: who, at which work, with how many requests in flight.

use crate::compare::boxoffice;
use crate::compare::limit::Durability;
use crate::compare::postgres;
use crate::compare::redis::{self, Brand};
use std::fmt::{self, Display, Formatter};

/// Who is measured at which work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Limit(Durability),
    Boxoffice(boxoffice::Work),
    Redis(Brand, redis::Work),
    Postgres(postgres::Work),
}

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Case {
    pub(crate) subject: Subject,
    /// Requests in flight on each connection.
    pub(crate) depth: u32,
}

impl Display for Subject {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit(Durability::Synced) => write!(formatter, "limit"),
            Self::Limit(Durability::PageCache) => write!(formatter, "limit without fdatasync"),
            Self::Boxoffice(work) => write!(formatter, "Boxoffice, {work}"),
            Self::Redis(brand, work) => write!(formatter, "{brand} `{work}`"),
            Self::Postgres(work) => write!(formatter, "PostgreSQL, {work}"),
        }
    }
}

impl Display for Case {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        match self.subject {
            // Its clients have one transaction in flight, always.
            Subject::Postgres(_) => write!(formatter, "{}", self.subject),
            subject => write!(formatter, "{subject} ×{}", self.depth),
        }
    }
}

impl Subject {
    pub(crate) const LIMIT: Self = Self::Limit(Durability::Synced);
    pub(crate) const STANDING: Self = Self::Boxoffice(boxoffice::Work::Standing);
    pub(crate) const SEATS: Self = Self::Boxoffice(boxoffice::Work::Seats);

    /// This with so many requests in flight.
    pub(crate) const fn at(self, depth: u32) -> Case {
        Case { subject: self, depth }
    }
}
