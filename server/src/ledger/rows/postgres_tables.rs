//! The tables as PostgreSQL has them, made of the same SQL.

/// Words of SQLite's dialect, and PostgreSQL's for them. Rows are verified by their checksums, and are
/// moved an event at a time, so they need no references.
const WORDS: [(&str, &str); 9] = [
    (" REFERENCES events", ""),
    ("id BLOB", "id uuid"),
    ("reservation BLOB", "reservation uuid"),
    ("INTEGER", "bigint"),
    ("TEXT", "text"),
    ("ANY", "jsonb"),
    ("BLOB", "text"),
    (") STRICT, WITHOUT ROWID", ")"),
    (") STRICT", ")"),
];

/// Tables that are of a data folder only.
const LEFT_OUT: [&str; 2] = ["CREATE TABLE boxoffice (", "CREATE TABLE plans ("];

/// Statements that make the tables, in a schema that the session has chosen.
pub fn postgres_tables() -> String {
    let all = concat!(include_str!("schema.sql"), include_str!("followed.sql"));
    let lines = all.lines().map(|line| line.split_once("--").map_or(line, |(before, _)| before));
    let all = lines.collect::<Vec<_>>().join("\n");
    let kept = all.split(';').filter(|statement| LEFT_OUT.iter().all(|it| !statement.contains(it)));
    let kept = kept.collect::<Vec<_>>().join(";");
    WORDS.iter().fold(kept, |sql, (ours, theirs)| sql.replace(ours, theirs))
}
