//! The files and packages of the workspace.

use serde_json::Value;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Texts by path from the root of the workspace.
pub(crate) type Sources = BTreeMap<String, String>;

pub(crate) struct Package {
    pub(crate) name: String,
    /// From the root of the workspace.
    pub(crate) folder: String,
    pub(crate) targets: Vec<Target>,
    pub(crate) dependencies: Vec<Dependency>,
}

pub(crate) struct Target {
    /// `lib`, `bin`, `bench`, `example`, `test` or `custom-build`.
    pub(crate) kind: String,
    /// The name that other crates use for it.
    pub(crate) name: String,
    /// The file of its root module.
    pub(crate) root: String,
}

pub(crate) struct Dependency {
    pub(crate) package: String,
    /// The name that code uses for it.
    pub(crate) name: String,
    /// Whether the package is built with it, rather than its tests alone.
    pub(crate) normal: bool,
}

/// The root of the workspace. Cargo runs tests in the folder of their package.
pub(crate) fn root() -> PathBuf {
    let folder = env::current_dir().expect("a folder to work in");
    let root = folder.ancestors().find(|folder| folder.join("Cargo.lock").exists());
    root.expect("a workspace has a Cargo.lock").to_owned()
}

/// The members of the workspace, as cargo describes them.
pub(crate) fn packages() -> Vec<Package> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let output = cargo.current_dir(root()).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let described: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    list(&described, "packages").iter().map(package).collect()
}

fn package(described: &Value) -> Package {
    let manifest = below_root(&text(described, "manifest_path"));
    Package {
        name: text(described, "name"),
        folder: manifest.trim_end_matches("Cargo.toml").trim_end_matches('/').to_owned(),
        targets: list(described, "targets").iter().map(target).collect(),
        dependencies: list(described, "dependencies").iter().map(dependency).collect(),
    }
}

fn target(described: &Value) -> Target {
    Target {
        kind: list(described, "kind")[0].as_str().expect("a kind is a text").to_owned(),
        name: text(described, "name").replace('-', "_"),
        root: below_root(&text(described, "src_path")),
    }
}

fn dependency(described: &Value) -> Dependency {
    let package = text(described, "name");
    let name = described["rename"].as_str().unwrap_or(&package).replace('-', "_");
    Dependency { package, name, normal: described["kind"].is_null() }
}

fn list<'a>(described: &'a Value, key: &str) -> &'a [Value] {
    described[key].as_array().unwrap_or_else(|| panic!("cargo metadata without {key}"))
}

fn text(described: &Value, key: &str) -> String {
    let found = described[key].as_str();
    found.unwrap_or_else(|| panic!("cargo metadata without {key}")).to_owned()
}

fn below_root(path: &str) -> String {
    let below = Path::new(path).strip_prefix(root()).expect("members are below the root");
    below.to_str().expect("UTF-8").to_owned()
}

/// The files of the workspace whose names end so, without what cargo builds.
pub(crate) fn files(endings: &[&str]) -> Sources {
    let (root, mut found) = (root(), Sources::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().unwrap_or_default().to_str().expect("UTF-8");
            let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
            let passed_over = name.starts_with('.') || path.join("CACHEDIR.TAG").exists();
            if path.is_dir() && !passed_over {
                folders.push(path);
            } else if path.is_file() && endings.contains(&ending) {
                let text = fs::read_to_string(&path).expect("UTF-8");
                let below = path.strip_prefix(&root).expect("below the root");
                found.insert(below.to_str().expect("UTF-8").to_owned(), text);
            }
        }
    }
    found
}
