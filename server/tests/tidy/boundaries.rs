//! What a part of the house must not name of other crates, or of other rooms.

use crate::tidy::graph::Foreign;
use crate::tidy::house::{HOUSE, none};

const IMPURE: &[&str] = &[
    "tokio",
    "parking_lot",
    "getrandom",
    "fastrand",
    "rand",
    "std::fs",
    "std::io",
    "std::net",
    "std::thread",
    "std::sync::Mutex",
    "std::sync::RwLock",
    "std::time::Instant",
    "std::time::SystemTime",
];

/// The ways to read the time, whichever crate they come from.
const TIME: &[&str] =
    &["Instant::now", "SystemTime::now", "Timestamp::now", "Zoned::now", "clock_gettime"];

/// What bincode works with. Derives, which only describe, are named beside their types.
const BINCODE: &[&str] = &[
    "bincode::borrow_decode_from_slice",
    "bincode::config",
    "bincode::decode_from_slice",
    "bincode::encode_into_slice",
    "bincode::encode_into_std_write",
    "bincode::encode_into_writer",
    "bincode::encode_to_vec",
    "bincode::serde",
];

/// Whether one of these names, or something below it, is named, by itself or by a glob.
fn is_one_of(path: &str, names: &[&str]) -> bool {
    names.iter().any(|name| {
        let below = path.strip_prefix(name);
        below.is_some_and(|below| below.is_empty() || below.starts_with("::"))
            || path.strip_suffix('*').is_some_and(|module| name.starts_with(module))
    })
}

fn reads_time(foreign: &&Foreign) -> bool {
    TIME.iter().any(|name| foreign.path.ends_with(name))
}

fn of_crate<'a>(foreign: &&'a Foreign) -> &'a str {
    foreign.path.split("::").next().unwrap_or_default()
}

fn refuse<'a>(named: impl Iterator<Item = &'a Foreign>, rule: &str) {
    none(named.map(|Foreign { file, path, .. }| format!("{file} names {path}")), rule);
}

#[test]
fn the_inventory_is_pure() {
    let named = HOUSE.foreign("server/inventory");
    let impure = named.filter(|foreign| is_one_of(&foreign.path, IMPURE));
    refuse(impure, "the inventory decides by its arguments alone");
}

#[test]
fn the_journal_knows_no_event() {
    let named = HOUSE.foreign("server/journal");
    let of_protocol = named.filter(|foreign| of_crate(foreign) == "boxoffice_protocol");
    let units = ["boxoffice_protocol::time", "boxoffice_protocol::limits"];
    let of_events = of_protocol.filter(|foreign| !is_one_of(&foreign.path, &units));
    refuse(of_events, "the journal keeps bytes, and of the protocol names times and limits only");
}

#[test]
fn only_the_clock_reads_the_time() {
    let named = HOUSE.foreign("server").filter(reads_time);
    let elsewhere = named.filter(|foreign| {
        foreign.file != "server/src/clock.rs" && !foreign.file.starts_with("server/testing/")
    });
    refuse(elsewhere, "ask the clock");
}

#[test]
fn the_protocol_does_no_io_and_reads_no_clock() {
    let io = ["std::fs", "std::net", "std::thread", "tokio"];
    let named = HOUSE.foreign("protocol");
    let doing = named.filter(|foreign| is_one_of(&foreign.path, &io) || reads_time(foreign));
    refuse(doing, "the protocol is words and bytes");
}

#[test]
fn only_frames_are_encoded_and_decoded() {
    let named = HOUSE.foreign("protocol").filter(|foreign| is_one_of(&foreign.path, BINCODE));
    let elsewhere = named.filter(|foreign| foreign.file != "protocol/src/frame.rs");
    refuse(elsewhere, "only frame.rs encodes and decodes");
}

#[test]
fn the_json_knows_no_http() {
    let carriers = ["axum", "hyper", "hyper_util", "http", "tower"];
    let named = HOUSE.crates.iter().flat_map(|krate| &krate.graph.foreign);
    let of_json = named.filter(|foreign| foreign.file.contains("/json/"));
    let carried = of_json.filter(|foreign| is_one_of(&foreign.path, &carriers));
    refuse(carried, "JSON does not depend on what it is carried by");
}

#[test]
fn the_client_names_nothing_of_the_server() {
    let named = HOUSE.foreign("client");
    let of_server = named.filter(|foreign| {
        let members = HOUSE.packages.iter().filter(|member| member.folder.starts_with("server"));
        members.map(|member| member.name.replace('-', "_")).any(|name| of_crate(foreign) == name)
            && !foreign.test
    });
    refuse(of_server, "client -> protocol <- server");
}

#[test]
fn only_the_demo_is_a_client() {
    let named = HOUSE.foreign("server");
    let clients = named.filter(|foreign| of_crate(foreign) == "boxoffice_client" && !foreign.test);
    let elsewhere = clients.filter(|foreign| {
        !["server/src/demo/", "server/testing/"].iter().any(|own| foreign.file.starts_with(own))
    });
    refuse(elsewhere, "the server uses the client library for its demo only");
}

/// What a router serves is described by the same line of code, but for the description itself, the
/// pages for people, and what operators ask.
#[test]
fn every_address_is_described() {
    let undescribed = ["openapi/", "operating.rs", "static_files.rs", "swagger_ui.rs"];
    let mut offenders = Vec::new();
    for (file, text) in &HOUSE.sources {
        let Some(within) = file.strip_prefix("server/src/http/") else { continue };
        if undescribed.iter().any(|own| within.starts_with(own)) {
            continue;
        }
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            if [".route(", ".nest(", "_service("].iter().any(|call| line.contains(call)) {
                offenders.push(format!("{file}: {line}"));
            }
        }
    }
    none(offenders, "an address has a utoipa::path, and is served by routes!");
}

#[test]
fn names_are_known_below_themselves_and_in_globs() {
    let names = ["tokio", "std::time::Instant"];
    for path in ["tokio", "tokio::sync", "std::time::Instant::now", "std::time::*", "std::*"] {
        assert!(is_one_of(path, &names), "{path}");
    }
    for path in ["tokio_util::codec", "std::time::Duration", "std::fmt::*", "other::tokio"] {
        assert!(!is_one_of(path, &names), "{path}");
    }
}
