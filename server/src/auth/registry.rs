//! The tokens that a running server knows, and the grants that they give.

use super::entry::TokenEntry;
use super::file::{TokenFile, TokensError};
use super::grant::Grant;
use super::rate_limit::RateLimit;
use super::secret::{Hash, keyed_digest};
use super::sources::{Sources, Tokens};
use super::visitors::Visitors;
use crate::clock::Clock;
use arc_swap::ArcSwap;
use boxoffice_protocol::id::{CustomerId, Token};
use boxoffice_protocol::refusal::Refusal;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;
use thiserror::Error;

/// The rate limit of wrong tokens from one address.
///
/// Right tokens have none. They hold 256 random bits, beyond any guess; and a limit would let one
/// client lock out all others behind its address or proxy. The bound is on what guesses cost the
/// server and write into its log.
const GUESSES_AT_ONCE: u32 = 10;
const GUESS_EVERY: Duration = Duration::from_secs(1);

/// Why a client is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthError {
    #[error("this server wants a token")]
    NoToken,
    #[error("this server knows no such token, or no longer")]
    Unknown,
    #[error("the token has expired")]
    Expired,
    /// The token is unknown, and too many such came from the same address.
    #[error(
        "too many wrong tokens came from this address; try again in {} s",
        retry_after.as_millis().div_ceil(1_000)
    )]
    TooMany { retry_after: Duration },
}

impl From<AuthError> for Refusal {
    fn from(refused: AuthError) -> Self {
        Self::NotAllowed { why: refused.to_string().into() }
    }
}

/// Tokens by their hashes, and how clients without one are received.
#[derive(Debug)]
pub(crate) struct TokenRegistry {
    sources: Sources,
    /// The grant of clients without a token. It ends for good as soon as tokens are in use.
    without_token: Grant,
    /// The grants of all tokens.
    known: ArcSwap<Known>,
    guesses: RateLimit,
    visitors: Visitors,
    clock: Clock,
}

type Known = HashMap<Hash, Grant>;

impl TokenRegistry {
    pub(crate) fn new(tokens: Tokens, visitors: Visitors, clock: Clock) -> Self {
        let Tokens { sources, entries, wanted, .. } = tokens;
        let auth = Self {
            sources,
            without_token: Grant::everything(clock.clone()),
            known: ArcSwap::default(),
            guesses: RateLimit::new(GUESSES_AT_ONCE, GUESS_EVERY, clock.clone()),
            visitors,
            clock,
        };
        auth.know(entries, wanted);
        auth
    }

    /// The grant for a client at this address that shows this token. Takes no lock.
    ///
    /// # Errors
    /// [`AuthError`] says why there is none.
    pub(crate) fn authenticate(
        &self,
        token: Option<&Token>,
        from: IpAddr,
    ) -> Result<Grant, AuthError> {
        if !self.wants_tokens() {
            return Ok(self.without_token.clone());
        }
        let refused = match token {
            None => AuthError::NoToken,
            Some(token) => match self.known.load().get(&Hash::of(token)) {
                Some(grant) if grant.is_expired() => AuthError::Expired,
                Some(grant) => return Ok(grant.clone()),
                None => match self.guesses.take(from, 1) {
                    Ok(()) => AuthError::Unknown,
                    Err(retry_after) => AuthError::TooMany { retry_after },
                },
            },
        };
        match refused {
            AuthError::Unknown | AuthError::Expired => {
                tracing::warn!(%from, "login failed: {refused}");
            }
            // These may come at any rate.
            _ => tracing::debug!(%from, "login failed: {refused}"),
        }
        Err(refused)
    }

    /// Whether every client needs a token. Once true it stays true.
    pub(crate) fn wants_tokens(&self) -> bool {
        !self.without_token.is_valid()
    }

    pub(crate) const fn visitors(&self) -> &Visitors {
        &self.visitors
    }

    /// Whether visitors need no token. Without a setting, the first token ends that.
    pub(crate) fn lets_visitors_in(&self) -> bool {
        self.visitors.are_let_in().unwrap_or_else(|| !self.wants_tokens())
    }

    /// The grant of a visitor that acts for this customer.
    pub(crate) fn visitor_grant(&self, customer: CustomerId) -> Grant {
        let until = match self.visitors.are_let_in() {
            Some(_) => None,
            None => Some(self.without_token.clone()),
        };
        Grant::of_visitor(customer, until, self.clock.clone())
    }

    /// Digests of the tokens, and of the keys of visitors' passes where they are in a file, under a key
    /// that clients do not have: servers that are given the same show the same.
    pub(crate) fn digests(&self, key: &[u8]) -> Vec<(String, u64)> {
        let known = self.known.load();
        let digest = |grant: &Grant| grant.entry().map_or(0, TokenEntry::digest);
        // In any order.
        let tokens = known.values().map(digest).fold(0, u64::wrapping_add);
        let mut digests = vec![("tokens".to_owned(), keyed_digest(key, &tokens.to_le_bytes()))];
        let visitors = self.visitors.digest(key);
        digests.extend(visitors.map(|digest| ("visitors.key".to_owned(), digest)));
        digests
    }

    /// How many tokens there are; none where none are in use.
    pub(crate) fn tokens(&self) -> Option<usize> {
        self.wants_tokens().then(|| self.known.load().len())
    }

    /// The file to follow, if there is one.
    pub(super) fn file(&self) -> Option<TokenFile> {
        self.sources.place.file()
    }

    /// Reads the tokens again and says whether they changed. If they cannot be read, the old ones
    /// stay. Blocks.
    ///
    /// # Errors
    /// [`TokensError`] as of [`Sources::load`]; and for a file without a byte, which no command
    /// leaves: an editor has just begun to write it.
    pub(super) fn renew(&self) -> Result<bool, TokensError> {
        let Tokens { entries, wanted, is_blank, .. } = self.sources.load()?;
        match self.file().filter(|_| is_blank) {
            Some(file) => Err(TokensError::Blank { path: file.path().to_owned() }),
            None => Ok(self.know(entries, wanted)),
        }
    }

    /// Replaces the known tokens. The grants of tokens that are gone end.
    fn know(&self, entries: Vec<TokenEntry>, wanted: bool) -> bool {
        let before = self.known.load_full();
        let grant = |entry: TokenEntry| {
            let known = before.get(&entry.hash).filter(|grant| grant.entry() == Some(&entry));
            let hash = entry.hash;
            (hash, known.cloned().unwrap_or_else(|| Grant::of(entry, self.clock.clone())))
        };
        let now: Known = entries.into_iter().map(grant).collect();
        let stays = |grant: &Grant| {
            let hash = grant.entry().map(|entry| entry.hash);
            hash.and_then(|hash| now.get(&hash)).is_some_and(|now| now.entry() == grant.entry())
        };
        let ended: Vec<Grant> = before.values().filter(|&grant| !stays(grant)).cloned().collect();
        let has_changed = !ended.is_empty() || now.len() != before.len();
        // Revoked first: a token that is gone has no valid grants.
        ended.iter().for_each(Grant::revoke);
        if has_changed {
            self.known.store(now.into());
        }
        if wanted {
            self.without_token.revoke();
        }
        has_changed
    }
}

#[cfg(test)]
mod tests {
    use super::super::role::Role;
    use super::super::visitor_limits::VisitorLimits;
    use super::super::visitors::VisitorKeys;
    use super::*;
    use crate::config::TokensPlace;
    use boxoffice_protocol::id::Principal;
    use boxoffice_protocol::time::Timestamp;
    use std::num::NonZeroU32;
    use tempfile::TempDir;

    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn visitors(let_in: Option<bool>, clock: &Clock) -> Visitors {
        let limits = VisitorLimits::new(NonZeroU32::MIN, NonZeroU32::MIN, clock.clone());
        let keys = VisitorKeys::in_memory().unwrap();
        Visitors::new(keys, let_in, limits, clock.clone())
    }

    struct Desk {
        _folder: TempDir,
        file: TokenFile,
        auth: TokenRegistry,
        clock: Clock,
    }

    impl Desk {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let sources =
                Sources { place: TokensPlace::Data(folder.path().into()), others: vec![] };
            let clock = Clock::manual(NOW);
            let auth =
                TokenRegistry::new(sources.load().unwrap(), visitors(None, &clock), clock.clone());
            Self { file: auth.file().unwrap(), _folder: folder, auth, clock }
        }

        fn create(&self, name: &str, role: Role, expires: Option<Timestamp>) -> Token {
            let name = Principal::parse(name).unwrap();
            let (token, entry) = TokenEntry::new(name, role, NOW, expires).unwrap();
            self.file.add(entry).unwrap();
            self.auth.renew().unwrap();
            token
        }

        fn revoke(&self, name: &str) {
            self.file.remove(&[Principal::parse(name).unwrap()]).unwrap();
            assert!(self.auth.renew().unwrap());
        }

        fn show(&self, token: &Token) -> Result<Grant, AuthError> {
            self.auth.authenticate(Some(token), HERE)
        }
    }

    #[test]
    fn without_tokens_everybody_is_let_in_until_there_is_one_and_never_again() {
        let desk = Desk::new();
        let grant = desk.auth.authenticate(None, HERE).unwrap();
        assert_eq!((grant.role(), grant.principal()), (&Role::Admin, None));
        let token = desk.create("one", Role::Reader, None);
        assert!(!grant.is_valid(), "an open connection has to end, too");
        assert_eq!(desk.auth.authenticate(None, HERE).unwrap_err(), AuthError::NoToken);
        desk.show(&token).unwrap();
        desk.revoke("one");
        assert_eq!(desk.auth.authenticate(None, HERE).unwrap_err(), AuthError::NoToken);
        std::fs::remove_file(desk.file.path()).unwrap();
        desk.auth.renew().unwrap();
        assert_eq!(desk.auth.authenticate(None, HERE).unwrap_err(), AuthError::NoToken);
        assert_eq!(desk.auth.tokens(), Some(0));
    }

    #[test]
    fn the_first_token_ends_what_visitors_were_given_unless_they_are_always_let_in() {
        let Desk { auth, file, clock, .. } = &Desk::new();
        let always = TokenRegistry::new(
            auth.sources.load().unwrap(),
            visitors(Some(true), clock),
            clock.clone(),
        );
        let customer = auth.visitors().new_customer().unwrap();
        let (one, other) =
            (auth.visitor_grant(customer.clone()), always.visitor_grant(customer.clone()));
        assert_eq!(one.role(), &Role::Customer(customer));
        assert!(one.is_valid() && auth.lets_visitors_in());
        let (_, entry) =
            TokenEntry::new(Principal::parse("one").unwrap(), Role::Reader, NOW, None).unwrap();
        file.add(entry).unwrap();
        for auth in [auth, &always] {
            auth.renew().unwrap();
            assert!(auth.wants_tokens());
        }
        assert!(!one.is_valid() && !auth.lets_visitors_in());
        assert!(other.is_valid() && always.lets_visitors_in());
    }

    #[test]
    fn a_revoked_token_ends_its_grants_and_no_others() {
        let desk = Desk::new();
        let (one, two) =
            (desk.create("one", Role::Agent, None), desk.create("two", Role::Agent, None));
        let (first, second) = (desk.show(&one).unwrap(), desk.show(&two).unwrap());
        let copy = first.clone();
        desk.revoke("one");
        assert!(!first.is_valid() && !copy.is_valid() && second.is_valid());
        assert_eq!(desk.show(&one).unwrap_err(), AuthError::Unknown);
        // The same name again is another token.
        let again = desk.create("one", Role::Agent, None);
        assert!(!first.is_valid() && desk.show(&again).unwrap().is_valid());
        assert_eq!(desk.show(&one).unwrap_err(), AuthError::Unknown);
        assert!(second.is_valid());
    }

    #[test]
    fn a_token_of_another_role_is_another_grant() {
        let desk = Desk::new();
        let token = desk.create("one", Role::Admin, None);
        let grant = desk.show(&token).unwrap();
        let text = std::fs::read_to_string(desk.file.path()).unwrap();
        std::fs::write(desk.file.path(), text.replace("admin", "reader")).unwrap();
        assert!(desk.auth.renew().unwrap());
        assert!(!grant.is_valid());
        assert_eq!(desk.show(&token).unwrap().role(), &Role::Reader);
        assert!(!desk.auth.renew().unwrap(), "nothing has changed");
    }

    #[test]
    fn a_token_expires_by_the_servers_time() {
        let desk = Desk::new();
        let token = desk.create("one", Role::Agent, Some(NOW.plus(Duration::from_secs(60))));
        let grant = desk.show(&token).unwrap();
        desk.clock.advance(Duration::from_millis(59_999));
        assert!(grant.is_valid());
        desk.clock.advance(Duration::from_millis(1));
        assert!(!grant.is_valid());
        for _ in 0..100 {
            assert_eq!(desk.show(&token).unwrap_err(), AuthError::Expired, "it is no guess");
        }
    }

    #[test]
    fn a_file_that_cannot_be_understood_changes_nothing() {
        let desk = Desk::new();
        let token = desk.create("one", Role::Agent, None);
        let grant = desk.show(&token).unwrap();
        for text in ["[[token]]\nname = \"o", ""] {
            std::fs::write(desk.file.path(), text).unwrap();
            desk.auth.renew().unwrap_err();
        }
        assert!(grant.is_valid() && desk.show(&token).is_ok());
    }

    #[test]
    fn a_right_token_is_never_slowed_by_wrong_ones() {
        let desk = Desk::new();
        let right = desk.create("one", Role::Agent, None);
        let altered = |index: usize| {
            let mut text = right.as_str().as_bytes().to_vec();
            text[index] ^= 1;
            Token::parse(std::str::from_utf8(&text).unwrap()).unwrap()
        };
        let refused: Vec<AuthError> = (0..right.as_str().len())
            .map(|index| desk.show(&altered(index)).unwrap_err())
            .collect();
        let (first, rest) = refused.split_at(10);
        assert!(first.iter().all(|refused| *refused == AuthError::Unknown));
        let slowed = AuthError::TooMany { retry_after: Duration::from_secs(1) };
        assert!(rest.iter().all(|refused| *refused == slowed), "{rest:?}");
        desk.show(&right).unwrap();
        assert_eq!(Refusal::from(slowed).name(), "NotAllowed");
        assert!(slowed.to_string().ends_with("try again in 1 s"));
    }
}
