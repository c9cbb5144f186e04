//! Contexts: servers by a name, with what it takes to use each. They are in a file of the user, which
//! names files with secrets and has none itself.

use crate::failure::Failure;
use crate::folders;
use boxoffice_client::protocol::id::CustomerId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// All contexts, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Contexts {
    /// The one in use.
    pub(crate) current: Option<String>,
    #[serde(rename = "context")]
    pub(crate) all: BTreeMap<String, Context>,
}

/// How one server is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Context {
    /// Host and port.
    pub(crate) server: String,
    /// Whether it speaks TLS; also if a file of authorities is named.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) tls: bool,
    /// The file of trusted authorities; those of the system without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ca: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer: Option<CustomerId>,
}

impl Contexts {
    /// Reads the file; no contexts without one.
    ///
    /// # Errors
    /// [`Failure`] if the file cannot be read, or makes no sense.
    pub(crate) fn read() -> Result<Self, Failure> {
        let Some(path) = file() else { return Ok(Self::default()) };
        let wrong = |why: String| Failure::File(format!("{}: {why}", path.display()));
        match std::fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|error| wrong(error.to_string())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(wrong(error.to_string())),
        }
    }

    /// Writes the file as a whole: a reader sees the old contexts or the new ones.
    ///
    /// # Errors
    /// [`Failure`] names the file.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let nowhere =
            || Failure::Usage("there is no home folder for contexts; set HOME".to_owned());
        let path = file().ok_or_else(nowhere)?;
        let text = toml::to_string(self).map_err(|error| Failure::Usage(error.to_string()))?;
        let written = replace(&path, &text);
        written.map_err(|error| Failure::Usage(format!("cannot write {}: {error}", path.display())))
    }

    /// The context with this name.
    ///
    /// # Errors
    /// [`Failure::Usage`] says which there are.
    pub(crate) fn named(&self, name: &str) -> Result<&Context, Failure> {
        let unknown = || {
            let names: Vec<_> = self.all.keys().map(String::as_str).collect();
            Failure::Usage(match names.as_slice() {
                [] => format!(
                    "there is no context {name}, and no other; `boxoffice context add` makes one"
                ),
                names => format!("there is no context {name}; there are: {}", names.join(", ")),
            })
        };
        self.all.get(name).ok_or_else(unknown)
    }
}

/// `contexts.toml` in the user's folder of settings; none if the system has no such folder.
fn file() -> Option<PathBuf> {
    Some(folders::of_settings()?.join("contexts.toml"))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    folders::create_private(folder)?;
    // A temporary file is its owner's only.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
