//! Tokens as secrets: new ones, and their hashes.

use boxoffice_protocol::id::Token;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Random bytes of a token: 256 bits, beyond any guess.
const RANDOM_BYTES: usize = 32;

/// The prefix of every token, by which scanners for leaked secrets know one.
const PREFIX: &str = "bxo_";

/// The prefix of a written hash.
const ALGORITHM: &str = "sha256:";

/// Makes a token.
///
/// # Errors
/// The operating system gives no random bytes.
pub(super) fn new_token() -> Result<Token, getrandom::Error> {
    let mut random = [0; RANDOM_BYTES];
    getrandom::fill(&mut random)?;
    let text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&random));
    Ok(Token::parse(&text).expect("base64 is visible text"))
}

/// A digest of secrets that tells nothing of them without the key.
pub(super) fn keyed_digest(key: &[u8], secrets: &[u8]) -> u64 {
    let keyed = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    let digest = keyed.chain_update(secrets).finalize().into_bytes();
    digest.first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
}

/// SHA-256 of a token's text. A token has as many random bits as its hash, so it needs no salt and
/// no slow hash; and the time of a comparison of hashes tells nothing of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    pub fn of(token: &Token) -> Self {
        Self(Sha256::digest(token.as_str().as_bytes()).into())
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{ALGORITHM}{}", HEXLOWER_PERMISSIVE.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hex = text.strip_prefix(ALGORITHM).map(str::as_bytes);
        let bytes = hex.and_then(|hex| HEXLOWER_PERMISSIVE.decode(hex).ok());
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no hash: {ALGORITHM} and 64 hexadecimal digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tokens_are_the_same_and_each_has_256_random_bits() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert_ne!(one, other);
        let random = one.as_str().strip_prefix(PREFIX).unwrap();
        assert_eq!(BASE64URL_NOPAD.decode(random.as_bytes()).unwrap().len() * 8, 256);
    }

    /// The test vector "abc" of FIPS 180-4.
    #[test]
    fn a_hash_is_written_and_read() {
        let written = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hash = Hash::of(&Token::parse("abc").unwrap());
        assert_eq!(hash.to_string(), written);
        assert_eq!(written.parse(), Ok(hash));
        for wrong in ["", "sha256:", "ba78", &written[..70], &format!("{written}00")] {
            assert!(wrong.parse::<Hash>().is_err(), "{wrong:?} was taken");
        }
    }
}
