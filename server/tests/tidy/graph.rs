//! Which file of a crate names what of which other, and where that goes round in circles.

use crate::tidy::resolve::{Found, Resolver};
use crate::tidy::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// From whom to whom, and the names that tie them.
pub(crate) type Edges = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What the files of a crate name.
#[derive(Default)]
pub(crate) struct Graph {
    /// Between files, without what only tests name.
    pub(crate) edges: Edges,
    /// What is named of other crates.
    pub(crate) foreign: BTreeSet<Foreign>,
    /// Paths that lead nowhere, as far as this program understands.
    pub(crate) unresolved: BTreeSet<String>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Foreign {
    pub(crate) file: String,
    pub(crate) path: String,
    pub(crate) test: bool,
}

impl Graph {
    /// The graph of a crate that depends on these.
    pub(crate) fn of(tree: &Tree, crates: &[String]) -> Self {
        let (mut graph, resolver) = (Self::default(), Resolver::new(tree, crates));
        let missing = tree.missing.iter().map(|module| format!("{module} has no file"));
        graph.unresolved.extend(missing);
        for named in &tree.named {
            let file = &tree.modules[named.module].file;
            let found = resolver.resolve(named);
            if found.is_empty() && !named.test && Resolver::must_resolve(named) {
                let path = named.path.join("::");
                graph.unresolved.insert(format!("{file} names {path}, which leads nowhere"));
            }
            for found in found {
                match found {
                    Found::Item { file: other, name } if !named.test && other != *file => {
                        add(&mut graph.edges, file, &other, name);
                    }
                    Found::Foreign(mut path) => {
                        let glob = named.path.last().is_some_and(|last| last == "*");
                        path.push_str(if glob { "::*" } else { "" });
                        let (file, test) = (file.clone(), named.test);
                        graph.foreign.insert(Foreign { file, path, test });
                    }
                    Found::Item { .. } | Found::Module(_) => {}
                }
            }
        }
        graph
    }
}

pub(crate) fn add(edges: &mut Edges, from: &str, to: &str, name: String) {
    let targets = edges.entry(from.to_owned()).or_default();
    targets.entry(to.to_owned()).or_default().insert(name);
}

/// The strongly connected components of more than one node.
pub(crate) fn circles(edges: &Edges) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<_, _> = edges.keys().map(|from| (from, reach(edges, from))).collect();
    let mut circles = BTreeSet::new();
    for (from, reached_from) in &reached {
        let back = |to: &&String| reached.get(to).is_some_and(|back| back.contains(*from));
        let circle: BTreeSet<_> = reached_from.iter().filter(back).cloned().collect();
        if !circle.is_empty() {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

fn reach(edges: &Edges, from: &str) -> BTreeSet<String> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(node) = next.pop() {
        for to in edges.get(node).into_iter().flat_map(|targets| targets.keys()) {
            if reached.insert(to.clone()) {
                next.push(to);
            }
        }
    }
    reached
}

/// A circle in words: its files, and for each edge the names that tie it.
pub(crate) fn describe(circle: &BTreeSet<String>, edges: &Edges) -> String {
    let mut text = format!("a circle of {}:\n", circle.len());
    for from in circle {
        for (to, names) in edges[from].iter().filter(|(to, _)| circle.contains(*to)) {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            writeln!(text, "    {from} -> {to}: {}", names.join(", ")).expect("room for text");
        }
    }
    text
}
