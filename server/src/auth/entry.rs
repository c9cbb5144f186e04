//! Token entries, and their form in TOML.

use super::role::{Role, RoleName};
use super::secret::{Hash, new_token};
use boxoffice_protocol::id::{CustomerId, Principal, Token};
use boxoffice_protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::hash::Hasher as _;
use twox_hash::XxHash3_64;

/// The bound on tokens of a server.
pub const MAX_TOKENS: usize = 100_000;

/// The server's record of one token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "TomlEntry", into = "TomlEntry")]
pub struct TokenEntry {
    /// The principal of every change made with the token. No two tokens have the same name.
    pub name: Principal,
    pub role: Role,
    pub hash: Hash,
    pub created: Timestamp,
    /// The token is refused from this time on.
    pub expires: Option<Timestamp>,
}

impl TokenEntry {
    /// Makes a token and its entry.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn new(
        name: Principal,
        role: Role,
        created: Timestamp,
        expires: Option<Timestamp>,
    ) -> Result<(Token, Self), getrandom::Error> {
        let token = new_token()?;
        let hash = Hash::of(&token);
        Ok((token, Self { name, role, hash, created, expires }))
    }

    /// A digest of everything that decides what its token may do.
    pub(super) fn digest(&self) -> u64 {
        let mut digest = XxHash3_64::new();
        digest.write(self.hash.bytes());
        digest.write(self.name.as_str().as_bytes());
        digest.write(&[0]);
        digest.write(self.role.name().as_str().as_bytes());
        digest.write(&[0]);
        digest.write(self.role.customer().map_or("", |customer| customer.as_str()).as_bytes());
        digest.write(&self.expires.map_or(u64::MAX, Timestamp::as_ms).to_le_bytes());
        digest.finish()
    }
}

/// An entry as TOML has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlEntry {
    name: String,
    role: RoleName,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    hash: String,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

impl TryFrom<TomlEntry> for TokenEntry {
    type Error = String;

    fn try_from(written: TomlEntry) -> Result<Self, String> {
        let name =
            Principal::parse(&written.name).map_err(|error| format!("name: {}", error.why))?;
        let customer = written.customer.as_deref().map(CustomerId::parse).transpose();
        let customer = customer.map_err(|error| error.to_string())?;
        Ok(Self {
            name,
            role: written.role.with(customer)?,
            hash: written.hash.parse()?,
            created: time(&written.created)?,
            expires: written.expires.as_deref().map(time).transpose()?,
        })
    }
}

impl From<TokenEntry> for TomlEntry {
    fn from(entry: TokenEntry) -> Self {
        Self {
            name: entry.name.to_string(),
            role: entry.role.name(),
            customer: entry.role.customer().map(ToString::to_string),
            hash: entry.hash.to_string(),
            created: rfc3339(entry.created),
            expires: entry.expires.map(rfc3339),
        }
    }
}

/// The list as a document has it.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    token: Vec<TokenEntry>,
}

/// Reads a list of entries.
///
/// # Errors
/// The text says what is wrong, and where.
pub(super) fn read(text: &str) -> Result<Vec<TokenEntry>, String> {
    let document: Document = toml::from_str(text).map_err(|error| error.to_string())?;
    let entries = document.token;
    check(&entries)?;
    Ok(entries)
}

/// Checks the length of a list, and that every name and every secret is there once.
pub(super) fn check(entries: &[TokenEntry]) -> Result<(), String> {
    if entries.len() > MAX_TOKENS {
        return Err(format!("at most {MAX_TOKENS} tokens, these are {}", entries.len()));
    }
    let (mut names, mut hashes) = (HashSet::new(), HashSet::new());
    for entry in entries {
        if !names.insert(&entry.name) {
            return Err(format!("there is a token {} already", entry.name));
        }
        if !hashes.insert(entry.hash) {
            return Err(format!("the token {} has the secret of another one", entry.name));
        }
    }
    Ok(())
}

pub(super) fn write(entries: Vec<TokenEntry>) -> String {
    toml::to_string(&Document { token: entries }).expect("texts in a list of tables")
}

/// Writes entries as inline tables.
pub(super) fn write_inline(entries: &[TokenEntry]) -> String {
    let table = |entry| toml::Value::try_from(entry).expect("texts in a table").to_string();
    let tables: Vec<_> = entries.iter().map(table).collect();
    format!("token = [{}]", tables.join(", "))
}

fn time(text: &str) -> Result<Timestamp, String> {
    let time: Result<jiff::Timestamp, _> = text.parse();
    let ms = time.ok().and_then(|time| u64::try_from(time.as_millisecond()).ok());
    ms.map(Timestamp::from_ms)
        .ok_or_else(|| format!("{text:?} is no time; say it like 2026-12-24T20:00:00Z"))
}

fn rfc3339(time: Timestamp) -> String {
    let ms = i64::try_from(time.as_ms()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
    format!("{time:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, role: Role) -> TokenEntry {
        let created = Timestamp::from_ms(1_767_225_600_123);
        TokenEntry::new(Principal::parse(name).unwrap(), role, created, None).unwrap().1
    }

    fn ann() -> Role {
        Role::Customer(CustomerId::parse("ann \"=1+1\"\\").unwrap())
    }

    #[test]
    fn what_was_written_is_read() {
        let mut entries = vec![entry("web-shop", Role::Agent), entry("Zoë's", ann())];
        entries[1].expires = Some(Timestamp::from_ms(1_800_000_000_000));
        let text = write(entries.clone());
        assert_eq!(read(&text), Ok(entries.clone()), "{text}");
        let inline = write_inline(&entries);
        assert_eq!(read(&inline), Ok(entries), "{inline}");
        assert!(!inline.contains('\n'), "{inline}");
        assert_eq!(read(""), Ok(Vec::new()));
        assert_eq!(read(&write(Vec::new())), Ok(Vec::new()));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let one = write(vec![entry("one", Role::Reader)]);
        let cases = [
            (one.replace("reader", "king"), "king"),
            (one.replace("reader", "customer"), "which customer"),
            (one.replace("name = \"one\"", "name = \"\""), "must not be empty"),
            (one.replace("sha256:", "md5:"), "is no hash"),
            (one.replace("2026-", "soon "), "is no time"),
            (format!("{one}customer = \"ann\"\n"), "bound to a customer"),
            (format!("{one}password = \"ann\"\n"), "password"),
            (format!("{one}{one}"), "there is a token one already"),
            (format!("{one}{}", one.replace("\"one\"", "\"two\"")), "secret of another"),
            ("tokens = []".into(), "tokens"),
        ];
        for (text, named) in cases {
            let error = read(&text).unwrap_err();
            assert!(error.contains(named), "{named} is not named in: {error}");
        }
    }
}
