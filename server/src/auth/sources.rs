//! Sources of tokens, and the addresses that are safe to listen on without any.

use super::entry::{self, TokenEntry};
use super::file::{TokenFile, TokensError};
use crate::config::{ConfigError, TokenSettings, TokensPlace};
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use thiserror::Error;

/// The file's name in the data folder.
const FILE: &str = "tokens.toml";

/// Where the server's tokens come from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    pub place: TokensPlace,
    /// Tokens of the environment.
    pub others: Vec<TokenEntry>,
}

impl TokensPlace {
    pub fn file(&self) -> Option<TokenFile> {
        match self {
            Self::Nowhere => None,
            Self::Data(folder) => Some(TokenFile::new(folder.join(FILE))),
            Self::Named(path) => Some(TokenFile::new(path.clone())),
        }
    }
}

impl Sources {
    /// The sources that the settings name.
    ///
    /// # Errors
    /// As of [`Sources::in_environment`].
    pub fn new(settings: &TokenSettings) -> Result<Self, ConfigError> {
        let others = settings.in_environment.as_deref().map(Self::in_environment).transpose()?;
        Ok(Self { place: settings.place.clone(), others: others.unwrap_or_default() })
    }

    /// The entries in a text of the environment.
    ///
    /// # Errors
    /// The text is wrong, or has no entry: a set variable asks for tokens.
    pub fn in_environment(text: &str) -> Result<Vec<TokenEntry>, ConfigError> {
        let wrong = |why| ConfigError::Value { setting: "BOXOFFICE_TOKENS", why };
        let entries = entry::read(text).map_err(wrong)?;
        if entries.is_empty() {
            return Err(wrong("it is set, and has no token".to_owned()));
        }
        Ok(entries)
    }

    /// The text of the environment for these entries.
    pub fn for_environment(entries: &[TokenEntry]) -> String {
        entry::write_inline(entries)
    }

    /// Loads all tokens. Blocks.
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
        let is_named = matches!(self.place, TokensPlace::Named(_));
        let wanted = is_named || in_file.is_some() || !self.others.is_empty();
        let mut entries = self.others.clone();
        entries.extend(in_file.unwrap_or_default());
        if let (Err(why), Some(file)) = (entry::check(&entries), &file) {
            return Err(TokensError::Parse { path: file.path().to_owned(), why });
        }
        Ok(Tokens { sources: self.clone(), entries, wanted, is_blank })
    }
}

/// The tokens at one moment.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    pub(super) sources: Sources,
    pub(super) entries: Vec<TokenEntry>,
    pub(super) wanted: bool,
    /// Whether the file exists and has no byte.
    pub(super) is_blank: bool,
}

impl Tokens {
    /// Whether every client needs a token.
    pub const fn are_wanted(&self) -> bool {
        self.wanted
    }

    /// Whether a server with these tokens may listen there: on loopback always, elsewhere with a
    /// token.
    ///
    /// # Errors
    /// [`Unprotected`] says what to do.
    pub fn may_listen(&self, address: SocketAddr) -> Result<(), Unprotected> {
        if is_loopback(address.ip()) || !self.entries.is_empty() {
            return Ok(());
        }
        let create = "boxoffice-server token create admin --role admin";
        let mend = match &self.sources.place {
            TokensPlace::Nowhere => {
                format!("`{create} --tokens {FILE}`, and start the server with --tokens {FILE}")
            }
            TokensPlace::Data(folder) => format!("`{create} --data {}`", quoted(folder)),
            TokensPlace::Named(path) => format!("`{create} --tokens {}`", quoted(path)),
        };
        Err(Unprotected { address, mend })
    }
}

/// The address would let every client do everything.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "not listening on {address} without a token, as any client that reaches it could do everything: \
     create one with {mend}; or listen on loopback, at {}", loopback(.address)
)]
pub struct Unprotected {
    pub address: SocketAddr,
    mend: String,
}

/// Whether only this machine reaches an address; one of IPv4 may be written as IPv6.
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
        let at = |place: TokensPlace, address: &str| {
            let sources = Sources { place, others: Vec::new() };
            let tokens = Tokens { sources, ..Tokens::default() };
            tokens.may_listen(address.parse().unwrap()).unwrap_err().to_string()
        };
        let data = at(TokensPlace::Data("my data".into()), "0.0.0.0:7117");
        let create = "`boxoffice-server token create admin --role admin --data 'my data'`";
        assert!(data.contains(create) && data.contains("127.0.0.1:7117"), "{data}");
        let named = at(TokensPlace::Named("/etc/tokens.toml".into()), "[::]:7117");
        assert!(named.contains(" --tokens /etc/tokens.toml`"), "{named}");
        assert!(named.contains("[::1]:7117"), "{named}");
        let nowhere = at(TokensPlace::Nowhere, "0.0.0.0:7117");
        assert!(nowhere.contains("start the server with --tokens tokens.toml"), "{nowhere}");
    }
}
