//! Visitors: customers whom nobody knows by name. A browser that comes without a token is given a
//! *pass*, the id of a customer made up for it and a signature, and acts for that customer whenever
//! it shows it. Nothing is kept of a pass: whoever has the key can tell one from a made-up one.

use super::pace::Pace;
use crate::clock::Clock;
use boxoffice_protocol::id::CustomerId;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

/// How the ids of visitors begin.
const PREFIX: &str = "web-";

/// Random bytes of a visitor's id: nobody meets another's by chance.
const RANDOM_BYTES: usize = 16;

/// What the key is for, so that nothing else is ever signed with the same.
const PURPOSE: &[u8] = b"boxoffice: the passes of visitors, 1";

/// How long an address may save up what it does not take of its pace: those who share one come all
/// at once when sales open.
const SAVED_UP_S: u32 = 30;

/// Makes passes and recognises them, and knows how visitors are received.
pub(crate) struct Visitors {
    signing: Hmac<Sha256>,
    let_in: Option<bool>,
    pace: Pace,
}

impl Visitors {
    /// Passes under a secret, which has to be the same for as long as they are to be recognised;
    /// whether visitors are let in, and how many new reservations those at one address may make
    /// `a_second`.
    pub(crate) fn new(
        secret: &[u8],
        let_in: Option<bool>,
        a_second: NonZeroU32,
        clock: Clock,
    ) -> Self {
        let key = keyed(secret).chain_update(PURPOSE).finalize().into_bytes();
        let at_once = a_second.get().saturating_mul(SAVED_UP_S);
        let pace = Pace::new(at_once, Duration::from_secs(1) / a_second.get(), clock);
        Self { signing: keyed(&key), let_in, pace }
    }

    /// Whether they are let in; as long as nobody needs a token, where that was not said.
    pub(super) const fn are_let_in(&self) -> Option<bool> {
        self.let_in
    }

    /// At which pace they may make new reservations. A visitor costs nothing to become, so that no
    /// limit of a customer's holds for whoever becomes many; and an ended reservation is remembered
    /// for a day.
    pub(crate) const fn pace(&self) -> &Pace {
        &self.pace
    }

    /// The customer for whom a visitor acts who was never here.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub(crate) fn welcome(&self) -> Result<CustomerId, getrandom::Error> {
        let mut random = [0; RANDOM_BYTES];
        getrandom::fill(&mut random)?;
        let id = format!("{PREFIX}{}", HEXLOWER.encode(&random));
        Ok(CustomerId::parse(&id).expect("letters and digits are visible text"))
    }

    /// What shows that somebody acts for a visitor's customer: visible ASCII without spaces, quotes,
    /// commas and semicolons.
    pub(crate) fn pass(&self, customer: &CustomerId) -> String {
        let signature = self.signing.clone().chain_update(customer.as_str()).finalize();
        format!("{customer}.{}", BASE64URL_NOPAD.encode(&signature.into_bytes()))
    }

    /// Whose pass this is; nobody's if it was not made here. Takes the same time for every
    /// signature.
    pub(crate) fn recognise(&self, pass: &str) -> Option<CustomerId> {
        let (id, signature) = pass.split_once('.')?;
        let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
        self.signing.clone().chain_update(id).verify_slice(&signature).ok()?;
        CustomerId::parse(id).ok()
    }
}

/// Its key is a secret.
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
            visitors.pace().take(office).unwrap();
        }
        assert_eq!(visitors.pace().take(office), Err(Duration::from_millis(500)));
    }

    #[test]
    fn a_pass_is_recognised_under_its_secret_only() {
        let visitors = under(b"one secret");
        let customer = visitors.welcome().unwrap();
        let pass = visitors.pass(&customer);
        assert_eq!(visitors.recognise(&pass), Some(customer.clone()));
        assert_eq!(under(b"one secret").recognise(&pass), Some(customer));
        assert_eq!(under(b"another one").recognise(&pass), None);
    }

    #[test]
    fn no_two_visitors_are_the_same_customer() {
        let visitors = under(b"one secret");
        let (one, other) = (visitors.welcome().unwrap(), visitors.welcome().unwrap());
        assert_ne!(one, other);
        let pass = visitors.pass(&other);
        let (_, signature) = pass.split_once('.').unwrap();
        assert_eq!(visitors.recognise(&format!("{one}.{signature}")), None, "another's signature");
    }

    #[test]
    fn an_altered_pass_is_nobodys() {
        let visitors = under(b"one secret");
        let pass = visitors.pass(&visitors.welcome().unwrap());
        for at in 0..pass.len() {
            let mut altered = pass.clone().into_bytes();
            altered[at] ^= 1;
            let altered = String::from_utf8_lossy(&altered);
            assert_eq!(visitors.recognise(&altered), None, "{altered}");
        }
        for wrong in ["", ".", "web-1", "web-1.", &pass[..pass.len() - 1], &format!("{pass}A")] {
            assert_eq!(visitors.recognise(wrong), None, "{wrong}");
        }
    }

    /// HMAC-SHA256 under HMAC-SHA256(secret, purpose), as any other program makes it.
    #[test]
    fn a_pass_stays_what_it_is() {
        let pass = "web-00.DpfM1yTJYdwI5yFeMYZP8hPa84bkuHPiyY38Ad2LaqI";
        assert_eq!(under(&[7; 16]).recognise(pass).unwrap().as_str(), "web-00");
    }
}
