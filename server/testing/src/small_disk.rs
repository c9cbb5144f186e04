//! A small file system for one test, to be filled up.
//!
//! The test runs itself again in a mount namespace, in which the file system is there; it is gone
//! with the last process of the namespace, however that ends.

use crate::skip::{Need, skip};
use rustix::fs::{FallocateFlags, fallocate, statvfs};
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Names the file system's folder to a test that runs in the namespace.
const FOLDER: &str = "BOXOFFICE_SMALL_DISK";

/// How a file system is made: an image in a file where that is permitted; else one in memory, in a
/// namespace where every user may mount one.
const KINDS: [(&str, &[&str], &str); 2] = [
    (
        "ext4",
        &["--mount"],
        "truncate -s \"$2M\" \"$1.img\" && mkfs.ext4 -q -m 0 \"$1.img\" && mount -o loop \"$1.img\" \"$1\"",
    ),
    ("tmpfs", &["--map-root-user", "--mount"], "mount -t tmpfs -o \"size=$2m\" tmpfs \"$1\""),
];

/// A folder with a file system of its own.
#[derive(Debug)]
pub struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// A disk of so many megabytes for the test with this name, which runs again in the namespace.
    /// None for the caller outside, which has nothing left to do: the test has run, or cannot here.
    pub fn of(test: &str, megabytes: u32) -> Option<Self> {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return Some(Self { folder: folder.into() });
        }
        let mut why = String::new();
        for (kind, flags, make) in KINDS {
            match try_mount(flags, make) {
                Ok(()) => {
                    run_inside(test, megabytes, flags, make);
                    return None;
                }
                Err(error) => why += &format!("{kind}: {error}; "),
            }
        }
        skip(test, Need::Mount, &format!("no small file system can be mounted: {why}"));
        None
    }

    /// A folder on it that is not there yet.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Takes all space that is left, to the last block.
    pub fn fill(&self) {
        let path = self.filler();
        let filler = OpenOptions::new().create(true).append(true).open(path).expect("a filler");
        let mut length = filler.metadata().expect("it is open").len();
        // The free space is in parts: ever smaller ones are taken, until none is left.
        for part in [16 << 20, 1 << 20, 64 << 10, 4 << 10] {
            while fallocate(&filler, FallocateFlags::empty(), length, part).is_ok() {
                length += part;
            }
        }
    }

    /// Gives back what [`fill`](Self::fill) took.
    pub fn clear(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
        File::open(&self.folder).and_then(|folder| folder.sync_all()).expect("a disk that works");
    }

    /// Bytes that are free.
    pub fn free(&self) -> u64 {
        let statistics = statvfs(&self.folder).expect("a file system");
        statistics.f_bavail * statistics.f_frsize
    }

    fn filler(&self) -> PathBuf {
        self.folder.join("filler")
    }
}

/// Says why such a file system cannot be had here.
fn try_mount(flags: &[&str], make: &str) -> Result<(), String> {
    let place = tempfile::tempdir().expect("a temporary folder");
    let output = inside(flags, make, place.path(), 8).arg("true").output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

/// Runs the test with the disk, and fails if it does.
fn run_inside(test: &str, megabytes: u32, flags: &[&str], make: &str) {
    let place = place(megabytes);
    let mut again = inside(flags, make, place.path(), megabytes);
    again.arg(std::env::current_exe().expect("this test"));
    again.args(["--exact", test, "--nocapture"]).env(FOLDER, place.path().join("disk"));
    let status = again.stdin(Stdio::null()).status().expect("it ran before");
    assert!(status.success(), "{test} on a small disk: {status}");
}

/// A temporary folder for an image: in memory where there is room, for a disk that is quick to sync.
fn place(megabytes: u32) -> TempDir {
    let memory = Path::new("/dev/shm");
    let room = statvfs(memory).map_or(0, |statistics| statistics.f_bavail * statistics.f_frsize);
    let in_memory = room >> 20 >= 2 * u64::from(megabytes);
    let place = if in_memory { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    place.expect("a temporary folder")
}

/// A command that makes the disk in a namespace, and runs the words that are added to it there.
fn inside(flags: &[&str], make: &str, place: &Path, megabytes: u32) -> Command {
    let disk = place.join("disk");
    std::fs::create_dir(&disk).expect("a folder in a new one");
    let mut command = Command::new("unshare");
    command.args(flags).args(["sh", "-c", &format!("{make} && shift 2 && exec \"$@\""), "sh"]);
    command.arg(disk).arg(megabytes.to_string());
    command
}
