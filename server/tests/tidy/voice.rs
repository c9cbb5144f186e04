//! Comments are read once, and say something.

use crate::tidy::house::HOUSE;
use std::collections::BTreeMap;

/// Words that stand where a noun would say more.
const VAGUE: &[&str] = &["who", "whoever", "nobody", "somebody"];
const VAGUE_LINES: usize = 59;

/// A doc comment of so few words says what the name says.
const FEW: usize = 3;
const SHORT_DOCS: usize = 100;

/// The comment of a line, if it has one.
fn comment(line: &str) -> Option<&str> {
    let line = line.trim_start();
    line.strip_prefix("//").or_else(|| line.split_once(" // ").map(|(_, comment)| comment))
}

fn is_vague(comment: &str) -> bool {
    let words = comment.split(|letter: char| !letter.is_alphanumeric());
    words.map(str::to_lowercase).any(|word| VAGUE.contains(&word.as_str()))
}

/// Fails with the places by package, if there are too many.
fn at_most(bound: usize, places: &[(&str, String)], rule: &str) {
    let mut packages: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (file, place) in places {
        packages.entry(&HOUSE.package_of(file).folder).or_default().push(place.as_str());
    }
    let counts: BTreeMap<_, _> = packages.iter().map(|(name, list)| (name, list.len())).collect();
    let list: Vec<_> = packages.values().map(|list| list.join("\n")).collect();
    let found = places.len();
    assert!(found <= bound, "{rule}: {found}, of {bound}: {counts:?}\n{}", list.join("\n"));
}

#[test]
fn comments_name_their_subjects() {
    let mut places = Vec::new();
    for (file, text) in &HOUSE.sources {
        for (index, line) in text.lines().enumerate() {
            if comment(line).is_some_and(is_vague) {
                places.push((file.as_str(), format!("{file}:{}: {}", index + 1, line.trim())));
            }
        }
    }
    at_most(VAGUE_LINES, &places, "lines with who, whoever, nobody or somebody");
}

#[test]
fn docs_say_something() {
    let mut places = Vec::new();
    for (file, text) in &HOUSE.sources {
        let docs: Vec<_> = text.lines().map(|line| line.trim_start().strip_prefix("///")).collect();
        for (index, doc) in docs.iter().enumerate() {
            let alone = |index: Option<usize>| {
                index.and_then(|index| docs.get(index)).is_none_or(Option::is_none)
            };
            let alone = alone(index.checked_sub(1)) && alone(Some(index + 1));
            if let Some(doc) = doc.filter(|doc| doc.split_whitespace().count() <= FEW)
                && alone
            {
                places.push((file.as_str(), format!("{file}:{}:{doc}", index + 1)));
            }
        }
    }
    at_most(SHORT_DOCS, &places, "doc comments of three words or fewer");
}
