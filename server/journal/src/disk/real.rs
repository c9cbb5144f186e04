//! A folder of the operating system.

use super::{Access, Disk, DiskFile};
use rustix::fs::{FallocateFlags, OFlags};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether what is written passes through the page cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// Past it (`O_DIRECT`), where the file system can: half the CPU of a commit, and less time.
    /// For files that are synced after every write.
    Direct,
    /// Through it: for files that are synced seldom or never.
    Cached,
}

/// A folder of the operating system.
#[derive(Debug, Clone)]
pub struct RealDisk {
    folder: Arc<Path>,
    caching: Caching,
}

impl RealDisk {
    /// Opens the folder, and creates it in its parent, durably, where it is not there.
    ///
    /// # Errors
    /// The operating system's error.
    pub fn open(folder: impl Into<PathBuf>, caching: Caching) -> io::Result<Self> {
        let folder: PathBuf = folder.into();
        if !folder.is_dir() {
            // Reservations are readable for the server's own user only.
            DirBuilder::new().mode(0o700).create(&folder)?;
        }
        // Also where it was there: the process that created it may have died before this.
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(Self { folder: folder.into(), caching })
    }

    /// A folder to look at: nothing is created, and nothing is made durable.
    pub fn look(folder: impl Into<PathBuf>) -> Self {
        let folder: PathBuf = folder.into();
        Self { folder: folder.into(), caching: Caching::Direct }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Opens a file that exists, past the page cache where that is wanted and possible.
    fn open_blocks(&self, name: &str, options: &mut OpenOptions) -> io::Result<File> {
        if self.caching == Caching::Direct {
            options.custom_flags(OFlags::DIRECT.bits().cast_signed());
        }
        match options.open(self.path(name)) {
            // A file system that knows no O_DIRECT.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                options.custom_flags(0).open(self.path(name))
            }
            opened => opened,
        }
    }
}

impl Disk for RealDisk {
    type File = File;

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            // A name that is no text is not one of ours.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn create(&self, name: &str) -> io::Result<File> {
        let path = self.path(name);
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        self.open(name, Access::Append)
    }

    fn open(&self, name: &str, access: Access) -> io::Result<File> {
        let mut options = OpenOptions::new();
        options.read(true).write(access != Access::Look);
        match access {
            Access::Recover => options.open(self.path(name)),
            Access::Append | Access::Look => self.open_blocks(name, &mut options),
        }
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path(name))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.path(from), self.path(to))
    }

    fn sync_folder(&self) -> io::Result<()> {
        File::open(&self.folder)?.sync_all()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        let statistics = rustix::fs::statvfs(&*self.folder)?;
        Ok(statistics.f_bavail.saturating_mul(statistics.f_frsize))
    }
}

impl DiskFile for File {
    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&mut self, bytes: &mut [u8], offset: u64) -> io::Result<()> {
        self.read_exact_at(bytes, offset)
    }

    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn allocate(&mut self, bytes: u64) -> io::Result<()> {
        match rustix::fs::fallocate(&*self, FallocateFlags::empty(), 0, bytes) {
            // The file system cannot promise; then the fill that follows finds out.
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => self.set_len(bytes),
            allocated => Ok(allocated?),
        }
    }

    fn sync_data(&mut self) -> io::Result<()> {
        Self::sync_data(self)
    }

    fn sync_all(&mut self) -> io::Result<()> {
        Self::sync_all(self)
    }
}
