//! Which room of the server may name which.

use crate::tidy::house::{HOUSE, none};
use std::collections::BTreeSet;

/// The rooms of the server by rows: a room names those of its own row and of the rows below.
const ORDER: &[&[&str]] = &[
    &["main", "lib", "demo", "commands", "announcement", "exit", "help_groups", "logs", "signals"],
    &["server"],
    &["serving"],
    &["tcp", "http"],
    &["exposition", "stats"],
    &["readiness"],
    &["dispatch", "view_lookup"],
    &["server_state"],
    &["open"],
    &["start_error", "dependencies"],
    &["listener"],
    &["inspect", "copying", "reports"],
    &["sweeper", "views", "backups", "event_watch", "cluster"],
    &["catalog"],
    &["plans"],
    &["ledger"],
    &["login", "admission"],
    &["fairness"],
    &["auth", "tls", "sniff", "sockets", "deadline_timer", "engines"],
    &["clock", "config", "metrics", "descriptors", "randomness", "terms_check"],
];

/// What rooms depend on this room alone, of all others of the server.
const ONLY: &[(&str, &[&str])] =
    &[("auth", &["clock", "config"]), ("clock", &[]), ("config", &[]), ("metrics", &[])];

/// The room that a file of the server is in: its first folder, or its name.
fn room(file: &str) -> Option<&str> {
    let room = file.strip_prefix("server/src/")?.split('/').next()?;
    Some(room.strip_suffix(".rs").unwrap_or(room))
}

#[test]
fn every_room_has_a_place_in_the_order() {
    let rooms: BTreeSet<_> = HOUSE.sources.keys().filter_map(|file| room(file)).collect();
    let placed: BTreeSet<_> = ORDER.iter().flat_map(|row| row.iter().copied()).collect();
    let wrong = rooms.symmetric_difference(&placed).map(|room| (*room).to_owned());
    none(wrong, "ORDER lists the rooms of the server");
}

#[test]
fn rooms_name_only_what_is_below_them() {
    let row = |room: &str| ORDER.iter().position(|row| row.contains(&room));
    let mut offenders = BTreeSet::new();
    for (file, targets) in HOUSE.crates.iter().flat_map(|krate| &krate.graph.edges) {
        for (to, names) in targets {
            let (Some(own), Some(other)) = (room(file), room(to)) else { continue };
            let only = ONLY.iter().find(|(room, _)| *room == own && own != other);
            let upwards = row(own) > row(other);
            if upwards || only.is_some_and(|(_, rooms)| !rooms.contains(&other)) {
                let names: Vec<_> = names.iter().map(String::as_str).collect();
                offenders.insert(format!("{file} -> {to}: {}", names.join(", ")));
            }
        }
    }
    none(offenders, "a room names only what is below it");
}
