//! Where an input is: a file, or what came through a pipe.

use super::error::InputError;
use super::fingerprint::RowFingerprint;
use super::reader::{Input, InputFormat, buffered};
use crate::values::TextEncoding;
use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::PathBuf;
use std::sync::Arc;

/// An input that can be read again and again.
#[derive(Debug, Clone)]
pub(crate) enum InputSource {
    File(PathBuf),
    /// A copy of what came through a pipe, in a file without a name.
    Pipe(Arc<File>),
}

impl InputSource {
    /// Reads a pipe to its end. Returns the source and a short name, which only this content has.
    pub(crate) fn of_pipe(mut pipe: impl Read) -> io::Result<(Self, String)> {
        let mut copy = tempfile::tempfile()?;
        io::copy(&mut pipe, &mut copy)?;
        copy.rewind()?;
        let mut name = RowFingerprint::of_all(buffered(&copy))?.to_text();
        name.truncate(12);
        Ok((Self::Pipe(Arc::new(copy)), name))
    }

    /// Opens the input at its beginning and reads its header. One that is open already must not be read
    /// any more.
    pub(in crate::batch) fn open(&self, told: Option<TextEncoding>) -> Result<Input, InputError> {
        let path = match self {
            Self::File(path) => path,
            Self::Pipe(copy) => {
                let mut copy = copy.try_clone()?;
                copy.rewind()?;
                return Input::new(None, Box::new(buffered(copy)), told);
            }
        };
        let extension = path.extension().and_then(|extension| extension.to_str());
        let format = match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "tab" | "txt" => InputFormat::Csv,
            "jsonl" | "ndjson" => InputFormat::Json,
            _ => return Err(InputError::UnknownFormat),
        };
        // Checked before it is opened: opening a pipe without a writer would wait for ever.
        if !std::fs::metadata(path)?.is_file() {
            return Err(InputError::NotAFile);
        }
        Input::new(Some(format), Box::new(buffered(File::open(path)?)), told)
    }
}

impl fmt::Display for InputSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Pipe(_) => f.write_str("stdin"),
        }
    }
}
