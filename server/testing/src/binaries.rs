//! Both programs, found or built.
//!
//! Cargo names a package's own programs to its tests, and no other package's. Each lies beside the
//! other where the whole workspace is tested; where one is missing or older than its sources, it
//! is built here.

use serde_json::Value;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The command line's program.
pub fn boxoffice() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| find("boxoffice"))
}

/// The server's program.
pub fn boxoffice_server() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| find("boxoffice-server"))
}

/// A file or folder of the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A folder for files that outlive a test, which cargo removes with the rest of its own.
pub fn target_folder() -> PathBuf {
    profile_folder().with_file_name("tmp")
}

/// The folder of the profile that this test was built with, like `target/debug`.
fn profile_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    // Tests lie in `deps`, examples in `examples`.
    test.ancestors().nth(2).expect("cargo's folders").to_owned()
}

fn find(name: &str) -> PathBuf {
    let folder = profile_folder();
    let binary = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if is_current(&binary) { binary } else { build(name, &folder) }
}

/// Whether the program is there and none of its sources is newer, as cargo judges it. Cargo lists
/// the sources beside the program, with those of the workspace's libraries in it.
fn is_current(binary: &Path) -> bool {
    let modified = |file: &Path| std::fs::metadata(file).and_then(|file| file.modified());
    let Ok(built) = modified(binary) else { return false };
    let Ok(list) = std::fs::read_to_string(binary.with_extension("d")) else { return false };
    let mut sources = sources(&list).peekable();
    sources.peek().is_some()
        && sources.all(|source| modified(Path::new(&source)).is_ok_and(|changed| changed <= built))
}

/// The files behind `program:` in a rule of make, in which a space of a name is escaped.
fn sources(list: &str) -> impl Iterator<Item = String> {
    let rule = list.lines().next().and_then(|line| line.split_once(": "));
    let files = rule.map_or(String::new(), |(_, files)| files.replace("\\ ", "\0"));
    let files: Vec<_> = files.split(' ').map(|file| file.replace('\0', " ")).collect();
    files.into_iter().filter(|file| !file.is_empty())
}

/// Builds a program with the profile of the tests, and returns where cargo put it.
fn build(name: &str, folder: &Path) -> PathBuf {
    let profile = match folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(other) => other,
    };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--bin", name, "--profile", profile]);
    cargo.arg("--message-format=json-render-diagnostics").current_dir(repository(""));
    let output = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "`{cargo:?}` failed; these tests need the program it builds");
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut built =
        messages.filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    built.next_back().expect("cargo names what it built")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_read_from_cargos_list() {
        let list = "/t/debug/boxoffice: /a/main.rs /a/with\\ space.rs\n\n/a/main.rs:\n";
        assert_eq!(sources(list).collect::<Vec<_>>(), ["/a/main.rs", "/a/with space.rs"]);
        assert_eq!(sources("").count(), 0);
    }
}
