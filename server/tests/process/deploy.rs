//! Files for deployment name files, programs, settings and exit codes that exist.

use boxoffice_testing::process::run;
use std::fs;
use std::path::{Path, PathBuf};
use toml::Table;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn deployed(name: &str) -> String {
    fs::read_to_string(here().join("../deploy").join(name)).expect("it is there")
}

fn manifest(path: &str) -> Table {
    fs::read_to_string(here().join(path)).expect("it is there").parse().expect("TOML")
}

/// What cargo builds in a folder's crate.
fn programs(folder: &str) -> Vec<String> {
    let manifest = manifest(&format!("{folder}/Cargo.toml"));
    let programs = manifest.get("bin").and_then(|programs| programs.as_array());
    let named = |program: &toml::Value| program["name"].as_str().expect("a name").to_owned();
    match programs {
        Some(programs) => programs.iter().map(named).collect(),
        None => vec![manifest["package"]["name"].as_str().expect("a name").to_owned()],
    }
}

fn all_programs() -> Vec<String> {
    [programs("."), programs("../client/cli")].concat()
}

#[test]
fn the_package_is_made_of_what_is_there() {
    let manifest = manifest("Cargo.toml");
    let deb = &manifest["package"]["metadata"]["deb"];
    for asset in deb["assets"].as_array().expect("a list") {
        let source = asset[0].as_str().expect("a path");
        match source.strip_prefix("target/release/") {
            // Both programs write their own pages.
            Some("man/*.1") => {}
            Some(program) => assert!(all_programs().contains(&program.to_owned()), "{program}"),
            None => assert!(here().join(source).is_file(), "{source} is not there"),
        }
    }
    assert!(here().join(deb["license-file"][0].as_str().expect("a path")).is_file());
    let unit = deb["systemd-units"]["unit-name"].as_str().expect("a name");
    let units = here().join(deb["maintainer-scripts"].as_str().expect("a path"));
    assert!(units.join(format!("{unit}.service")).is_file(), "{unit}");
    // cargo-deb enables a unit, and the file of settings that it reads is one of the package's.
    let settings = format!("/{}", deb["assets"][2][1].as_str().expect("a path"));
    assert_eq!(deb["conf-files"][0].as_str(), Some(&*settings));
    assert!(deployed("boxoffice-server.service").contains(&format!("EnvironmentFile=-{settings}")));
}

#[test]
fn the_unit_starts_a_program_of_the_package() {
    let unit = deployed("boxoffice-server.service");
    let line = |key: &str| unit.lines().find_map(|line| line.strip_prefix(key)).expect(key);
    let program = line("ExecStart=").strip_prefix("/usr/bin/").expect("where the package puts it");
    assert!(all_programs().contains(&program.to_owned()), "{program}");
    let help = help();
    for code in line("RestartPreventExitStatus=").split(' ') {
        assert!(help.contains(&format!("\n  {code}  ")), "{code} is no exit code of {help}");
    }
}

#[test]
fn the_image_is_made_of_what_is_built() {
    let recipe = deployed("Dockerfile");
    let built: Vec<&str> = recipe.split("--bin ").skip(1).filter_map(first_word).collect();
    assert_eq!(built.len(), 2, "{built:?}");
    for program in built {
        assert!(all_programs().contains(&program.to_owned()), "{program}");
        assert!(recipe.contains(&format!("/out/{program} ")), "{program} is not copied");
    }
    let workspace = manifest("../Cargo.toml");
    let rust = workspace["workspace"]["package"]["rust-version"].as_str().expect("a version");
    assert!(recipe.contains(&format!("FROM rust:{rust}-")), "it is built with Rust {rust}");
}

fn first_word(text: &str) -> Option<&str> {
    text.split_whitespace().next()
}

fn help() -> String {
    run(&["--help"]).ended(0).stdout
}

#[test]
fn every_setting_that_is_named_is_one() {
    let help = help();
    let folder = fs::read_dir(here().join("../deploy")).expect("it is there");
    let files: Vec<PathBuf> = folder.map(|entry| entry.expect("a file").path()).collect();
    let mut named = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("UTF-8");
        let words = text.split(|c: char| !c.is_ascii_uppercase() && c != '_');
        for setting in words.filter(|word| word.starts_with("BOXOFFICE_") && word.len() > 10) {
            assert!(help.contains(&format!("env: {setting}")), "{setting} in {}", file.display());
            named += 1;
        }
    }
    assert!(named > 5, "they name some");
}
