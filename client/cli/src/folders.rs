//! The user's folders, by the XDG Base Directory Specification, or as Windows has them.

use std::fs::DirBuilder;
use std::io;
use std::path::{Path, PathBuf};

/// The folder of settings; none if the system has no such folder.
pub(crate) fn of_settings() -> Option<PathBuf> {
    of_user("XDG_CONFIG_HOME", "APPDATA", ".config")
}

/// The folder of what is kept between two runs, like a history.
pub(crate) fn of_state() -> Option<PathBuf> {
    of_user("XDG_STATE_HOME", "LOCALAPPDATA", ".local/state")
}

/// Makes a folder that only its owner can look into, with those above it.
pub(crate) fn create_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn of_user(xdg: &str, windows: &str, below_home: &str) -> Option<PathBuf> {
    // The specification ignores paths that are not absolute.
    let variable =
        |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = variable(xdg)
        .or_else(|| variable(windows))
        .or_else(|| Some(variable("HOME")?.join(below_home)))?;
    Some(folder.join("boxoffice"))
}
