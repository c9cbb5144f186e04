//! How many reservations each customer's token has made lately, so that none of them uses up the
//! memory for ended ones, in which every id stays for a day.
//!
//! The threshold is dynamic (Choudhury and Hahne, 1998): a token may have made as many as there is
//! still room for. It has all that it needs while nothing is scarce; one that never stops gets half
//! of the room, a second one a third, and a newcomer finds room beside any number of them.

use boxoffice_protocol::id::Principal;
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::collections::HashMap;

/// Spans of time that are counted by themselves. Together they are 30 hours: an id is remembered for
/// a day from the end of its reservation, and a hold lives for two hours.
const SPANS: usize = 15;

const SPAN_MS: u64 = 2 * 60 * 60 * 1_000;

/// Accounts of customers' tokens: as many as there are tokens that made a reservation lately.
#[derive(Debug, Default)]
pub(super) struct CustomerTokens(Mutex<HashMap<Principal, Account>>);

/// The reservations of one token, by the spans in which it made them.
#[derive(Debug, Default)]
struct Account {
    /// The last span that is counted.
    last: u64,
    spans: [u32; SPANS],
    sum: u64,
}

impl Account {
    /// Forgets the spans that are over.
    fn go_on_to(&mut self, span: u64) {
        let over = span.saturating_sub(self.last).min(SPANS as u64);
        for gone in self.last + 1..=self.last + over {
            let count = std::mem::take(self.at(gone));
            self.sum -= u64::from(count);
        }
        self.last = self.last.max(span);
    }

    fn at(&mut self, span: u64) -> &mut u32 {
        let place = usize::try_from(span % SPANS as u64).expect("it is less than the spans");
        &mut self.spans[place]
    }

    /// Counts one more in a span that it has gone on to.
    fn add(&mut self, span: u64) {
        let count = self.at(span);
        if *count < u32::MAX {
            *count += 1;
            self.sum += 1;
        }
    }
}

impl CustomerTokens {
    /// Counts one more reservation of a token, if it has made fewer than there is `room` for.
    pub(super) fn take(&self, token: &Principal, now: Timestamp, room: u64) -> bool {
        let mut accounts = self.0.lock();
        let span = now.as_ms() / SPAN_MS;
        if let Some(account) = accounts.get_mut(token) {
            account.go_on_to(span);
            if account.sum >= room {
                return false;
            }
            account.add(span);
            return true;
        }
        if room == 0 {
            return false;
        }
        if accounts.len() == accounts.capacity() {
            // Before the table grows, those that made none lately go.
            accounts.retain(|_, account| {
                account.go_on_to(span);
                account.sum > 0
            });
        }
        let account = accounts.entry(token.clone()).or_default();
        account.go_on_to(span);
        account.add(span);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_was_made_a_while_ago_counts_no_more() {
        let tokens = CustomerTokens::default();
        let (ann, bob) = (token("ann"), token("bob"));
        let begin = Timestamp::from_ms(1_800_000_000_000);
        let take = |token: &Principal, hours: u64, room| {
            tokens.take(token, begin.plus(Duration::from_hours(hours)), room)
        };
        assert!(!take(&ann, 0, 0), "there is no room");
        assert!(take(&ann, 0, 3) && take(&ann, 1, 3) && take(&ann, 10, 3));
        assert!(!take(&ann, 20, 3), "three are as many as there is room for");
        assert!(take(&bob, 20, 3), "another token has an account of its own");
        assert!(take(&ann, 20, 4), "there is more room");
        assert!(take(&ann, 33, 3), "those of the first hours are forgotten");
        assert!(!take(&ann, 33, 3));
        assert!(take(&ann, 1_000, 1), "all are");
        assert!(!take(&ann, 1_000, 1));
    }

    fn token(name: &str) -> Principal {
        Principal::parse(name).expect("a name")
    }
}
