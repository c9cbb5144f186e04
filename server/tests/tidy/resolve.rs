//! Which file defines what a path names.

use crate::tidy::tree::{Binding, Bound, Named, Origin, Tree};
use std::collections::HashSet;

/// What a path leads to. Behind an item, its variants and functions are passed over.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Found {
    Item {
        file: String,
        name: String,
    },
    Module(usize),
    /// In another crate, by its full path.
    Foreign(String),
}

/// The crates that every crate may name.
const ALWAYS: &[&str] = &["std", "core", "alloc", "proc_macro"];

/// What a path may begin with that no module declares and no crate is called, besides type
/// parameters: of one letter in this house.
const EVERYWHERE: &[&str] = &[
    "Self",
    "Box",
    "Default",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "Option",
    "Ord",
    "Result",
    "String",
    "ToString",
    "Vec",
    "bool",
    "char",
    "str",
    "u8",
    "u16",
    "u32",
    "u64",
    "u128",
    "usize",
    "i8",
    "i16",
    "i32",
    "i64",
    "i128",
    "isize",
    "f32",
    "f64",
];

pub(crate) struct Resolver<'a> {
    tree: &'a Tree,
    /// The names of the crates that this one depends on.
    crates: &'a [String],
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(tree: &'a Tree, crates: &'a [String]) -> Self {
        Self { tree, crates }
    }

    /// What a path leads to: something in each namespace, or nothing.
    pub(crate) fn resolve(&self, named: &Named) -> Vec<Found> {
        let mut path = named.path.as_slice();
        if let [module @ .., glob] = path
            && glob == "*"
        {
            path = module;
        }
        let mut lookup = Lookup { resolver: self, test: named.test, open: HashSet::new() };
        let found = lookup.path(named.module, path);
        match self.tree.macros.get(path.last().map_or("", String::as_str)) {
            Some(file) if found.is_empty() && named.origin == Origin::Macro => {
                vec![Found::Item { file: file.clone(), name: path.join("::") }]
            }
            _ => found,
        }
    }

    /// Whether a path leads somewhere, if this program understands it: it is no variable, no type
    /// parameter, and no name of the prelude.
    pub(crate) fn must_resolve(named: &Named) -> bool {
        let first = named.path[0].as_str();
        let rooted = ["crate", "self", "super"].contains(&first) && named.path.len() > 1;
        let known = first.len() > 1 && !EVERYWHERE.contains(&first);
        match named.origin {
            Origin::Use => true,
            Origin::Code | Origin::Macro => named.path.len() > 1 && known,
            Origin::Tokens => rooted,
        }
    }

    fn is_crate(&self, name: &str) -> bool {
        ALWAYS.contains(&name) || self.crates.iter().any(|known| known == name)
    }
}

struct Lookup<'a> {
    resolver: &'a Resolver<'a>,
    test: bool,
    /// The names that are being looked up, which imports may lead back to.
    open: HashSet<(usize, String)>,
}

impl Lookup<'_> {
    fn path(&mut self, from: usize, path: &[String]) -> Vec<Found> {
        let Some((first, rest)) = path.split_first() else { return vec![Found::Module(from)] };
        let mut found = match first.as_str() {
            "crate" => vec![Found::Module(0)],
            "" => vec![Found::Foreign(String::new())],
            "self" | "super" => self.step(Found::Module(from), first),
            name => self.name(from, name),
        };
        if found.is_empty() && self.resolver.is_crate(first) {
            found.push(Found::Foreign(first.clone()));
        }
        for name in rest {
            found = found.into_iter().flat_map(|at| self.step(at, name)).collect();
        }
        found
    }

    fn step(&mut self, at: Found, name: &str) -> Vec<Found> {
        match at {
            Found::Module(module) if name == "self" => vec![Found::Module(module)],
            Found::Module(module) if name == "super" => {
                vec![Found::Module(self.resolver.tree.modules[module].parent)]
            }
            Found::Module(module) => self.name(module, name),
            Found::Foreign(path) if path.is_empty() => vec![Found::Foreign(name.to_owned())],
            Found::Foreign(path) => vec![Found::Foreign(format!("{path}::{name}"))],
            item @ Found::Item { .. } => vec![item],
        }
    }

    /// What a name stands for in a module: by its items and imports, else by its glob imports.
    fn name(&mut self, module: usize, name: &str) -> Vec<Found> {
        let (within, test_too) = (&self.resolver.tree.modules[module], self.test);
        let first = self.open.insert((module, name.to_owned()));
        let bound = within.bound.get(name).into_iter().flatten();
        let bound: Vec<_> = bound.filter(|Bound(_, test)| test_too || !test).collect();
        let mut found = Vec::new();
        for Bound(binding, _) in &bound {
            match binding {
                Binding::Module(module) => found.push(Found::Module(*module)),
                Binding::Import(path) if first => found.extend(self.path(module, path)),
                Binding::Import(_) => {}
                Binding::Made if bound.iter().any(|Bound(b, _)| !matches!(b, Binding::Made)) => {}
                Binding::Type | Binding::Item | Binding::Made => {
                    found.push(Found::Item { file: within.file.clone(), name: name.to_owned() });
                }
            }
        }
        if first {
            let globs = within.globs.iter().filter(|(_, test)| test_too || !test);
            for (glob, _) in globs.filter(|_| bound.is_empty()) {
                let globbed = self.path(module, glob);
                let modules = globbed.into_iter().filter(|at| matches!(at, Found::Module(_)));
                found.extend(modules.flat_map(|at| self.step(at, name)));
            }
            self.open.remove(&(module, name.to_owned()));
        }
        found.sort();
        found.dedup();
        found
    }
}
