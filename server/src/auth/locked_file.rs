//! A file that is changed as a whole, under a lock, and is readable for its owner only.

use rustix::fs::{Gid, Uid};
use std::ffi::OsString;
use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// The path of a file whose lock is held.
pub(super) struct LockedFile {
    path: PathBuf,
    folder: PathBuf,
    /// The file gets this owner, its own or its folder's: not root, where root creates a token for
    /// a server that runs as another user.
    like: Metadata,
    /// Locked until this is dropped. The lock's file stays.
    _lock: File,
}

impl LockedFile {
    pub(super) fn open(path: PathBuf) -> io::Result<Self> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let folder = parent.unwrap_or(Path::new(".")).to_owned();
        if !folder.is_dir() {
            DirBuilder::new().mode(0o700).create(&folder)?;
            sync_folder(folder.parent().unwrap_or(Path::new("/")))?;
        }
        let like = path.metadata().or_else(|_| folder.metadata())?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let lock = options.open(beside(&path, ".lock"))?;
        hand_over(&lock, &like)?;
        lock.lock()?;
        Ok(Self { path, folder, like, _lock: lock })
    }

    /// Replaces the file durably. A reader sees the old text or the new one, whole.
    pub(super) fn replace(&self, text: &str) -> io::Result<()> {
        let unfinished = beside(&self.path, ".new");
        match std::fs::remove_file(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished)?;
        hand_over(&file, &self.like)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &self.path)?;
        sync_folder(&self.folder)
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(here)?.sync_all()
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

/// Gives a file the owner of `like`. Only root can, and only root has to.
fn hand_over(file: &File, like: &Metadata) -> io::Result<()> {
    let about = file.metadata()?;
    if (about.uid(), about.gid()) == (like.uid(), like.gid())
        || !rustix::process::geteuid().is_root()
    {
        return Ok(());
    }
    let (owner, group) = (Uid::from_raw(like.uid()), Gid::from_raw(like.gid()));
    Ok(rustix::fs::fchown(file, Some(owner), Some(group))?)
}
