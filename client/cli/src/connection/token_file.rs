//! A file with a secret token.

use boxoffice_client::protocol::id::Token;
use boxoffice_load::escape::shell_quote;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// More than any token has, with spaces around it.
const MAX_FILE_BYTES: u64 = 4096;

/// Permissions that let others read or change it.
#[cfg(unix)]
const OTHERS: u32 = 0o066;

/// Why there is no token.
#[derive(Debug, Error)]
pub(crate) enum TokenFileError {
    #[error("cannot read the token in {}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "others on this machine can read or change the token in {}; chmod 600 {}",
        .0.display(), shell_quote(&.0.to_string_lossy())
    )]
    Open(PathBuf),
    #[error("{} has no token; it must have one and nothing else", .0.display())]
    NoToken(PathBuf),
}

/// Reads the token of a file that only its owner can read.
///
/// # Errors
/// [`TokenFileError`] says what to do.
pub(crate) fn read(path: &Path) -> Result<Token, TokenFileError> {
    let failed = |source| TokenFileError::Read { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if file.metadata().map_err(failed)?.mode() & OTHERS != 0 {
            return Err(TokenFileError::Open(path.to_owned()));
        }
    }
    let mut text = String::new();
    file.take(MAX_FILE_BYTES).read_to_string(&mut text).map_err(failed)?;
    text.trim().parse().map_err(|_| TokenFileError::NoToken(path.to_owned()))
}
