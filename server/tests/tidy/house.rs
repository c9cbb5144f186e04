//! The workspace, read once.

use crate::tidy::graph::{Edges, Graph};
use crate::tidy::sources::{self, Package, Sources};
use crate::tidy::tree::Tree;
use std::collections::BTreeSet;
use std::sync::LazyLock;

pub(crate) static HOUSE: LazyLock<House> = LazyLock::new(House::read);

pub(crate) struct House {
    pub(crate) packages: Vec<Package>,
    pub(crate) sources: Sources,
    pub(crate) crates: Vec<Crate>,
}

/// A library, program, bench or example.
pub(crate) struct Crate {
    /// The folder of its package.
    pub(crate) package: String,
    pub(crate) graph: Graph,
    /// Names of types outside tests, and their files.
    pub(crate) types: Vec<(String, String)>,
    /// Its files; whether only tests have them.
    pub(crate) files: BTreeSet<(String, bool)>,
}

impl House {
    fn read() -> Self {
        let (packages, sources) = (sources::packages(), sources::files(&["rs"]));
        let targets = packages.iter().flat_map(|package| {
            let targets = package.targets.iter().filter(|target| target.kind != "test");
            targets.map(move |target| (package, target.root.as_str(), target.kind == "lib"))
        });
        let read = |(package, root, library)| Crate::read(&sources, package, root, library);
        let crates = targets.map(read).collect();
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

    /// What files name of each other, in all crates.
    pub(crate) fn edges(&self) -> impl Iterator<Item = &Edges> {
        self.crates.iter().map(|krate| &krate.graph.edges)
    }
}

impl Crate {
    fn read(sources: &Sources, package: &Package, root: &str, library: bool) -> Self {
        let tree = Tree::read(sources, root);
        let mut known: Vec<_> = package.dependencies.iter().map(|d| d.name.clone()).collect();
        if !library {
            let libraries = package.targets.iter().filter(|target| target.kind == "lib");
            known.extend(libraries.map(|library| library.name.clone()));
        }
        Self {
            package: package.folder.clone(),
            graph: Graph::of(&tree, &known),
            types: tree.types(),
            files: tree.modules.into_iter().map(|module| (module.file, module.test)).collect(),
        }
    }
}
