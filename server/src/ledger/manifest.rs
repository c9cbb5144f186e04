//! The manifest of a backup: the digest of its state file, as `sha256sum` writes it. It holds until a
//! server starts on a copy of the backup, which verifies it and goes on without it.

use super::names::{JOURNAL, STATE_FILE};
use boxoffice_journal::disk::{Disk, RealDisk};
use boxoffice_journal::is_journal;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The manifest's name in a backup.
const MANIFEST: &str = "MANIFEST";

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 20;

/// Why a backup cannot be used.
#[derive(Debug, Error)]
pub enum ManifestError {
    /// The backup is not what was written.
    #[error(
        "the backup in {folder} is damaged: {STATE_FILE} does not have the digest that {MANIFEST} \
         says. Restore another copy of it, or another backup"
    )]
    Differs { folder: PathBuf },
    #[error("cannot read {path}: {source}")]
    Unreadable { path: PathBuf, source: io::Error },
}

/// Whether a folder has a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// It has, and the backup is what was written.
    Verified,
    /// It is no backup, or a server was started on it.
    None,
}

/// Writes the manifest of the state file in a folder, durably.
///
/// # Errors
/// The operating system's error.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    let text = text(folder)?;
    let path = folder.join(MANIFEST);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    File::open(folder)?.sync_all()
}

/// Verifies the backup in a folder.
///
/// # Errors
/// [`ManifestError`] says what to do.
pub(crate) fn verify(folder: &Path) -> Result<Manifest, ManifestError> {
    let path = folder.join(MANIFEST);
    let failed = |source| ManifestError::Unreadable { path: path.clone(), source };
    let said = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Manifest::None),
        read => read.map_err(failed)?,
    };
    if has_journal(folder) {
        return Ok(Manifest::None);
    }
    match text(folder).map_err(failed)?.as_bytes() == said {
        true => Ok(Manifest::Verified),
        false => Err(ManifestError::Differs { folder: folder.to_owned() }),
    }
}

/// Verifies the backup that a server starts on, and takes its manifest away: from now on the state
/// file changes.
///
/// # Errors
/// [`ManifestError`] says what to do.
pub(super) fn verify_and_end(folder: &Path) -> Result<(), ManifestError> {
    if verify(folder)? == Manifest::None {
        return Ok(());
    }
    let path = folder.join(MANIFEST);
    let removed = fs::remove_file(&path).and_then(|()| File::open(folder)?.sync_all());
    removed.map_err(|source| ManifestError::Unreadable { path, source })
}

/// Whether a folder has a journal.
pub(crate) fn has_journal(folder: &Path) -> bool {
    let journal = folder.join(JOURNAL);
    journal.is_dir() && RealDisk::look(journal).list().is_ok_and(|files| is_journal(&files))
}

/// The text of a manifest, whose every byte counts.
fn text(folder: &Path) -> io::Result<String> {
    let mut file = File::open(folder.join(STATE_FILE))?;
    let (mut digest, mut chunk) = (Sha256::new(), vec![0; CHUNK]);
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            bytes => digest.update(&chunk[..bytes]),
        }
    }
    Ok(format!("{}  {STATE_FILE}\n", HEXLOWER.encode(&digest.finalize())))
}
