//! The house's order, guarded: who may name whom, who may read the time, how long a file may be.

mod tidy {
    mod circles;
    mod graph;
    mod house;
    mod resolve;
    mod sources;
    mod tree;
}

use std::fs;
use std::path::{Path, PathBuf};

/// What the inventory must not name: it decides by its arguments alone.
const IMPURE: &[&str] = &[
    "tokio",
    "std::fs",
    "std::net",
    "std::time::Instant",
    "std::time::SystemTime",
    "Mutex",
    "RwLock",
    "parking_lot",
    "getrandom",
    "fastrand",
    "rand::",
    "std::io",
    "std::thread",
    "crate::clock",
];

/// The ways to read the time. Only `clock.rs` may.
const TIME: &[&str] =
    &["Instant::now", "SystemTime::now", "clock_gettime", "Timestamp::now", "Zoned::now"];

/// Who may name whom inside the server, by the module at the head of the path: a module names
/// those to its right, and the leaves.
const ORDER: &[&[&str]] = &[
    &["main", "demo", "commands", "exit", "logs", "signals", "simulation"],
    &["lib", "serving", "open", "stats"],
    &["tcp", "http"],
    &["exposition"],
    &["readiness"],
    &["desk"],
    &["inspect"],
    &["sweeper", "views", "backups"],
    &["catalog"],
    &["ledger"],
    &["inventory"],
    &["json"],
];

const LONGEST_FILE: usize = 400;
const LONGEST_LINE: usize = 100;

/// A source file: its path below `src`, and its lines.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    /// The code, without comments and doc comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The module of the server that the file belongs to: the first folder, or the file's name.
    fn module(&self) -> &str {
        let first = self.path.iter().next().and_then(|part| part.to_str()).unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn forbids(&self, words: &[&str], why: &str) {
        for (number, line) in self.code() {
            for word in words {
                let path = self.path.display();
                assert!(!line.contains(word), "{path}:{number} names {word}: {why}\n{line}");
            }
        }
    }
}

fn sources(root: &Path) -> Vec<Source> {
    let found = files(root, "rs");
    assert!(found.len() > 5, "where are the sources?");
    found
}

/// The files below `root` whose names end so.
fn files(root: &Path, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the sources are here") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == ending) {
                let text = fs::read_to_string(&path).expect("UTF-8");
                let path = path.strip_prefix(root).expect("below the root").to_owned();
                found.push(Source { path, text });
            }
        }
    }
    found
}

fn server() -> Vec<Source> {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// The files of the page.
fn page() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    ["html", "css", "js"].into_iter().flat_map(|ending| files(&root, ending)).collect()
}

fn workspace() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    ["protocol/src", "server/src", "client/src", "client/cli", "client/load"]
        .into_iter()
        .flat_map(|folder| sources(&root.join(folder)))
        .collect()
}

#[test]
fn the_inventory_is_pure() {
    for source in server().iter().filter(|source| source.module() == "inventory") {
        source.forbids(IMPURE, "the inventory decides by its arguments alone");
    }
}

#[test]
fn the_json_knows_no_http() {
    for source in server().iter().filter(|source| source.module() == "json") {
        source
            .forbids(&["axum", "hyper", "StatusCode"], "what it is carried by is not its business");
    }
}

#[test]
fn only_the_clock_reads_the_time() {
    for source in server().iter().filter(|source| source.path != Path::new("clock.rs")) {
        source.forbids(TIME, "ask the clock");
    }
}

#[test]
fn modules_name_only_what_is_to_their_right() {
    let rank = |module: &str| ORDER.iter().position(|modules| modules.contains(&module));
    for source in server() {
        let Some(own) = rank(source.module()) else { continue };
        let forbidden: Vec<_> = ORDER[..own]
            .iter()
            .flat_map(|modules| modules.iter())
            .filter(|module| !["main", "lib", "open", "stats"].contains(module))
            .map(|module| format!("crate::{module}"))
            .collect();
        let forbidden: Vec<_> = forbidden.iter().map(String::as_str).collect();
        source.forbids(&forbidden, "it may name only what is below it");
    }
}

#[test]
fn who_may_do_what_depends_on_the_time_and_on_nothing_else_of_the_server() {
    for source in server().iter().filter(|source| source.module() == "auth") {
        for (number, line) in source.code() {
            let path = source.path.display();
            let own = line.replace("crate::clock", "").replace("crate::mutant", "");
            assert!(!own.contains("crate::"), "{path}:{number} names another room\n{line}");
        }
    }
}

#[test]
fn the_protocol_does_no_io_and_reads_no_clock() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    for source in sources(&root.join("protocol/src")) {
        source
            .forbids(&["std::fs", "std::net", "tokio::", "std::thread"], "no I/O in the protocol");
        source.forbids(TIME, "no clock in the protocol");
        if source.path != Path::new("frame.rs") {
            source.forbids(&["bincode::", "encoding::"], "only frame.rs encodes and decodes");
        }
    }
}

#[test]
fn the_client_names_nothing_of_the_server() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    for source in sources(&root.join("client/src")) {
        source.forbids(&["boxoffice_server"], "client → protocol ← server");
    }
}

/// What the router serves is described by the same line of code, but for the description itself, what
/// is for people, and what only those ask who run the server.
#[test]
fn every_address_is_described() {
    let undescribed =
        ["http/explorer.rs", "http/openapi/mod.rs", "http/operating.rs", "http/page.rs"];
    let undescribed = undescribed.map(Path::new);
    let of_http = server().into_iter().filter(|source| source.module() == "http");
    for source in of_http.filter(|source| !undescribed.contains(&source.path.as_path())) {
        source.forbids(&[".route(", ".nest(", "_service("], "give it a utoipa::path, and routes!");
    }
}

#[test]
fn files_are_short() {
    for source in workspace().into_iter().chain(page()) {
        let lines = source.text.lines().count();
        let path = source.path.display();
        assert!(lines <= LONGEST_FILE, "{path} has {lines} lines; split it by its ideas");
    }
}

/// No formatter sees to the page's lines.
#[test]
fn lines_of_the_page_are_short() {
    for source in page() {
        for (number, line) in source.text.lines().enumerate() {
            let (path, length) = (source.path.display(), line.chars().count());
            assert!(length <= LONGEST_LINE, "{path}:{} has {length} characters", number + 1);
        }
    }
}

#[test]
fn functions_are_short() {
    for source in workspace() {
        let mut begun: Option<(usize, usize, String)> = None;
        for (number, line) in source.code() {
            let indent = line.len() - line.trim_start().len();
            let text = line.trim_start();
            let is_function = ["fn ", "pub fn ", "async fn ", "pub async fn "]
                .iter()
                .any(|start| text.starts_with(start))
                || text.starts_with("pub(") && text.contains(" fn ");
            if is_function && begun.is_none() && !text.ends_with(';') {
                begun = Some((number, indent, text.to_owned()));
            }
            if let Some((start, depth, name)) = &begun
                && indent == *depth
                && text == "}"
            {
                let lines = number - start + 1;
                let path = source.path.display();
                assert!(lines <= 70, "{path}:{start} has {lines} lines: {name}");
                begun = None;
            }
        }
    }
}
