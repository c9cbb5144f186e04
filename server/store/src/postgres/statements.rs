//! The statements, but for those of appends.

/// The engine's time in milliseconds.
macro_rules! now {
    () => {
        "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

pub(super) const READ: &str =
    "SELECT log, first_version, last_version, id, predecessor, at_ms, body,
        checksum
    FROM boxoffice_batch WHERE log = $1 AND last_version > $2 ORDER BY first_version LIMIT $3";

pub(super) const ENDS: &str = "SELECT n.log, b.last_version, b.id
    FROM unnest($1::text[]) AS n (log), LATERAL (
        SELECT last_version, id FROM boxoffice_batch
        WHERE log = n.log COLLATE \"C\" ORDER BY first_version DESC LIMIT 1) b";

pub(super) const SUMMARIES: &str = "SELECT log, version, summary
    FROM boxoffice_snapshot WHERE log > $1 ORDER BY log LIMIT $2";

pub(super) const PUT_SNAPSHOT: &str = "INSERT INTO boxoffice_snapshot AS s
        (log, version, batch, summary, body, checksum) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (log) DO UPDATE SET version = excluded.version, batch = excluded.batch,
        summary = excluded.summary, body = excluded.body, checksum = excluded.checksum
    WHERE s.version < excluded.version";

pub(super) const SNAPSHOT: &str = "SELECT log, version, batch, summary, body, checksum
    FROM boxoffice_snapshot WHERE log = $1";

pub(super) const TRIM: &str = include_str!("trim.sql");

pub(super) const NOW: &str = concat!("SELECT ", now!());

pub(super) const LEASE: &str = concat!(
    "WITH taken AS (
        INSERT INTO boxoffice_lease AS l (name, holder, body, until_ms)
        VALUES ($1, $2, $3, ",
    now!(),
    " + $4)
        ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, body = excluded.body,
            until_ms = excluded.until_ms
        WHERE l.holder = excluded.holder OR l.until_ms <= ",
    now!(),
    "
        RETURNING until_ms)
    SELECT name, holder, body, until_ms, (SELECT until_ms FROM taken)
    FROM (VALUES ($1::text)) AS wanted (wanted)
    LEFT JOIN boxoffice_lease ON name = wanted AND until_ms > ",
    now!()
);

pub(super) const RELEASE: &str = "DELETE FROM boxoffice_lease WHERE name = $1 AND holder = $2";

pub(super) const LEASES: &str =
    concat!("SELECT name, holder, body, until_ms FROM boxoffice_lease WHERE until_ms > ", now!());

/// Apart from appends: a notification takes a lock of the whole database at its commit.
pub(super) const HINT: &str =
    "SELECT pg_notify('boxoffice', log) FROM unnest($1::text[]) AS n (log)";
