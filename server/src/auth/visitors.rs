//! Visitors: browsers without a token, each with a customer of its own.
//!
//! A new visitor is given a *pass*: the id of its customer, and a signature. It acts for that
//! customer whenever it shows the pass. The server keeps no passes; their signatures tell them from
//! forged ones.

use super::rate_limit::RateLimit;
use crate::clock::Clock;
use boxoffice_protocol::id::CustomerId;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// The prefix of a visitor's customer id.
const PREFIX: &str = "web-";

/// Random bytes of a visitor's id: no two are the same by chance.
const RANDOM_BYTES: usize = 16;

/// Binds the key to one purpose, so that nothing else is ever signed with it.
const PURPOSE: &[u8] = b"boxoffice: the passes of visitors, 1";

/// An address may save up the rate of this many seconds: many visitors behind one address come at
/// once when sales open.
const SAVED_UP_S: u32 = 30;

/// Makes and verifies passes, and holds the rules for visitors.
pub(crate) struct Visitors {
    signing: Hmac<Sha256>,
    let_in: Option<bool>,
    pace: RateLimit,
}

impl Visitors {
    /// Signs passes with a key made from `secret`, which has to stay the same for passes to stay
    /// valid. Visitors at one address may make `a_second` new reservations.
    pub(crate) fn new(
        secret: &[u8],
        let_in: Option<bool>,
        a_second: NonZeroU32,
        clock: Clock,
    ) -> Self {
        let key = keyed(secret).chain_update(PURPOSE).finalize().into_bytes();
        let at_once = a_second.get().saturating_mul(SAVED_UP_S);
        let pace = RateLimit::new(at_once, Duration::from_secs(1) / a_second.get(), clock);
        Self { signing: keyed(&key), let_in, pace }
    }

    /// Whether visitors are let in; without a setting, they are as long as no tokens are in use.
    pub(super) const fn are_let_in(&self) -> Option<bool> {
        self.let_in
    }

    /// The rate of new reservations by address. Becoming a visitor costs nothing, so limits of a
    /// customer do not bound a client that becomes many; and an ended reservation is remembered for
    /// a day.
    pub(crate) const fn pace(&self) -> &RateLimit {
        &self.pace
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

    /// The pass of a visitor's customer: visible ASCII without spaces, quotes, commas and
    /// semicolons.
    pub(crate) fn pass(&self, customer: &CustomerId) -> String {
        let signature = self.signing.clone().chain_update(customer.as_str()).finalize();
        format!("{customer}.{}", BASE64URL_NOPAD.encode(&signature.into_bytes()))
    }

    /// The customer of a pass; none if its signature is wrong. Takes the same time for every
    /// signature.
    pub(crate) fn verify(&self, pass: &str) -> Option<CustomerId> {
        let (id, signature) = pass.split_once('.')?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        self.signing.clone().chain_update(id).verify_slice(&signature).ok()?;
        CustomerId::parse(id).ok()
    }
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
    use boxoffice_protocol::time::Timestamp;

    fn under(secret: &[u8]) -> Visitors {
        let a_second = NonZeroU32::new(2).unwrap();
        Visitors::new(secret, None, a_second, Clock::manual(Timestamp::default()))
    }

    #[test]
    fn those_at_one_address_may_come_all_at_once_and_then_at_their_pace() {
        let visitors = under(b"one secret");
        let office = [192, 0, 2, 1].into();
        for _ in 0..60 {
            visitors.pace().take(office, 1).unwrap();
        }
        assert_eq!(visitors.pace().take(office, 1), Err(Duration::from_millis(500)));
    }

    #[test]
    fn a_pass_is_recognised_under_its_secret_only() {
        let visitors = under(b"one secret");
        let customer = visitors.new_customer().unwrap();
        let pass = visitors.pass(&customer);
        assert_eq!(visitors.verify(&pass), Some(customer.clone()));
        assert_eq!(under(b"one secret").verify(&pass), Some(customer));
        assert_eq!(under(b"another one").verify(&pass), None);
    }

    #[test]
    fn no_two_visitors_are_the_same_customer() {
        let visitors = under(b"one secret");
        let (one, other) = (visitors.new_customer().unwrap(), visitors.new_customer().unwrap());
        assert_ne!(one, other);
        let pass = visitors.pass(&other);
        let (_, signature) = pass.split_once('.').unwrap();
        assert_eq!(visitors.verify(&format!("{one}.{signature}")), None, "another's signature");
    }

    #[test]
    fn an_altered_pass_is_nobodys() {
        let visitors = under(b"one secret");
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
        let pass = "web-00.DpfM1yTJYdwI5yFeMYZP8hPa84bkuHPiyY38Ad2LaqI";
        assert_eq!(under(&[7; 16]).verify(pass).unwrap().as_str(), "web-00");
    }
}
