//! Programs of others, installed below the target folder, and run within a time.

use crate::target_folder;
use std::ffi::OsStr;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a command in a folder for so many seconds at most. Returns its output if it succeeds.
///
/// # Errors
/// The output, with the exit code.
pub fn run(
    folder: &Path,
    seconds: u32,
    command: impl AsRef<OsStr>,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<String, String> {
    let mut bounded = Command::new("timeout");
    bounded.arg(seconds.to_string()).arg(command).args(arguments).current_dir(folder);
    let output = bounded.envs(variables.iter().copied()).output();
    let Output { status, stdout, stderr } = output.map_err(|error| error.to_string())?;
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    if status.success() { Ok(said) } else { Err(format!("{status}: {said}")) }
}

/// The programs of a Python environment with these packages: pip's arguments, such as `name==1.2.3`,
/// and the content of a file that they name. It is installed once, so that later runs need no package
/// index.
///
/// # Errors
/// There is no Python, or no package index.
pub fn environment(name: &str, packages: &[&str], pinned_by: &str) -> Result<PathBuf, String> {
    let folder = installed_once(name, (packages, pinned_by), |folder| {
        run(folder, 120, "python3", &["-m", "venv", "."], &[])?;
        let quiet = ["install", "--quiet", "--disable-pip-version-check"];
        run(folder, 300, "bin/pip", &[&quiet[..], packages].concat(), &[])
    })?;
    Ok(folder.join("bin"))
}

/// A folder that was filled once, by its name and everything that decides what is in it. Whoever else
/// wants it meanwhile waits.
///
/// # Errors
/// Those of `fill`.
pub fn installed_once(
    name: &str,
    contents: impl Hash,
    fill: impl FnOnce(&Path) -> Result<String, String>,
) -> Result<PathBuf, String> {
    let mut hasher = DefaultHasher::new();
    contents.hash(&mut hasher);
    let folder = target_folder().join(format!("{name}-{:016x}", hasher.finish()));
    let lock = File::create(folder.with_extension("lock")).map_err(|error| error.to_string())?;
    lock.lock().map_err(|error| error.to_string())?;
    let whole = folder.join("whole");
    if !whole.exists() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        fill(&folder)?;
        std::fs::write(&whole, "").map_err(|error| error.to_string())?;
    }
    Ok(folder)
}
