//! The token file. Commands change it one after the other, each as a whole; a server only reads it.

use super::entry::{self, TokenEntry};
use super::locked_file::LockedFile;
use super::whole_file::{self, Unread};
use boxoffice_protocol::id::Principal;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// More than any file of [`MAX_TOKENS`](super::entry::MAX_TOKENS) tokens has.
const MAX_FILE_BYTES: u64 = 64 << 20;

/// Permission of all users to write the file. They may read it: it holds hashes.
const OTHERS_WRITE: u32 = 0o002;

/// The comment at the file's beginning.
const HEAD: &str = "\
# The tokens of a Boxoffice server: who may do what. What is secret of them is not in here.
# Written by `boxoffice-server token`; a running server notices every change at once.

";

/// Why tokens cannot be used.
#[derive(Debug, Error)]
pub enum TokensError {
    #[error("cannot use the tokens in {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{}: {why}", path.display())]
    Parse { path: PathBuf, why: String },
    /// The file has no byte, as at the moment when an editor begins to write it.
    #[error("{}: it is empty, as if it was being written", path.display())]
    Blank { path: PathBuf },
    /// What was read may be a part, in which tokens are missing.
    #[error("{}: it is being changed; try again", path.display())]
    Changing { path: PathBuf },
    /// Any user of the machine could add a token.
    #[error(
        "{0}: every user of this machine can change it, and so let in anyone; chmod o-w {0}",
        path.display()
    )]
    Writable { path: PathBuf },
    #[error("there is no token {name} in {}", path.display())]
    NoSuchToken { name: Principal, path: PathBuf },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFile {
    path: PathBuf,
}

impl TokenFile {
    /// The file at this path, which need not exist yet.
    pub const fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all entries; none where there is no file. Blocks.
    ///
    /// # Errors
    /// [`TokensError`], if the file cannot be read, or is no list of tokens.
    pub fn read(&self) -> Result<Option<Vec<TokenEntry>>, TokensError> {
        self.text()?.map(|text| self.parse(&text)).transpose()
    }

    /// The file's text; none where there is no file.
    pub(super) fn text(&self) -> Result<Option<String>, TokensError> {
        let path = || self.path.clone();
        whole_file::read(&self.path, OTHERS_WRITE, MAX_FILE_BYTES).map_err(|why| match why {
            Unread::File(source) => self.failed(source),
            Unread::Open => TokensError::Writable { path: path() },
            Unread::TooLong => self.wrong(format!("it has more than {MAX_FILE_BYTES} bytes")),
            Unread::Changing => TokensError::Changing { path: path() },
        })
    }

    pub(super) fn parse(&self, text: &str) -> Result<Vec<TokenEntry>, TokensError> {
        entry::read(text).map_err(|why| self.wrong(why))
    }

    /// Adds a token. Blocks.
    ///
    /// # Errors
    /// [`TokensError`]; the file is unchanged then.
    pub fn add(&self, added: TokenEntry) -> Result<(), TokensError> {
        self.change(|entries| {
            entries.push(added);
            Ok(())
        })
    }

    /// Removes the tokens of these names: all of them, or none. Blocks.
    ///
    /// # Errors
    /// [`TokensError`]; the file is unchanged then.
    pub fn remove(&self, names: &[Principal]) -> Result<(), TokensError> {
        self.change(|entries| {
            let is_there = |name: &&Principal| entries.iter().any(|entry| entry.name == **name);
            if let Some(name) = names.iter().find(|name| !is_there(name)) {
                let (name, path) = (name.clone(), self.path.clone());
                return Err(TokensError::NoSuchToken { name, path });
            }
            entries.retain(|entry| !names.contains(&entry.name));
            Ok(())
        })
    }

    /// Changes the file as a whole, under a lock. The folder is created if its parent exists.
    fn change(
        &self,
        change: impl FnOnce(&mut Vec<TokenEntry>) -> Result<(), TokensError>,
    ) -> Result<(), TokensError> {
        // A link's target is changed, and not the link.
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let site = LockedFile::open(path).map_err(|source| self.failed(source))?;
        let mut entries = self.read()?.unwrap_or_default();
        change(&mut entries)?;
        entry::check(&entries).map_err(|why| self.wrong(why))?;
        let text = format!("{HEAD}{}", entry::write(entries));
        site.replace(&text).map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> TokensError {
        TokensError::File { path: self.path.clone(), source }
    }

    fn wrong(&self, why: String) -> TokensError {
        TokensError::Parse { path: self.path.clone(), why }
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::*;
    use boxoffice_protocol::time::Timestamp;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    fn name(text: &str) -> Principal {
        Principal::parse(text).unwrap()
    }

    fn entry(text: &str) -> TokenEntry {
        let created = Timestamp::from_ms(1_767_225_600_000);
        TokenEntry::new(name(text), Role::Agent, created, None).unwrap().1
    }

    fn names(file: &TokenFile) -> Vec<String> {
        let entries = file.read().unwrap().unwrap();
        entries.iter().map(|entry| entry.name.to_string()).collect()
    }

    #[test]
    fn what_is_added_is_there_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(folder.path().join("data/tokens.toml"));
        assert_eq!(file.read().unwrap(), None);
        let one = entry("one");
        file.add(one.clone()).unwrap();
        file.add(entry("two")).unwrap();
        assert_eq!(file.read().unwrap().unwrap()[0], one);
        assert_eq!(names(&file), ["one", "two"]);
        let mode = file.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let twice = file.add(entry("one")).unwrap_err().to_string();
        assert!(twice.contains("a token one already"), "{twice}");
        let unknown = file.remove(&[name("one"), name("three")]).unwrap_err().to_string();
        assert!(unknown.contains("no token three"), "{unknown}");
        assert_eq!(names(&file), ["one", "two"]);
        file.remove(&[name("one"), name("two")]).unwrap();
        assert_eq!(file.read().unwrap(), Some(Vec::new()), "it stays, and admits nobody");
    }

    #[test]
    fn what_a_crash_left_is_no_hindrance() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(folder.path().join("tokens.toml"));
        std::fs::write(folder.path().join("tokens.toml.new"), "[[tok").unwrap();
        file.add(entry("one")).unwrap();
        assert_eq!(names(&file), ["one"]);
    }

    #[test]
    fn what_everybody_could_change_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(folder.path().join("tokens.toml"));
        file.add(entry("one")).unwrap();
        let set = |mode| std::fs::set_permissions(file.path(), Permissions::from_mode(mode));
        set(0o602).unwrap();
        let refused = file.read().unwrap_err().to_string();
        assert!(refused.contains("chmod o-w ") && refused.contains("tokens.toml"), "{refused}");
        file.add(entry("two")).unwrap_err();
        set(0o664).unwrap();
        assert_eq!(names(&file), ["one"]);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("link.toml"));
        TokenFile::new(real.clone()).add(entry("one")).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        TokenFile::new(link.clone()).add(entry("two")).unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(names(&TokenFile::new(real)), ["one", "two"]);
    }

    #[test]
    fn nobody_who_changes_it_at_the_same_time_loses_anything() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::new(folder.path().join("tokens.toml"));
        std::thread::scope(|scope| {
            for number in 0..16 {
                let file = &file;
                scope.spawn(move || file.add(entry(&format!("token-{number}"))).unwrap());
            }
        });
        assert_eq!(names(&file).len(), 16);
    }
}
