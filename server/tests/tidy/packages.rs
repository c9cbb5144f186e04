//! Which package may depend on which.

use crate::tidy::graph::{self, Edges};
use crate::tidy::house::{HOUSE, none};
use crate::tidy::sources::{Package, root};

/// The packages of the product by their folders, and the members that each may be built with. What
/// is not listed serves tests, and no package of the product is built with it.
const PRODUCT: &[(&str, &[&str])] = &[
    ("protocol/plan", &["protocol"]),
    ("protocol/zones", &["protocol"]),
    ("protocol", &[]),
    ("server/mutants", &[]),
    ("server/journal", &["protocol", "server/mutants"]),
    ("server/inventory", &["protocol", "protocol/plan", "server/mutants"]),
    ("server/store", &["server/mutants"]),
    ("server/shared", &["protocol", "server/mutants", "server/inventory", "server/store"]),
    ("client", &["protocol"]),
    ("client/load", &["protocol", "client"]),
    ("client/cli", &["protocol", "protocol/plan", "protocol/zones", "client", "client/load"]),
    (
        "server",
        &[
            "protocol",
            "protocol/plan",
            "protocol/zones",
            "server/mutants",
            "server/journal",
            "server/inventory",
            "server/store",
            "server/shared",
            "client",
        ],
    ),
];

/// What the inventory is built with: no runtime, lock, clock, file or source of random numbers.
const OF_INVENTORY: &[&str] = &[
    "boxoffice-mutants",
    "boxoffice-plan",
    "boxoffice-protocol",
    "compact_str",
    "foldhash",
    "hashbrown",
    "siphasher",
    "smallvec",
    "thiserror",
];

pub(crate) fn is_product(folder: &str) -> bool {
    PRODUCT.iter().any(|(product, _)| *product == folder)
}

/// The members that a package depends on; whether it is built with them.
fn members(package: &Package) -> impl Iterator<Item = (&Package, bool)> {
    package.dependencies.iter().filter_map(|dependency| {
        let member = HOUSE.packages.iter().find(|member| member.name == dependency.package);
        member.map(|member| (member, dependency.normal))
    })
}

#[test]
fn packages_depend_on_each_other_one_way() {
    let mut offenders = Vec::new();
    for (folder, allowed) in PRODUCT {
        let package = HOUSE.packages.iter().find(|package| package.folder == *folder);
        let Some(package) = package else {
            offenders.push(format!("there is no package in {folder}"));
            continue;
        };
        for (member, _) in members(package).filter(|(_, normal)| *normal) {
            if !allowed.contains(&member.folder.as_str()) {
                offenders.push(format!("{folder} is built with {}", member.folder));
            }
        }
    }
    none(offenders, "packages are built with those that PRODUCT lists");
}

/// The files that may say `unsafe_code`: an exception of the product, and an allocator of a test.
const UNSAFE: &[&str] = &["server/src/auth/follow.rs", "protocol/tests/wire/hostile/allocated.rs"];

#[test]
fn every_package_denies_unsafe_code_with_named_exceptions() {
    let mut offenders = Vec::new();
    for package in &HOUSE.packages {
        let manifest = root().join(&package.folder).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).expect("a package has a manifest");
        let manifest: toml::Table = manifest.parse().expect("TOML");
        let lints = manifest.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            offenders.push(format!("{} has lints of its own", package.folder));
        }
    }
    for (path, text) in &HOUSE.sources {
        let excepts = ["allow", "expect", "warn"].map(|level| format!("{level}(unsafe_code"));
        let is_named = UNSAFE.contains(&path.as_str());
        if excepts.iter().any(|except| text.contains(except)) != is_named {
            let what = if is_named { "needs no exception" } else { "allows unsafe code" };
            offenders.push(format!("{path} {what}"));
        }
    }
    none(offenders, "unsafe code is denied by the lints of the workspace, but in UNSAFE");
}

#[test]
fn there_are_no_circles_of_packages() {
    let mut edges = Edges::new();
    for package in &HOUSE.packages {
        for (member, normal) in members(package) {
            let kind = if normal { "built with it" } else { "tested with it" };
            graph::add(&mut edges, &package.folder, &member.folder, kind.to_owned());
        }
    }
    let circles = graph::circles(&edges);
    let circles = circles.iter().map(|circle| graph::describe(circle, &edges));
    none(circles, "packages depend on each other one way, those of tests too");
}

#[test]
fn the_inventory_depends_on_nothing_impure() {
    let inventory = HOUSE.packages.iter().filter(|package| package.folder == "server/inventory");
    let built_with = inventory.flat_map(|package| package.dependencies.iter().filter(|d| d.normal));
    let names = built_with.map(|dependency| dependency.package.clone());
    none(
        names.filter(|name| !OF_INVENTORY.contains(&name.as_str())),
        "the inventory decides by its arguments alone",
    );
}
