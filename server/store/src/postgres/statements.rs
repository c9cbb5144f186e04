//! The statements, but for those of appends.

/// The engine's time in milliseconds.
macro_rules! now {
    () => {
        "floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
    };
}

/// Whether this version and batch were the end of log `$1` once.
macro_rules! was_its_end {
    ($version:literal, $batch:literal) => {
        concat!(
            "(EXISTS (SELECT FROM boxoffice_batch e WHERE e.log = $1 AND e.last_version = ",
            $version,
            " AND e.id = ",
            $batch,
            " AND e.first_version = (SELECT max(m.first_version) FROM boxoffice_batch m
                WHERE m.log = $1 AND m.first_version <= ",
            $version,
            ")) OR EXISTS (SELECT FROM boxoffice_batch f WHERE f.log = $1
                AND f.first_version = ",
            $version,
            " + 1 AND f.predecessor = ",
            $batch,
            "))"
        )
    };
}

/// The batch that has the next version is the newest of those that begin no later.
pub(super) const READ: &str = "SELECT log, first_version, last_version, id, predecessor, at_ms,
        body, checksum
    FROM (SELECT *, sum(coalesce(octet_length(body), 0)) OVER (ORDER BY first_version) AS bytes
        FROM (SELECT * FROM boxoffice_batch
            WHERE log = $1 AND last_version > $2 AND first_version >= coalesce((
                SELECT max(first_version) FROM boxoffice_batch
                WHERE log = $1 AND first_version <= $2), 0)
            ORDER BY first_version LIMIT $3) next) summed
    WHERE bytes - coalesce(octet_length(body), 0) < $4 ORDER BY first_version";

pub(super) const BEGIN: &str = concat!(
    "INSERT INTO boxoffice_batch
        (log, first_version, last_version, id, predecessor, at_ms, body, checksum)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8
    WHERE $6 <= ",
    now!(),
    " + $9::bigint AND NOT EXISTS (SELECT FROM boxoffice_batch b WHERE b.log = $1)
    ON CONFLICT (log, first_version) DO NOTHING RETURNING log"
);

/// The names are walked by the key, one step a log.
pub(super) const LOGS: &str = "WITH RECURSIVE names AS (
        SELECT (SELECT min(log) FROM boxoffice_batch WHERE log > $1) AS log, 1::bigint AS place
        UNION ALL
        SELECT (SELECT min(b.log) FROM boxoffice_batch b WHERE b.log > names.log), place + 1
        FROM names WHERE names.log IS NOT NULL AND place < $2)
    SELECT log FROM names WHERE log IS NOT NULL ORDER BY log";

pub(super) const ENDS: &str = "SELECT n.log, b.last_version, b.id
    FROM unnest($1::text[]) AS n (log), LATERAL (
        SELECT last_version, id FROM boxoffice_batch
        WHERE log = n.log COLLATE \"C\" ORDER BY first_version DESC LIMIT 1) b";

pub(super) const SUMMARIES: &str = "SELECT log, version, summary
    FROM boxoffice_snapshot WHERE log > $1 ORDER BY log LIMIT $2";

pub(super) const PUT_SNAPSHOT: &str = concat!(
    "INSERT INTO boxoffice_snapshot AS s (log, version, batch, summary, body, checksum)
    SELECT $1, $2, $3, $4, $5, $6 WHERE ",
    was_its_end!("$2", "$3"),
    " ON CONFLICT (log) DO UPDATE SET version = excluded.version, batch = excluded.batch,
        summary = excluded.summary, body = excluded.body, checksum = excluded.checksum
    WHERE s.version < excluded.version RETURNING log"
);

pub(super) const SNAPSHOT: &str = "SELECT log, version, batch, summary, body, checksum
    FROM boxoffice_snapshot WHERE log = $1";

/// Bodies go at once, but for the newest; keys an hour later, when no append from before can be on
/// its way any more: its statement is cut after seconds.
pub(super) const TRIM: &str = concat!(
    "WITH newest AS (
        SELECT max(first_version) AS first_version FROM boxoffice_batch WHERE log = $1
    ), gone AS (
        DELETE FROM boxoffice_batch b USING newest
        WHERE b.log = $1 AND b.first_version < newest.first_version
          AND b.trimmed_at < clock_timestamp() - interval '1 hour'
    )
    UPDATE boxoffice_batch b SET body = NULL, trimmed_at = clock_timestamp()
    FROM newest, boxoffice_snapshot s
    WHERE b.log = $1 AND s.log = $1 AND b.body IS NOT NULL
      AND b.first_version < newest.first_version AND b.last_version <= least($2, s.version)
      AND ",
    was_its_end!("s.version", "s.batch")
);

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
