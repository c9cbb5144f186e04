//! Randomness: the numbers of a server that its clients must not be able to guess.

use foldhash::quality::SeedableRandomState;

/// The hash function of tables whose keys clients choose.
pub type TableHashing = SeedableRandomState;

/// The source of a server's keys and of its hash functions. No setting chooses it: a program that
/// serves clients has the operating system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Randomness {
    #[default]
    System,
    /// The same numbers in every run, for benches that count instructions.
    #[cfg(feature = "simulation")]
    Repeated,
}

impl Randomness {
    /// A number without a meaning.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn number(self) -> Result<u64, getrandom::Error> {
        self.bytes().map(u64::from_le_bytes)
    }

    /// The bytes of a key.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn bytes<const N: usize>(self) -> Result<[u8; N], getrandom::Error> {
        let mut bytes = [0; N];
        match self {
            Self::System => getrandom::fill(&mut bytes)?,
            #[cfg(feature = "simulation")]
            Self::Repeated => bytes.fill(7),
        }
        Ok(bytes)
    }

    /// A hash function, to be shared by clones of it only.
    pub fn hashing(self) -> TableHashing {
        match self {
            Self::System => SeedableRandomState::random(),
            #[cfg(feature = "simulation")]
            Self::Repeated => SeedableRandomState::fixed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hash::BuildHasher;

    #[test]
    fn no_two_servers_share_keys_or_hash_functions() {
        let key = || Randomness::default().bytes::<16>().expect("random bytes");
        assert_ne!(key(), key());
        let hash = || Randomness::default().hashing().hash_one("dune-2");
        assert_ne!(hash(), hash());
    }

    #[cfg(feature = "simulation")]
    #[test]
    fn repeated_numbers_and_hash_functions_repeat() {
        let hash = || Randomness::Repeated.hashing().hash_one("dune-2");
        assert_eq!(hash(), hash());
        assert_eq!(Randomness::Repeated.number(), Randomness::Repeated.number());
    }
}
