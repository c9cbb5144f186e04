//! The papers lead somewhere: links, their anchors, and paths of the repository.

use crate::tidy::house::none;
use crate::tidy::sources::{self, Sources};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

static PAPERS: LazyLock<Sources> = LazyLock::new(|| sources::files(&["md"]));

/// What a path from the root begins with.
const TOP: &[&str] = &["protocol/", "server/", "client/", "docs/", "deploy/", ".ci/"];

/// The lines of a paper that are no code, each with its number.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut code = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        let fence = line.trim_start().starts_with("```");
        code ^= fence;
        (!code && !fence).then_some((index + 1, line))
    })
}

/// The parts of a line within backticks, and the line without them.
fn code_spans(line: &str) -> (Vec<&str>, String) {
    let parts: Vec<_> = line.split('`').collect();
    let spans = parts.iter().skip(1).step_by(2).copied().collect();
    let rest: Vec<_> = parts.iter().step_by(2).copied().collect();
    (spans, rest.join("`"))
}

/// The targets of a line's links, written `[text](target)` or `[name]: target`.
fn links(line: &str) -> Vec<String> {
    let (_, line) = code_spans(line);
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let mut links: Vec<_> = inline.map(str::to_owned).collect();
    let definition = line.strip_prefix('[').and_then(|rest| rest.split_once("]: "));
    links.extend(definition.map(|(_, target)| target.trim().to_owned()));
    links
}

/// The anchors that a reader of Markdown gives to its headings, as GitHub does.
fn anchors(text: &str) -> BTreeSet<String> {
    let (mut anchors, mut seen) = (BTreeSet::new(), BTreeMap::new());
    let headings = prose(text).filter_map(|(_, line)| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| heading.strip_prefix(' ')).flatten()
    });
    for heading in headings {
        let kept = |letter: &char| letter.is_alphanumeric() || [' ', '-', '_'].contains(letter);
        let letters: String = heading.trim().to_lowercase().chars().filter(kept).collect();
        let anchor = letters.replace(' ', "-");
        let times = seen.entry(anchor.clone()).or_insert(0);
        anchors.insert(if *times == 0 { anchor } else { format!("{anchor}-{times}") });
        *times += 1;
    }
    anchors
}

/// A path from the root, as a link in a paper means it.
fn from_root(paper: &str, target: &str) -> Option<String> {
    let mut path = PathBuf::from(paper);
    path.pop();
    for component in Path::new(target).components() {
        match component {
            Component::ParentDir => path.pop().then_some(())?,
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    path.to_str().map(str::to_owned)
}

/// What is wrong with a link, if anything is.
fn fault(paper: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (target, anchor) = link.split_once('#').map_or((link, None), |(t, a)| (t, Some(a)));
    let file = if target.is_empty() { paper.to_owned() } else { from_root(paper, target)? };
    if !sources::root().join(&file).exists() {
        return Some("there is no such file".to_owned());
    }
    let anchor = anchor?;
    let text = PAPERS.get(&file)?;
    (!anchors(text).contains(anchor)).then(|| "there is no such heading".to_owned())
}

/// Fails with the places in papers for which `fault` says something.
fn no_faults(rule: &str, faults: impl Fn(&str, &str) -> Vec<String>) {
    assert!(PAPERS.len() > 5, "where are the papers?");
    let mut offenders = Vec::new();
    for (paper, text) in &*PAPERS {
        for (number, line) in prose(text) {
            let faults = faults(paper, line);
            offenders.extend(faults.iter().map(|fault| format!("{paper}:{number}: {fault}")));
        }
    }
    none(offenders, rule);
}

#[test]
fn links_lead_somewhere() {
    no_faults("a link names a file, and a heading of it", |paper, line| {
        let faults = links(line).into_iter().filter_map(|link| {
            let fault = fault(paper, &link)?;
            Some(format!("{link}: {fault}"))
        });
        faults.collect()
    });
}

/// Paths with a wildcard or a placeholder are left alone.
#[test]
fn paths_in_papers_are_there() {
    let plain = |letter: char| letter.is_alphanumeric() || "/._-".contains(letter);
    no_faults("a path from the root, in backticks, is there", |_, line| {
        let paths = code_spans(line)
            .0
            .into_iter()
            .filter(|span| TOP.iter().any(|top| span.starts_with(top)) && span.chars().all(plain));
        let missing = paths.filter(|path| !sources::root().join(path).exists());
        missing.map(str::to_owned).collect()
    });
}

#[test]
fn links_are_recognized() {
    assert_eq!(links("a [b](c.md#d), `[e](f)` and [g](h)"), ["c.md#d", "h"]);
    assert_eq!(links("[name]: ../x.md"), ["../x.md"]);
    let anchors = anchors("# What it *is*\n```\n# code\n```\n## 1. Frames\n## 1. Frames\n");
    assert_eq!(anchors, ["what-it-is", "1-frames", "1-frames-1"].map(str::to_owned).into());
    assert_eq!(from_root("docs/a.md", "../README.md").as_deref(), Some("README.md"));
    assert_eq!(fault("README.md", "there-is-none.md").as_deref(), Some("there is no such file"));
    assert_eq!(fault("README.md", "#there-is-none").as_deref(), Some("there is no such heading"));
}
