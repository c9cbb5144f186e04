//! Where tokens come from, and where a server may listen that has none.

use super::entry::{self, Entry};
use super::file::{TokenFile, TokensError};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The file's name in the data folder.
const FILE: &str = "tokens.toml";

/// Where tokens come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file.
    pub place: Place,
    /// Those that are in no file.
    pub others: Vec<Entry>,
}

/// Where the file is. Once it is there, or somebody named it, nobody is let in without a token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// There is none.
    #[default]
    Nowhere,
    /// In this data folder.
    Data(PathBuf),
    /// Here, by somebody's word.
    Named(PathBuf),
}

impl Place {
    /// The file.
    pub fn file(&self) -> Option<TokenFile> {
        match self {
            Self::Nowhere => None,
            Self::Data(folder) => Some(TokenFile::new(folder.join(FILE))),
            Self::Named(path) => Some(TokenFile::new(path.clone())),
        }
    }
}

impl Sources {
    /// The entries in a text of the environment.
    ///
    /// # Errors
    /// What is wrong with it; that there is none in it, too: who sets it wants tokens.
    pub fn in_environment(text: &str) -> Result<Vec<Entry>, TokensError> {
        match entry::read(text) {
            Err(why) => Err(TokensError::Environment { why }),
            Ok(entries) if entries.is_empty() => {
                Err(TokensError::Environment { why: "it is set, and has no token".to_owned() })
            }
            Ok(entries) => Ok(entries),
        }
    }

    /// What the environment has to say for this entry.
    pub fn for_environment(entry: Entry) -> String {
        entry::write_inline(entry)
    }

    /// All tokens that there are now. Blocks.
    ///
    /// # Errors
    /// [`TokensError`] names the file.
    pub fn load(&self) -> Result<Tokens, TokensError> {
        let file = self.place.file();
        let text = file.as_ref().map(TokenFile::text).transpose()?.flatten();
        let is_blank = text.as_ref().is_some_and(String::is_empty);
        let in_file = match (&file, &text) {
            (Some(file), Some(text)) => Some(file.parse(text)?),
            _ => None,
        };
        let is_named = matches!(self.place, Place::Named(_));
        let wanted = is_named || in_file.is_some() || !self.others.is_empty();
        let mut entries = self.others.clone();
        entries.extend(in_file.unwrap_or_default());
        if let (Err(why), Some(file)) = (entry::check(&entries), &file) {
            return Err(TokensError::Parse { path: file.path().to_owned(), why });
        }
        Ok(Tokens { sources: self.clone(), entries, wanted, is_blank })
    }
}

/// The tokens that there were at some moment.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    pub(super) sources: Sources,
    pub(super) entries: Vec<Entry>,
    pub(super) wanted: bool,
    /// Whether the file is there and has no byte.
    pub(super) is_blank: bool,
}

impl Tokens {
    /// Whether nobody is let in without one.
    pub const fn are_wanted(&self) -> bool {
        self.wanted
    }

    /// Whether a server with these may listen there: on loopback always, elsewhere if there are any.
    ///
    /// # Errors
    /// [`Unprotected`] says what to do.
    pub fn may_listen(&self, address: SocketAddr) -> Result<(), Unprotected> {
        if is_loopback(address.ip()) || !self.entries.is_empty() {
            return Ok(());
        }
        let create = "boxoffice-server token create admin --role admin";
        let mend = match &self.sources.place {
            Place::Nowhere => {
                format!("`{create} --tokens {FILE}`, and start the server with --tokens {FILE}")
            }
            Place::Data(folder) => format!("`{create} --data {}`", quoted(folder)),
            Place::Named(path) => format!("`{create} --tokens {}`", quoted(path)),
        };
        Err(Unprotected { address, mend })
    }
}

/// A server would let everybody do everything, from everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "not listening on {address} without a token, as everybody who reaches it could do everything: \
     create one with {mend}; or listen on loopback, at {}", loopback(.address)
)]
pub struct Unprotected {
    /// Where it would have listened.
    pub address: SocketAddr,
    mend: String,
}

/// Whether only this machine reaches an address, also where it is one of IPv4 in IPv6's clothes.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn loopback(instead_of: &SocketAddr) -> SocketAddr {
    let address: IpAddr = match instead_of.ip().to_canonical() {
        IpAddr::V4(_) => [127, 0, 0, 1].into(),
        IpAddr::V6(_) => [0, 0, 0, 0, 0, 0, 0, 1].into(),
    };
    SocketAddr::new(address, instead_of.port())
}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%=".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_tokens_only_loopback_is_listened_on() {
        let tokens = Tokens::default();
        for ours in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert_eq!(tokens.may_listen(ours.parse().unwrap()), Ok(()), "{ours}");
        }
        let open = [
            "0.0.0.0:1",
            "192.0.2.1:1",
            "10.0.0.1:1",
            "[::]:1",
            "[2001:db8::1]:1",
            "[fe80::1]:1",
            "[::ffff:0.0.0.0]:1",
            "[::ffff:192.0.2.1]:1",
            // The old, compatible form, which is no loopback address.
            "[::127.0.0.1]:1",
        ];
        for open in open {
            tokens.may_listen(open.parse().unwrap()).unwrap_err();
        }
    }

    #[test]
    fn the_error_says_what_to_type() {
        let at = |place: Place, address: &str| {
            let sources = Sources { place, others: Vec::new() };
            let tokens = Tokens { sources, ..Tokens::default() };
            tokens.may_listen(address.parse().unwrap()).unwrap_err().to_string()
        };
        let data = at(Place::Data("my data".into()), "0.0.0.0:7117");
        let create = "`boxoffice-server token create admin --role admin --data 'my data'`";
        assert!(data.contains(create) && data.contains("127.0.0.1:7117"), "{data}");
        let named = at(Place::Named("/etc/tokens.toml".into()), "[::]:7117");
        assert!(named.contains(" --tokens /etc/tokens.toml`"), "{named}");
        assert!(named.contains("[::1]:7117"), "{named}");
        let nowhere = at(Place::Nowhere, "0.0.0.0:7117");
        assert!(nowhere.contains("start the server with --tokens tokens.toml"), "{nowhere}");
    }
}
