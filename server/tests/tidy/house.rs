//! The workspace, read once.

use crate::tidy::graph::{Foreign, Graph};
use crate::tidy::sources::{self, Package, Sources, Target};
use crate::tidy::tree::Tree;
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::read);

pub(crate) struct House {
    pub(crate) packages: Vec<Package>,
    pub(crate) sources: Sources,
    pub(crate) crates: Vec<Crate>,
}

/// A library, program, bench or example; a test program only if it is not in `tests/`.
pub(crate) struct Crate {
    /// The folder of its package.
    pub(crate) package: String,
    /// `lib`, `bin`, `bench`, `example`, `test` or `custom-build`.
    pub(crate) kind: String,
    pub(crate) graph: Graph,
    /// Names of types outside tests, and their files.
    pub(crate) types: Vec<(String, String)>,
    /// Its files; whether only tests have them.
    pub(crate) files: BTreeSet<(String, bool)>,
}

impl House {
    fn read() -> Self {
        let (packages, sources) = (sources::packages(), sources::files(&["rs"]));
        let mut crates = Vec::new();
        for package in &packages {
            let targets = package
                .targets
                .iter()
                .filter(|target| target.kind != "test" || !target.root.contains("/tests/"));
            crates.extend(targets.map(|target| Crate::read(&sources, package, target)));
        }
        Self { packages, sources, crates }
    }

    /// The package that a file belongs to: the innermost.
    pub(crate) fn package_of(&self, file: &str) -> &Package {
        let within = |package: &&Package| {
            package.folder.is_empty() || file.starts_with(&format!("{}/", package.folder))
        };
        let found = self.packages.iter().filter(within).max_by_key(|found| found.folder.len());
        found.unwrap_or_else(|| panic!("{file} belongs to no package"))
    }

    /// What the libraries and programs of packages in this folder name of other crates.
    pub(crate) fn foreign<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a Foreign> {
        let within = move |krate: &&Crate| {
            let below = krate.package.strip_prefix(folder);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
                && ["lib", "bin"].contains(&krate.kind.as_str())
        };
        let crates: Vec<_> = self.crates.iter().filter(within).collect();
        assert!(!crates.is_empty(), "there is no package in {folder}");
        crates.into_iter().flat_map(|krate| &krate.graph.foreign)
    }
}

/// Fails with a list, unless it is empty.
#[track_caller]
pub(crate) fn none(offenders: impl IntoIterator<Item = String>, rule: &str) {
    let offenders: Vec<_> = offenders.into_iter().collect();
    let list = offenders.join("\n");
    assert!(offenders.is_empty(), "{rule}; there are {}:\n{list}", offenders.len());
}

impl Crate {
    fn read(sources: &Sources, package: &Package, target: &Target) -> Self {
        let tree = Tree::read(sources, &target.root, target.kind == "test");
        let mut known: Vec<_> = package.dependencies.iter().map(|d| d.name.clone()).collect();
        if target.kind != "lib" {
            let libraries = package.targets.iter().filter(|target| target.kind == "lib");
            known.extend(libraries.map(|library| library.name.clone()));
        }
        Self {
            package: package.folder.clone(),
            kind: target.kind.clone(),
            graph: Graph::of(&tree, &known),
            types: tree.types(),
            files: tree.modules.into_iter().map(|module| (module.file, module.test)).collect(),
        }
    }
}
