//! The file of the keys that sign visitors' passes. It is the one secret of a data folder that lets
//! its reader act for others, so it lies apart, readable for the server's user only, and is in no
//! backup.

use super::locked_file::LockedFile;
use super::whole_file::{self, Unread};
use boxoffice_protocol::time::Timestamp;
use data_encoding::BASE64URL_NOPAD;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use thiserror::Error;

/// The file's name in the data folder.
const FILE: &str = "visitors.key";

/// Random bytes of a key.
const KEY_BYTES: usize = 32;

/// More than any file of keys has.
const MAX_FILE_BYTES: u64 = 1 << 16;

/// Keys that count at once: rotations in a row do not make passes expensive to verify.
const MAX_KEYS: usize = 4;

/// Permissions of users other than the owner.
const OTHERS_READ_OR_WRITE: u32 = 0o066;

/// The comment at the file's beginning.
const HEAD: &str = "\
# The keys that sign the passes of visitors: a secret. The first one signs; those with a time count
# until then (milliseconds since 1970). Written by the server and `boxoffice-server visitors`.

";

/// Why the keys of visitors' passes cannot be used.
#[derive(Debug, Error)]
pub enum VisitorKeysError {
    #[error("cannot use the keys of visitors in {}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{}: line {line} is no key; remove the file, and visitors become new ones", path.display()
    )]
    Parse { path: PathBuf, line: usize },
    /// What was read may be a part, in which keys are missing.
    #[error("{}: it is being changed; try again", path.display())]
    Changing { path: PathBuf },
    #[error(
        "{0}: other users can read it, and so act for any visitor; chmod 600 {0}",
        path.display()
    )]
    Readable { path: PathBuf },
    #[error("the operating system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A key, and until when it counts; the one that signs counts always.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitorKey {
    pub(super) secret: [u8; KEY_BYTES],
    pub(super) until: Option<Timestamp>,
}

impl fmt::Debug for VisitorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VisitorKey").field("until", &self.until).finish_non_exhaustive()
    }
}

impl VisitorKey {
    /// A new key, which signs.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut secret = [0; KEY_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self { secret, until: None })
    }

    fn line(&self) -> String {
        let secret = BASE64URL_NOPAD.encode(&self.secret);
        match self.until {
            Some(until) => format!("{secret} {}\n", until.as_ms()),
            None => format!("{secret}\n"),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let (secret, until) = match line.split_once(' ') {
            Some((secret, until)) => (secret, Some(Timestamp::from_ms(until.parse().ok()?))),
            None => (line, None),
        };
        let secret = BASE64URL_NOPAD.decode(secret.as_bytes()).ok()?;
        Some(Self { secret: secret.try_into().ok()?, until })
    }
}

/// The file of keys in a data folder.
#[derive(Debug, Clone)]
pub struct VisitorKeyFile {
    path: PathBuf,
}

impl VisitorKeyFile {
    /// The file in this data folder, which need not exist yet.
    pub fn in_folder(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The keys, the one that signs first; makes the file with a new key where there is none.
    /// Blocks.
    ///
    /// # Errors
    /// [`VisitorKeysError`] says what to do.
    pub fn read_or_make(&self) -> Result<Vec<VisitorKey>, VisitorKeysError> {
        match self.read()? {
            Some(keys) => Ok(keys),
            None => self.change(|keys| match keys.is_empty() {
                true => Ok(vec![VisitorKey::random()?]),
                false => Ok(keys),
            }),
        }
    }

    /// Puts a new key in the place of the one that signs, which counts for some time yet. Blocks.
    ///
    /// # Errors
    /// [`VisitorKeysError`]; the file is unchanged then.
    pub fn rotate(&self, now: Timestamp, both_count: Duration) -> Result<(), VisitorKeysError> {
        self.change(|before| {
            let mut keys = vec![VisitorKey::random()?];
            let until = now.plus(both_count);
            keys.extend(before.into_iter().map(|key| {
                let until = key.until.map_or(until, |earlier| earlier.min(until));
                VisitorKey { until: Some(until), ..key }
            }));
            keys.retain(|key| key.until.is_none_or(|until| until > now));
            keys.truncate(MAX_KEYS);
            Ok(keys)
        })
        .map(drop)
    }

    /// The keys; none where there is no file.
    pub(super) fn read(&self) -> Result<Option<Vec<VisitorKey>>, VisitorKeysError> {
        let read = whole_file::read(&self.path, OTHERS_READ_OR_WRITE, MAX_FILE_BYTES);
        let Some(text) = read.map_err(|why| self.unread(why))? else { return Ok(None) };
        let mut keys = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let key = VisitorKey::parse(line).filter(|key| key.until.is_none() == keys.is_empty());
            let wrong = || VisitorKeysError::Parse { path: self.path.clone(), line: number };
            keys.push(key.ok_or_else(wrong)?);
        }
        match keys.is_empty() {
            true => Err(VisitorKeysError::Parse { path: self.path.clone(), line: 1 }),
            false => Ok(Some(keys)),
        }
    }

    fn change(
        &self,
        change: impl FnOnce(Vec<VisitorKey>) -> Result<Vec<VisitorKey>, VisitorKeysError>,
    ) -> Result<Vec<VisitorKey>, VisitorKeysError> {
        let site = LockedFile::open(self.path.clone()).map_err(|source| self.failed(source))?;
        let keys = change(self.read()?.unwrap_or_default())?;
        let lines: String = keys.iter().map(VisitorKey::line).collect();
        let text = format!("{HEAD}{lines}");
        site.replace(&text).map_err(|source| self.failed(source))?;
        Ok(keys)
    }

    fn unread(&self, why: Unread) -> VisitorKeysError {
        match why {
            Unread::File(source) => self.failed(source),
            Unread::Open => VisitorKeysError::Readable { path: self.path.clone() },
            Unread::TooLong => self.failed(io::ErrorKind::FileTooLarge.into()),
            Unread::Changing => VisitorKeysError::Changing { path: self.path.clone() },
        }
    }

    fn failed(&self, source: io::Error) -> VisitorKeysError {
        VisitorKeysError::File { path: self.path.clone(), source }
    }
}
