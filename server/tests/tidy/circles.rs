//! Dependencies between files go one way.

use crate::tidy::graph::{self, Graph};
use crate::tidy::house::{HOUSE, none};
use crate::tidy::sources::Sources;
use crate::tidy::tree::Tree;
use std::collections::BTreeSet;

#[test]
fn there_are_no_circles_of_files() {
    let mut found = BTreeSet::new();
    for edges in HOUSE.crates.iter().map(|krate| &krate.graph.edges) {
        let circles = graph::circles(edges);
        found.extend(circles.iter().map(|circle| graph::describe(circle, edges)));
    }
    none(found, "files depend on each other one way");
}

#[test]
fn every_path_leads_somewhere() {
    let lost: BTreeSet<_> =
        HOUSE.crates.iter().flat_map(|krate| krate.graph.unresolved.clone()).collect();
    none(lost, "a path that is passed over could close a circle");
}

#[test]
fn every_file_belongs_to_a_crate() {
    let known = HOUSE.crates.iter().flat_map(|krate| &krate.files);
    let known: BTreeSet<_> = known.map(|(file, _)| file).collect();
    let alone = |file: &String| file == "server/testing/src/shim/wall_clock.rs";
    let of_tests = |file: &String| {
        let folder = &HOUSE.package_of(file).folder;
        file.strip_prefix(folder).is_some_and(|below| below.starts_with("/tests/"))
    };
    let lost = HOUSE.sources.keys().filter(|file| !known.contains(file) && !of_tests(file));
    none(
        lost.filter(|file| !alone(file)).cloned(),
        "a file that no module declares is not compiled",
    );
}

/// A crate with these files, each under a line `// /name`.
fn planted(files: &str) -> Graph {
    let files = files.split("// /").skip(1).map(|file| file.split_once('\n').expect("a name"));
    let sources: Sources = files.map(|(name, text)| (format!("/{name}"), text.into())).collect();
    Graph::of(&Tree::read(&sources, "/lib.rs", false), &["serde".to_owned()])
}

fn circles_of(files: &str) -> Vec<Vec<String>> {
    let graph = planted(files);
    assert!(graph.unresolved.is_empty(), "{:?}", graph.unresolved);
    graph::circles(&graph.edges).into_iter().map(|circle| circle.into_iter().collect()).collect()
}

/// Checks that `a.rs`, written so, and `b.rs`, which names `a.rs`, are a circle.
fn check_tied(a: &str, tied: bool) {
    let circles = circles_of(&format!(
        "// /lib.rs\nmod a; mod b; mod c; pub use b::B as Again;\n\
         // /b.rs\npub struct B; pub enum E {{ V }} pub fn f(_: crate::a::A) {{}}\n\
         pub mod inner {{ pub const LIMIT: usize = 1; }}\n\
         // /c.rs\npub use crate::b::*; pub use super::Again as Third;\n\
         // /a.rs\npub struct A;\n{a}"
    ));
    let expected = if tied { vec![vec!["/a.rs".to_owned(), "/b.rs".to_owned()]] } else { vec![] };
    assert_eq!(circles, expected, "{a}");
}

#[test]
fn a_circle_is_found_wherever_its_paths_stand() {
    for a in [
        "use crate::b::B;",
        "use crate::b::{self, E as Renamed}; fn g() { b::f(A) }",
        "use crate::b::inner; fn g() -> usize { inner::LIMIT }",
        "use crate::{a, b::{inner::*}}; fn g() -> [u8; LIMIT] { [0] }",
        "fn g() -> Option<crate::b::B> { None }",
        "fn g() { super::b::f(A) }",
        "mod own { pub fn g() { super::super::b::f(super::A) } }",
        "fn g() { use super::b; b::f(A) }",
        "fn g(e: u8) { match e { self::E::V => {} } } use super::b::*;",
        "impl From<crate::b::B> for A { fn from(_: crate::b::B) -> Self { A } }",
        "fn g() { assert!(matches!(1, crate::b::E::V)); }",
        "fn g() { println!(\"{}\", super::b::inner::LIMIT) }",
        "make!(use crate::{b::{f}, a});",
        "macro_rules! m { () => { $crate::b::B } }",
        "#[serde(with = \"crate::b::f\")] struct S;",
        "#[cfg(not(test))] use crate::b::B;",
    ] {
        check_tied(a, true);
    }
}

#[test]
fn a_circle_is_found_through_re_exports() {
    for a in [
        "use crate::Again;",
        "use super::c::B;",
        "use crate::c::Third;",
        "use crate::c::*; fn g(_: E) {}",
        "fn g(_: crate::c::inner::LIMIT) {}",
        "use crate::c as far; fn g() { far::f(A) }",
    ] {
        check_tied(a, true);
    }
}

#[test]
fn what_only_tests_name_ties_no_circle() {
    for a in [
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(all(test, unix))] use crate::b::B;",
        "#[test] fn g() { crate::b::f(A) }",
        "struct S { #[cfg(test)] b: crate::b::B }",
        "fn g() { #[cfg(test)] let b = crate::b::B; }",
        "/// [`crate::b::B`]\nfn g() {}",
        "use serde::b; fn g(b: u8) -> u8 { std::b::B; b }",
        "use crate::b; mod own {}",
    ] {
        check_tied(a, false);
    }
}

#[test]
fn macros_and_nested_folders_are_looked_through() {
    let circles = circles_of(
        "// /lib.rs\nmacro_rules! shared { () => {} } mod outer;\n\
         // /outer/mod.rs\nmod one; mod two; pub use one::Named; pub(crate) use two::make;\n\
         // /outer/one.rs\nmod three; super::make!(Named, \"text\"); pub use three::T;\n\
         // /outer/one/three.rs\nuse super::super::two; pub type T = two::Of;\n\
         // /outer/two.rs\nmacro_rules! make { ($name:ident, $_:tt) => { struct $name; } }\n\
         pub(crate) use make; pub type Of = crate::outer::Named; pub type U = super::one::T;",
    );
    let files = ["/outer/one.rs", "/outer/one/three.rs", "/outer/two.rs"];
    assert_eq!(circles, [files]);
}

#[test]
fn a_path_that_leads_nowhere_is_told() {
    for lost in [
        "mod gone;",
        "use crate::gone::Gone;",
        "use gone::Gone;",
        "fn f() { gone::f() }",
        "fn f() { Gone::new() }",
        "fn f() { println!(\"{}\", super::gone) }",
    ] {
        let graph = planted(&format!("// /lib.rs\nmod a;\n// /a.rs\n{lost}"));
        assert!(!graph.unresolved.is_empty(), "{lost}");
    }
}
