//! Reads small files of secrets, which others may change meanwhile.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Why a file was not read.
#[derive(Debug)]
pub(super) enum Unread {
    File(io::Error),
    /// It has permissions that it must not have.
    Open,
    TooLong,
    /// It was changed while it was read, so a part of it may be missing.
    Changing,
}

/// The text of a file of at most `most` bytes that has none of the `forbidden` permissions; none
/// where there is no file. Blocks.
pub(super) fn read(path: &Path, forbidden: u32, most: u64) -> Result<Option<String>, Unread> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(Unread::File)?,
    };
    let before = file.metadata().map_err(Unread::File)?;
    if before.mode() & forbidden != 0 {
        return Err(Unread::Open);
    }
    let mut text = String::new();
    let read = (&file).take(most + 1).read_to_string(&mut text).map_err(Unread::File)?;
    if read as u64 > most {
        return Err(Unread::TooLong);
    }
    let after = file.metadata().map_err(Unread::File)?;
    if before.is_file() && !is_whole(read, &before, &after) {
        return Err(Unread::Changing);
    }
    Ok(Some(text))
}

/// Whether so many bytes are all of a file that stayed as it was while it was read. An editor that
/// empties and writes it anew leaves moments in which the beginning can be read and the rest not.
fn is_whole(bytes: usize, before: &Metadata, after: &Metadata) -> bool {
    let version = |file: &Metadata| (file.len(), file.mtime(), file.mtime_nsec());
    bytes as u64 == before.len() && version(before) == version(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_while_it_was_read_is_not_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens.toml");
        std::fs::write(&path, [b' '; 100]).unwrap();
        let before = path.metadata().unwrap();
        assert!(is_whole(100, &before, &before));
        assert!(!is_whole(32, &before, &before), "the end was gone");
        std::fs::write(&path, [b' '; 99]).unwrap();
        assert!(!is_whole(100, &before, &path.metadata().unwrap()), "it is another file by now");
    }
}
