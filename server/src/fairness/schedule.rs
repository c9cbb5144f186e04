//! The schedule: which party has the next turn.
//!
//! Start-time fair queueing (Goyal, Vin, Cheng: SIGCOMM 1996) in two levels. Every class and every
//! account has a tag: the time that it has used, divided by its weight. The class with the lowest
//! tag is next, and in it the account with the lowest. One that comes back from a pause goes on
//! from the tag that is served now, so nothing is saved up. Time is an argument.

use super::principal::{Class, Party};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

/// Accounts of parties without connections that are remembered, so that a party cannot get rid of
/// what it has used by connecting anew.
const REMEMBERED: usize = 1_024;

/// Whether a connection that asks for a turn has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// Its turn begins now.
    AtTurn,
    /// Others are first: it has to be parked.
    Wait,
}

/// The number of an account; of use while a connection of it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct AccountNumber(usize);

/// The time that a party has used, and its parked connections.
#[derive(Debug)]
struct Account<T> {
    party: Party,
    connections: usize,
    /// Nanoseconds.
    tag: u64,
    parked: VecDeque<T>,
    /// When it lost its last connection.
    left: u64,
}

#[derive(Debug, Default)]
struct ClassQueue {
    /// Nanoseconds by weight.
    tag: u64,
    /// The tag of the account that was served last.
    served: u64,
    /// Accounts with parked connections, by tag.
    waiting: BTreeSet<(u64, AccountNumber)>,
}

/// Invariant: an account is in its class's queue, under its tag, if and only if a connection of it
/// is parked.
#[derive(Debug)]
pub(super) struct Schedule<T> {
    classes: [ClassQueue; Class::ALL.len()],
    /// The tag of the class that was served last.
    served: u64,
    accounts: Vec<Account<T>>,
    numbers: HashMap<Party, AccountNumber>,
    free: Vec<AccountNumber>,
    /// Accounts without connections, oldest first, with the time at which they lost the last one.
    left: VecDeque<(AccountNumber, u64)>,
    leavings: u64,
    /// Parties with connections.
    parties: usize,
    parked: usize,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self {
            classes: Default::default(),
            served: 0,
            accounts: Vec::new(),
            numbers: HashMap::new(),
            free: Vec::new(),
            left: VecDeque::new(),
            leavings: 0,
            parties: 0,
            parked: 0,
        }
    }
}

impl<T> Schedule<T> {
    /// Counts a connection of a party.
    pub(super) fn enter(&mut self, party: Party) -> AccountNumber {
        let number = self.numbers.get(&party).copied().unwrap_or_else(|| self.open(party));
        let account = &mut self.accounts[number.0];
        self.parties += usize::from(account.connections == 0);
        account.connections += 1;
        number
    }

    fn open(&mut self, party: Party) -> AccountNumber {
        let tag = self.classes[party.class as usize].served;
        let (connections, left) = (0, 0);
        let account = Account { party: party.clone(), connections, tag, parked: [].into(), left };
        let number = match self.free.pop() {
            Some(number) => {
                self.accounts[number.0] = account;
                number
            }
            None => {
                self.accounts.push(account);
                AccountNumber(self.accounts.len() - 1)
            }
        };
        self.numbers.insert(party, number);
        number
    }

    /// Counts a connection of an account no longer.
    pub(super) fn leave(&mut self, number: AccountNumber) {
        let account = &mut self.accounts[number.0];
        account.connections -= 1;
        if account.connections > 0 {
            return;
        }
        self.parties -= 1;
        self.leavings += 1;
        account.left = self.leavings;
        self.left.push_back((number, self.leavings));
        while self.left.len() > REMEMBERED {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        let Some((number, left)) = self.left.pop_front() else { return };
        let account = &mut self.accounts[number.0];
        if account.connections > 0 || account.left != left {
            return;
        }
        account.left = 0;
        self.numbers.remove(&account.party);
        self.unpark_all(number);
        self.free.push(number);
    }

    /// Forgets connections that were parked when they ended.
    fn unpark_all(&mut self, number: AccountNumber) {
        let account = &mut self.accounts[number.0];
        if !account.parked.is_empty() {
            self.parked -= account.parked.len();
            account.parked.clear();
            self.classes[account.party.class as usize].waiting.remove(&(account.tag, number));
        }
    }

    /// Parties with connections.
    pub(super) const fn parties(&self) -> usize {
        self.parties
    }

    /// Parked connections, those that have ended meanwhile included.
    pub(super) const fn parked(&self) -> usize {
        self.parked
    }

    /// A connection of this account wants a turn. If others wait, it is at turn only if it is so
    /// before all of them.
    pub(super) fn ask(&mut self, number: AccountNumber) -> Ask {
        self.arrive(number);
        if self.parked > 0 && !self.is_before_all(number) {
            return Ask::Wait;
        }
        self.begin(number);
        Ask::AtTurn
    }

    /// Nothing is saved up during a pause.
    fn arrive(&mut self, number: AccountNumber) {
        let account = &mut self.accounts[number.0];
        let class = &mut self.classes[account.party.class as usize];
        if class.waiting.is_empty() {
            class.tag = class.tag.max(self.served);
        }
        if account.parked.is_empty() {
            account.tag = account.tag.max(class.served);
        }
    }

    fn is_before_all(&self, number: AccountNumber) -> bool {
        let account = &self.accounts[number.0];
        let own = account.party.class as usize;
        let tag = self.classes[own].tag;
        let is_before = |(other, class): (usize, &ClassQueue)| match class.waiting.first() {
            None => true,
            Some(&(first, _)) if other == own => account.tag < first,
            Some(_) => tag <= class.tag,
        };
        self.classes.iter().enumerate().all(is_before)
    }

    fn begin(&mut self, number: AccountNumber) {
        let account = &self.accounts[number.0];
        let class = &mut self.classes[account.party.class as usize];
        class.served = class.served.max(account.tag);
        self.served = self.served.max(class.tag);
    }

    /// Parks a connection.
    pub(super) fn park(&mut self, number: AccountNumber, connection: T) {
        self.arrive(number);
        let account = &mut self.accounts[number.0];
        if account.parked.is_empty() {
            let class = &mut self.classes[account.party.class as usize];
            class.waiting.insert((account.tag, number));
        }
        account.parked.push_back(connection);
        self.parked += 1;
    }

    /// Takes the parked connection that has the next turn.
    pub(super) fn next(&mut self) -> Option<T> {
        let waiting = self.classes.iter().filter(|class| !class.waiting.is_empty());
        let class = waiting.min_by_key(|class| class.tag)?;
        let &(tag, number) = class.waiting.first()?;
        self.begin(number);
        let account = &mut self.accounts[number.0];
        let connection = account.parked.pop_front()?;
        if account.parked.is_empty() {
            self.classes[account.party.class as usize].waiting.remove(&(tag, number));
        }
        self.parked -= 1;
        Some(connection)
    }

    /// Charges an account for a turn.
    pub(super) fn charge(&mut self, number: AccountNumber, used: Duration) {
        let nanoseconds = u64::try_from(used.as_nanos()).unwrap_or(u64::MAX);
        let account = &mut self.accounts[number.0];
        let class = &mut self.classes[account.party.class as usize];
        let heaviest = Class::Operators.weight();
        class.tag += nanoseconds * heaviest / account.party.class.weight();
        let is_waiting = class.waiting.remove(&(account.tag, number));
        account.tag += nanoseconds;
        if is_waiting {
            class.waiting.insert((account.tag, number));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::principal::Principal;
    use std::net::Ipv4Addr;

    const TURN: Duration = Duration::from_micros(200);

    fn party(class: Class, number: u8) -> Party {
        Party { class, principal: Principal::at([192, 0, 2, number].into()) }
    }

    /// Connections that always want a turn, by the number of their party.
    fn busy(schedule: &mut Schedule<AccountNumber>, parties: &[(Class, usize)]) {
        for (number, &(class, connections)) in (0..).zip(parties) {
            for _ in 0..connections {
                let account = schedule.enter(party(class, number));
                schedule.park(account, account);
            }
        }
    }

    /// The turns of each account among so many.
    fn turns(schedule: &mut Schedule<AccountNumber>, parties: usize, turns: usize) -> Vec<usize> {
        let mut had = vec![0; parties];
        for _ in 0..turns {
            let account = schedule.next().expect("all are parked again");
            had[account.0] += 1;
            schedule.charge(account, TURN);
            schedule.park(account, account);
        }
        had
    }

    #[test]
    fn law_9_parties_share_equally_whatever_the_number_of_their_connections() {
        let mut schedule = Schedule::default();
        busy(&mut schedule, &[(Class::Tokens, 1), (Class::Tokens, 16), (Class::Tokens, 200)]);
        let had = turns(&mut schedule, 3, 3_000);
        assert!(had.iter().all(|turns| turns.abs_diff(1_000) <= 1), "{had:?}");
    }

    #[test]
    fn law_9_classes_share_by_weight() {
        let mut schedule = Schedule::default();
        let without = [(Class::NoToken, 5); 10];
        let parties = [&[(Class::Operators, 1), (Class::Tokens, 100)][..], &without].concat();
        busy(&mut schedule, &parties);
        let had = turns(&mut schedule, parties.len(), 9_000);
        let (with, without) = had.split_at(2);
        assert!(with.iter().all(|turns| turns.abs_diff(4_000) <= 4), "{had:?}");
        assert!(without.iter().all(|turns| turns.abs_diff(100) <= 2), "{had:?}");
    }

    #[test]
    fn law_9_a_party_may_have_all_that_no_other_wants() {
        let mut schedule = Schedule::default();
        busy(&mut schedule, &[(Class::NoToken, 7)]);
        assert_eq!(turns(&mut schedule, 1, 500), [500]);
    }

    #[test]
    fn law_9_a_party_that_asks_little_is_at_turn_at_once() {
        let mut schedule = Schedule::default();
        busy(&mut schedule, &[(Class::Tokens, 200)]);
        let polite = schedule.enter(party(Class::Tokens, 99));
        for _ in 0..1_000 {
            turns(&mut schedule, 1, 7);
            assert_eq!(schedule.ask(polite), Ask::AtTurn);
            schedule.charge(polite, TURN / 4);
        }
    }

    #[test]
    fn a_party_that_had_a_long_turn_waits_for_the_others_to_catch_up() {
        let mut schedule = Schedule::default();
        busy(&mut schedule, &[(Class::Tokens, 3), (Class::Tokens, 1)]);
        let long = schedule.next().expect("they are parked");
        schedule.charge(long, 10 * TURN);
        schedule.park(long, long);
        let others = 1 - long.0;
        assert_eq!(turns(&mut schedule, 2, 9)[others], 9);
    }

    #[test]
    fn a_pause_saves_nothing_up() {
        let mut schedule = Schedule::default();
        let paused = schedule.enter(party(Class::Tokens, 1));
        let account = schedule.enter(party(Class::Tokens, 2));
        schedule.park(account, account);
        turns(&mut schedule, 2, 1_000);
        schedule.park(paused, paused);
        let had = turns(&mut schedule, 2, 100);
        assert!(had[0].abs_diff(50) <= 1, "{had:?}");
    }

    #[test]
    fn a_party_that_connects_anew_has_used_what_it_used_before() {
        let mut schedule: Schedule<AccountNumber> = Schedule::default();
        let other = schedule.enter(party(Class::Tokens, 1));
        let account = schedule.enter(party(Class::Tokens, 2));
        assert_eq!(schedule.ask(account), Ask::AtTurn);
        schedule.charge(account, 10 * TURN);
        schedule.leave(account);
        let account = schedule.enter(party(Class::Tokens, 2));
        schedule.park(other, other);
        assert_eq!(schedule.ask(account), Ask::Wait);
    }

    #[test]
    fn parties_that_come_and_go_are_forgotten_one_day() {
        let mut schedule: Schedule<AccountNumber> = Schedule::default();
        for number in 0..100_000u32 {
            let principal = Principal::at(Ipv4Addr::from(number).into());
            let account = schedule.enter(Party { class: Class::NoToken, principal });
            schedule.park(account, account);
            schedule.leave(account);
        }
        assert!(schedule.accounts.len() <= REMEMBERED + 1);
        assert_eq!((schedule.parties(), schedule.numbers.len()), (0, REMEMBERED));
        assert_eq!(schedule.parked(), REMEMBERED);
    }
}
