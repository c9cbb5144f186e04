//! The subjects of the comparison: each program, the work it is measured at, and the requests in
//! flight. Names only; measuring is left to each program's own module.

use std::fmt::{self, Display, Formatter};

/// A program and its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    Limit(Durability),
    Boxoffice(BoxofficeWork),
    Redis(RedisBrand, RedisWork),
    Postgres(PostgresWork),
}

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
            // Its clients have one transaction in flight at any depth.
            Subject::Postgres(_) => write!(formatter, "{}", self.subject),
            subject => write!(formatter, "{subject} ×{}", self.depth),
        }
    }
}

impl Subject {
    pub(crate) const LIMIT: Self = Self::Limit(Durability::Synced);
    pub(crate) const STANDING: Self = Self::Boxoffice(BoxofficeWork::Standing);
    pub(crate) const SEATS: Self = Self::Boxoffice(BoxofficeWork::Seats);

    /// This subject with `depth` requests in flight.
    pub(crate) const fn at(self, depth: u32) -> Case {
        Case { subject: self, depth }
    }
}

/// The durability that the limit waits for before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Durability {
    /// One fdatasync a turn.
    Synced,
    PageCache,
}

/// The work that Boxoffice is measured at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum BoxofficeWork {
    /// Standing places of one event: one counter.
    Standing,
    /// The same, but answered before the sync.
    StandingUnsynced,
    /// The same, while another connection keeps 10,000 requests in flight.
    StandingBesideGreedy,
    /// Standing places of a thousand events.
    Thousand,
    Seats,
    /// An event and its counts.
    Event,
    /// The seat map of 100 seats.
    Map,
    /// The seat map of 100,000 seats, while it changes.
    ChangingMap,
    /// The best four of an arena that stays half sold, each with a release.
    Best,
}

/// Redis, or its fork.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RedisBrand {
    Redis,
    Valkey,
}

/// The work that Redis is measured at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RedisWork {
    /// `SET … NX EX`, the seat's lock.
    Lock,
    /// `EVALSHA` of a reservation.
    Script,
    /// `GET` of a key that is there.
    Get,
}

/// The work that PostgreSQL is measured at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PostgresWork {
    /// `SELECT … FOR UPDATE`, all clients on one event.
    HotEvent,
    /// The same transaction over 1,000 events.
    ThousandEvents,
    /// One statement, over 1,000 events.
    Statement,
    /// 100 reservations a transaction, one client.
    Hundred,
}

impl PostgresWork {
    pub(crate) const ALL: [Self; 4] =
        [Self::HotEvent, Self::ThousandEvents, Self::Statement, Self::Hundred];
}

impl Display for BoxofficeWork {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Standing => "standing",
            Self::StandingUnsynced => "standing, `--sync never`",
            Self::StandingBesideGreedy => "standing, beside one connection with 10,000 in flight",
            Self::Thousand => "standing, 1,000 events",
            Self::Seats => "exact seats",
            Self::Event => "reads of an event",
            Self::Map => "reads of a seat map, 100 seats",
            Self::ChangingMap => "reads of a seat map, 100,000 seats, beside 10,000 reservations/s",
            Self::Best => "best 4 of 100,000 seats and their release",
        })
    }
}

impl Display for RedisBrand {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Redis => "Redis",
            Self::Valkey => "Valkey",
        })
    }
}

impl Display for RedisWork {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Lock => "SET NX EX",
            Self::Script => "EVALSHA",
            Self::Get => "GET",
        })
    }
}

impl Display for PostgresWork {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::HotEvent => "`SELECT … FOR UPDATE` transaction, one hot event, 16 clients",
            Self::ThousandEvents => "`SELECT … FOR UPDATE` transaction, 1,000 events, 16 clients",
            Self::Statement => "one statement, 1,000 events, 16 clients",
            Self::Hundred => "100 reservations a transaction, 1,000 events, 1 client",
        })
    }
}
