//! Visitors: browsers without a token, each with a customer of its own.
//!
//! A new visitor is given a *pass*: the id of its customer, and a signature. It acts for that
//! customer whenever it shows the pass. The server keeps no passes; their signatures tell them from
//! forged ones.

use super::secret::keyed_digest;
use super::visitor_keys::{VisitorKey, VisitorKeyFile, VisitorKeysError};
use super::visitor_limits::VisitorLimits;
use crate::clock::Clock;
use arc_swap::ArcSwap;
use boxoffice_protocol::id::CustomerId;
use boxoffice_protocol::time::Timestamp;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// The prefix of a visitor's customer id.
const PREFIX: &str = "web-";

/// Random bytes of a visitor's id: no two are the same by chance.
const RANDOM_BYTES: usize = 16;

/// Binds the key to one purpose, so that nothing else is ever signed with it.
const PURPOSE: &[u8] = b"boxoffice: the passes of visitors, 1";

/// What no pass is signed for.
const DIGEST: &[u8] = b"a digest";

/// Makes and verifies passes, and holds the rules for visitors.
pub(crate) struct Visitors {
    /// The one that signs first.
    keys: ArcSwap<Vec<PassKey>>,
    /// Where they come from; none in memory.
    file: Option<VisitorKeyFile>,
    clock: Clock,
    let_in: Option<bool>,
    limits: VisitorLimits,
}

/// A key, ready to sign.
struct PassKey {
    signing: Hmac<Sha256>,
    until: Option<Timestamp>,
}

impl PassKey {
    fn new(key: &VisitorKey) -> Self {
        let signing = keyed(&key.secret).chain_update(PURPOSE).finalize().into_bytes();
        Self { signing: keyed(&signing), until: key.until }
    }
}

impl Visitors {
    /// Verifies passes under `keys`, of which the first one signs.
    pub(crate) fn new(
        keys: VisitorKeys,
        let_in: Option<bool>,
        limits: VisitorLimits,
        clock: Clock,
    ) -> Self {
        let VisitorKeys { keys, file } = keys;
        let keys = ArcSwap::from_pointee(keys.iter().map(PassKey::new).collect());
        Self { keys, file, clock, let_in, limits }
    }

    /// The file of keys.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_ref().map(VisitorKeyFile::path)
    }

    /// Reads the keys again. Blocks.
    ///
    /// # Errors
    /// The keys stay as they are.
    pub(super) fn renew(&self) -> Result<(), VisitorKeysError> {
        // A file that is gone is made at the next start.
        if let Some(keys) = self.file.as_ref().map(VisitorKeyFile::read).transpose()?.flatten() {
            self.keys.store(Arc::new(keys.iter().map(PassKey::new).collect()));
        }
        Ok(())
    }

    /// Whether visitors are let in; without a setting, they are as long as no tokens are in use.
    pub(super) const fn are_let_in(&self) -> Option<bool> {
        self.let_in
    }

    pub(crate) const fn limits(&self) -> &VisitorLimits {
        &self.limits
    }

    /// Makes up the customer of a new visitor.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub(crate) fn new_customer(&self) -> Result<CustomerId, getrandom::Error> {
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random)?;
        let id = format!("{PREFIX}{}", HEXLOWER.encode(&random));
        Ok(CustomerId::parse(&id).expect("letters and digits are visible text"))
    }

    /// A digest of the keys, under another one; none where they are in memory.
    pub(super) fn digest(&self, key: &[u8]) -> Option<u64> {
        self.file.as_ref()?;
        let keys = self.keys.load();
        let mut all = Vec::new();
        for PassKey { signing, until } in keys.iter() {
            all.extend_from_slice(&signing.clone().chain_update(DIGEST).finalize().into_bytes());
            all.extend_from_slice(&until.unwrap_or_default().as_ms().to_le_bytes());
        }
        Some(keyed_digest(key, &all))
    }

    /// The pass of a visitor's customer: visible ASCII without spaces, quotes, commas and
    /// semicolons.
    pub(crate) fn pass(&self, customer: &CustomerId) -> String {
        let keys = self.keys.load();
        let signing = &keys.first().expect("there is one that signs").signing;
        let signature = signing.clone().chain_update(customer.as_str()).finalize();
        format!("{customer}.{}", BASE64URL_NOPAD.encode(&signature.into_bytes()))
    }

    /// The customer of a pass; none if its signature is wrong, or names anybody but a visitor.
    /// Takes the same time for every signature.
    pub(crate) fn verify(&self, pass: &str) -> Option<CustomerId> {
        let (id, signature) = pass.split_once('.')?;
        let customer = CustomerId::parse(id).ok().filter(is_visitor)?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        let (keys, now) = (self.keys.load(), self.clock.now());
        let counts = |key: &&PassKey| key.until.is_none_or(|until| now < until);
        let fits =
            |key: &PassKey| key.signing.clone().chain_update(id).verify_slice(&signature).is_ok();
        keys.iter().filter(counts).any(fits).then_some(customer)
    }
}

/// The keys of passes, and where they come from.
#[derive(Debug)]
pub struct VisitorKeys {
    keys: Vec<VisitorKey>,
    file: Option<VisitorKeyFile>,
}

impl VisitorKeys {
    /// Those of a data folder; made where there are none.
    ///
    /// # Errors
    /// [`VisitorKeysError`] says what to do.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, VisitorKeysError> {
        let file = VisitorKeyFile::in_folder(folder);
        Ok(Self { keys: file.read_or_make()?, file: Some(file) })
    }

    /// New ones, which end with the process.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn in_memory() -> Result<Self, getrandom::Error> {
        Ok(Self { keys: vec![VisitorKey::random()?], file: None })
    }
}

/// Whether a customer is one that [`Visitors::new_customer`] makes up.
fn is_visitor(customer: &CustomerId) -> bool {
    let random = customer.as_str().strip_prefix(PREFIX);
    random.is_some_and(|random| {
        random.len() == 2 * RANDOM_BYTES
            && random.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

impl fmt::Debug for Visitors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visitors").finish_non_exhaustive()
    }
}

fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;
    use std::time::Duration;

    fn visitors(keys: VisitorKeys, clock: Clock) -> Visitors {
        let limits = VisitorLimits::new(NonZeroU32::MIN, NonZeroU32::MIN, clock.clone());
        Visitors::new(keys, None, limits, clock)
    }

    fn under(key: u8) -> Visitors {
        let keys = vec![VisitorKey { secret: [key; 32], until: None }];
        visitors(VisitorKeys { keys, file: None }, Clock::manual(Timestamp::default()))
    }

    /// A pass as the holder of a key would make it.
    fn forged(key: &[u8], id: &str) -> [String; 2] {
        let bound = keyed(key).chain_update(PURPOSE).finalize().into_bytes();
        [key, &bound].map(|key| {
            let signature = keyed(key).chain_update(id).finalize().into_bytes();
            format!("{id}.{}", BASE64URL_NOPAD.encode(&signature))
        })
    }

    const VICTIM: &str = "web-00000000000000000000000000000000";

    #[test]
    fn hostile_47_the_key_of_passes_names_visitors_only() {
        for id in ["ann", "web-", "web-ann", "web-0000000000000000000000000000000", "WEB-00"] {
            for pass in forged(&[7; 32], id) {
                assert_eq!(under(7).verify(&pass), None, "{id}");
            }
        }
        let upper = VICTIM.replacen('0', "A", 1);
        assert_eq!(under(7).verify(&forged(&[7; 32], &upper)[1]), None);
        assert!(under(7).verify(&forged(&[7; 32], VICTIM)[1]).is_some());
    }

    #[test]
    fn hostile_47_both_keys_count_for_a_time_after_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Timestamp::from_ms(1_000));
        let of_folder = || VisitorKeys::of_folder(folder.path()).unwrap();
        let running = visitors(of_folder(), clock.clone());
        let customer = running.new_customer().unwrap();
        let pass = running.pass(&customer);
        assert_eq!(visitors(of_folder(), clock.clone()).verify(&pass), Some(customer.clone()));
        let file = VisitorKeyFile::in_folder(folder.path());
        file.rotate(clock.now(), Duration::from_secs(60)).unwrap();
        running.renew().unwrap();
        let renewed = running.pass(&customer);
        assert_ne!(pass, renewed);
        for _ in 0..2 {
            assert_eq!(running.verify(&renewed), Some(customer.clone()));
            assert_eq!(running.verify(&pass), Some(customer.clone()));
            clock.advance(Duration::from_millis(59_999 / 2));
        }
        clock.advance(Duration::from_secs(1));
        assert_eq!(running.verify(&pass), None);
        assert_eq!(running.verify(&renewed), Some(customer));
        file.rotate(clock.now(), Duration::ZERO).unwrap();
        running.renew().unwrap();
        assert_eq!(running.verify(&renewed), None, "at once");
    }

    #[test]
    fn a_file_of_keys_that_others_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = VisitorKeyFile::in_folder(folder.path());
        file.read_or_make().unwrap();
        let mode = || std::fs::metadata(file.path()).unwrap().permissions().mode();
        assert_eq!(mode() & 0o777, 0o600);
        for open in [0o640, 0o604] {
            std::fs::set_permissions(file.path(), PermissionsExt::from_mode(open)).unwrap();
            let refused = file.read_or_make().unwrap_err().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn a_pass_is_recognised_under_its_secret_only() {
        let visitors = under(1);
        let customer = visitors.new_customer().unwrap();
        let pass = visitors.pass(&customer);
        assert_eq!(visitors.verify(&pass), Some(customer.clone()));
        assert_eq!(under(1).verify(&pass), Some(customer));
        assert_eq!(under(2).verify(&pass), None);
    }

    #[test]
    fn no_two_visitors_are_the_same_customer() {
        let visitors = under(1);
        let (one, other) = (visitors.new_customer().unwrap(), visitors.new_customer().unwrap());
        assert_ne!(one, other);
        let pass = visitors.pass(&other);
        let (_, signature) = pass.split_once('.').unwrap();
        assert_eq!(visitors.verify(&format!("{one}.{signature}")), None, "another's signature");
    }

    #[test]
    fn an_altered_pass_is_nobodys() {
        let visitors = under(1);
        let pass = visitors.pass(&visitors.new_customer().unwrap());
        for at in 0..pass.len() {
            let mut altered = pass.clone().into_bytes();
            altered[at] ^= 1;
            let altered = String::from_utf8_lossy(&altered);
            assert_eq!(visitors.verify(&altered), None, "{altered}");
        }
        for wrong in ["", ".", "web-1", "web-1.", &pass[..pass.len() - 1], &format!("{pass}A")] {
            assert_eq!(visitors.verify(wrong), None, "{wrong}");
        }
    }

    /// HMAC-SHA256 under HMAC-SHA256(secret, purpose), as any other program makes it.
    #[test]
    fn a_pass_stays_what_it_is() {
        let pass = "web-00000000000000000000000000000000.\
                    bPtZlMKd37XDlWu_0rpZtptf3ZkUAB8X5fpO08444g0";
        assert_eq!(under(7).verify(pass).unwrap().as_str(), VICTIM);
    }
}
