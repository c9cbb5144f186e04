//! How long files, functions and lines may be, and where things may be defined.

use crate::tidy::house::{Crate, HOUSE, none};
use crate::tidy::packages::is_product;
use crate::tidy::sources;
use std::collections::{BTreeMap, BTreeSet};
use syn::Item;

const LONGEST_FILE: usize = 400;
const LONGEST_FUNCTION: usize = 70;
const LONGEST_LINE: usize = 100;

/// How many types may have the same name.
const NAMESAKES: usize = 2;

/// What may stand before `fn`.
const MODIFIERS: &[&str] = &["pub", "const", "async", "unsafe", "extern", "\"C\""];

fn page() -> sources::Sources {
    let mut page = sources::files(&["html", "css", "js"]);
    page.retain(|file, _| file.starts_with("server/web/"));
    assert!(page.len() > 5, "where is the page?");
    page
}

#[test]
fn files_are_short() {
    let page = page();
    let lengths =
        HOUSE.sources.iter().chain(&page).map(|(file, text)| (file, text.lines().count()));
    let long = lengths.filter(|(_, lines)| *lines > LONGEST_FILE);
    none(long.map(|(file, lines)| format!("{file}: {lines} lines")), "split a file by its ideas");
}

/// rustfmt sees to the other lines.
#[test]
fn lines_of_the_page_are_short() {
    let mut offenders = Vec::new();
    for (file, text) in page() {
        for (index, line) in text.lines().enumerate() {
            if line.chars().count() > LONGEST_LINE {
                offenders.push(format!("{file}:{}", index + 1));
            }
        }
    }
    none(offenders, "a line of the page has at most 100 characters");
}

#[test]
fn functions_are_short() {
    let mut offenders = Vec::new();
    for (file, text) in &HOUSE.sources {
        let mut begun: Option<(usize, &str)> = None;
        for (number, line) in text.lines().enumerate() {
            let indent = &line[..line.len() - line.trim_start().len()];
            let mut words = line.trim_start().split(' ');
            let word = words.find(|word| !MODIFIERS.contains(word) && !word.starts_with("pub("));
            if begun.is_none() && word == Some("fn") && !line.ends_with([';', '}']) {
                begun = Some((number, indent));
            }
            if let Some((start, depth)) = begun
                && line.trim() == "}"
                && indent == depth
            {
                let lines = number - start + 1;
                if lines > LONGEST_FUNCTION {
                    offenders.push(format!("{file}:{}: {lines} lines", start + 1));
                }
                begun = None;
            }
        }
    }
    none(offenders, "a function has at most 70 lines");
}

#[test]
fn attributes_hide_nothing() {
    let mut offenders = Vec::new();
    for (file, text) in &HOUSE.sources {
        for (index, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let path = line.starts_with("#[path") || line.starts_with("#![path");
            if path || line.starts_with('#') && line.contains("(dead_code)") {
                offenders.push(format!("{file}:{}: {line}", index + 1));
            }
        }
    }
    none(offenders, "a module is where its name says, and what is not used goes");
}

/// The crates of the product.
fn product() -> impl Iterator<Item = &'static Crate> {
    HOUSE.crates.iter().filter(|krate| is_product(&krate.package))
}

#[test]
fn a_name_stands_for_one_type() {
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, file) in product().flat_map(|krate| &krate.types) {
        files.entry(name).or_default().insert(file);
    }
    let shared = files.into_iter().filter(|(_, files)| files.len() > NAMESAKES);
    none(
        shared.map(|(name, files)| format!("{name} ({}): {files:?}", files.len())),
        "a type's name stands for one thing, and is defined at most twice",
    );
}

#[test]
fn roots_and_folders_only_declare() {
    let mut offenders = BTreeSet::new();
    for (file, _) in HOUSE.crates.iter().flat_map(|krate| &krate.files).filter(|(_, test)| !test) {
        if ["/mod.rs", "/lib.rs"].iter().any(|name| file.ends_with(name)) {
            let parsed = syn::parse_file(&HOUSE.sources[file]).expect("it was parsed before");
            let items = parsed.items.iter().filter(|item| !declares(item)).count();
            if items > 0 {
                offenders.insert(format!("{file}: {items} items"));
            }
        }
    }
    none(offenders, "mod.rs and lib.rs hold declarations, re-exports and prose only");
}

fn declares(item: &Item) -> bool {
    match item {
        Item::Use(_) | Item::ExternCrate(_) => true,
        Item::Mod(module) => {
            module.content.as_ref().is_none_or(|(_, items)| items.iter().all(declares))
        }
        _ => false,
    }
}
