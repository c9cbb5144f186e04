//! Access to a data folder: its owner's only, whatever the umask of the process was.

use std::fs::{self, DirEntry, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Permissions of users other than the owner.
const OTHERS: u32 = 0o077;

/// Of files: the owner reads and writes.
const OWN_FILE: u32 = 0o600;

/// Whether users other than the owner can do anything in a folder.
pub(super) fn is_open(folder: &Path) -> io::Result<bool> {
    Ok(fs::metadata(folder)?.permissions().mode() & OTHERS != 0)
}

/// Takes from other users what they may do with the server's files in a folder: a copy of a backup
/// may have been made with any umask.
pub(super) fn close_files(folder: &Path, is_ours: impl Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(&is_ours) {
            close_file(&entry)?;
        }
    }
    Ok(())
}

fn close_file(entry: &DirEntry) -> io::Result<()> {
    let about = entry.metadata()?;
    if about.is_file() && about.permissions().mode() & OTHERS != 0 {
        fs::set_permissions(entry.path(), Permissions::from_mode(OWN_FILE))?;
    }
    Ok(())
}
