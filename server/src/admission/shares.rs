//! Places of one kind, shared among the parties that want them.

use super::places::Places;
use crate::fairness::{Class, Party};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use tokio_util::sync::CancellationToken;

/// How many places there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShareLimits {
    pub(crate) all: usize,
    /// Of these, for operators only.
    pub(crate) reserve: usize,
    /// The most that one party may have.
    pub(crate) of_one: usize,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// All are taken, and no other party has more than it would have.
    All,
    /// The party has as many as one may have.
    OfOne,
}

/// Places by party.
///
/// A party may take any that is free. Where none is, the class with most for its weight gives one
/// up to another class, and inside of a class the party with most to one with less; so a party that
/// comes later gets as much as the others have, and one that has as much as they have gets no more.
///
/// Where what is shared is bytes, a place stands for as many as its holder has now: its size. It is
/// 1 where the places themselves are shared.
///
/// Invariant: `by_class` counts and ranks what `places` has, and no party in it is without a place.
#[derive(Debug)]
pub(crate) struct Shares {
    limits: ShareLimits,
    next: u64,
    places: HashMap<Party, Places>,
    by_class: [ClassShare; Class::ALL.len()],
}

#[derive(Debug, Default)]
struct ClassShare {
    taken: usize,
    ranks: BTreeSet<Rank>,
}

/// A party by the size of its places; of several with as much, the one that has its oldest for
/// longest is the last.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    size: usize,
    oldest: Reverse<u64>,
    party: Party,
}

impl Rank {
    fn of(party: &Party, places: &Places) -> Option<Self> {
        let oldest = places.oldest()?;
        Some(Self { size: places.size(), oldest: Reverse(oldest), party: party.clone() })
    }
}

/// What a place of the class counts: the inverse of its weight.
const fn cost(class: Class) -> u64 {
    Class::Operators.weight() / class.weight()
}

impl Shares {
    pub(crate) fn new(limits: ShareLimits) -> Self {
        let (places, by_class) = (HashMap::new(), Default::default());
        Self { limits, next: 0, places, by_class }
    }

    pub(crate) fn taken(&self) -> usize {
        self.by_class.iter().map(|share| share.taken).sum()
    }

    /// Whether the party would get a place.
    ///
    /// # Errors
    /// [`Full`] says why not.
    pub(crate) fn would_take(&self, party: &Party) -> Result<(), Full> {
        self.room_for(party).map(drop)
    }

    /// Takes a place; `lost` is cancelled if it has to give way. Returns its number.
    ///
    /// # Errors
    /// [`Full`] says why there is none.
    pub(crate) fn take(&mut self, party: &Party, lost: CancellationToken) -> Result<u64, Full> {
        if let Some(loser) = self.room_for(party)? {
            self.end(&loser, Places::newest);
        }
        Ok(self.insert(party, 1, lost))
    }

    /// Takes a place of some size, whether or not there is room for it: what it stands for is there
    /// already. [`bring_back`](Self::bring_back) makes room.
    pub(crate) fn insert(&mut self, party: &Party, size: usize, lost: CancellationToken) -> u64 {
        self.next += 1;
        let number = self.next;
        self.change(party, |places| places.insert(number, size, lost));
        number
    }

    /// Changes the size of a place, if it was not lost.
    pub(crate) fn resize(&mut self, party: &Party, number: u64, size: usize) {
        if self.has(party, number) {
            self.change(party, |places| places.resize(number, size));
        }
    }

    /// Ends the largest places of this party until it has no more than one may have, and then of the
    /// party with most, in the class with most for its weight, until all fit. Returns the number of
    /// places that ended.
    pub(crate) fn bring_back(&mut self, party: &Party) -> usize {
        let mut ended = 0;
        while self.size(party) > self.limits.of_one {
            self.end(party, Places::largest);
            ended += 1;
        }
        while self.taken() > self.limits.all {
            let load = |class: &Class| self.load(*class);
            let class = Class::ALL.into_iter().max_by_key(load).expect("there are classes");
            let Some(most) = self.share(class).ranks.last() else { break };
            let most = most.party.clone();
            self.end(&most, Places::largest);
            ended += 1;
        }
        ended
    }

    /// Gives a place back. Says whether it had not been lost.
    pub(crate) fn give_back(&mut self, party: &Party, number: u64) -> bool {
        self.has(party, number) && self.change(party, |places| places.remove(number)).is_some()
    }

    pub(crate) fn has(&self, party: &Party, number: u64) -> bool {
        self.places.get(party).is_some_and(|places| places.has(number))
    }

    /// Ends the oldest place of the party with most; of several such, of the one that has its own
    /// for longest.
    pub(crate) fn end_oldest_of_most(&mut self) {
        let most = self.by_class.iter().filter_map(|share| share.ranks.last()).max();
        if let Some(Rank { party, .. }) = most.cloned() {
            self.end(&party, Places::oldest);
        }
    }

    /// The party that gives way to a new place of this one; none if there is a free place.
    fn room_for(&self, party: &Party) -> Result<Option<Party>, Full> {
        let own = self.size(party);
        if own >= self.limits.of_one {
            return Err(Full::OfOne);
        }
        let is_full = self.taken() >= self.limits.all;
        let is_operator = party.class == Class::Operators;
        let others = self.taken() - self.share(Class::Operators).taken;
        let unreserved = self.limits.all.saturating_sub(self.limits.reserve);
        if !is_full && (is_operator || others < unreserved) {
            return Ok(None);
        }
        // Beyond what is not reserved, operators have nothing to give to others.
        let may_lose = |class| class != Class::Operators || is_operator || others < unreserved;
        self.loser(party, own, may_lose).cloned().map(Some).ok_or(Full::All)
    }

    fn loser(&self, party: &Party, own: usize, may_lose: impl Fn(Class) -> bool) -> Option<&Party> {
        let classes = Class::ALL.into_iter().filter(|&class| may_lose(class));
        let largest = classes.max_by_key(|&class| self.load(class))?;
        let wanted = self.load(party.class) + cost(party.class);
        if largest != party.class && wanted <= self.load(largest).saturating_sub(cost(largest)) {
            return self.share(largest).ranks.last().map(|most| &most.party);
        }
        let most = self.share(party.class).ranks.last()?;
        (own + 1 < most.size).then_some(&most.party)
    }

    fn load(&self, class: Class) -> u64 {
        self.share(class).taken as u64 * cost(class)
    }

    fn size(&self, party: &Party) -> usize {
        self.places.get(party).map_or(0, Places::size)
    }

    fn share(&self, class: Class) -> &ClassShare {
        &self.by_class[class as usize]
    }

    /// Takes a place away from a party that has some.
    fn end(&mut self, loser: &Party, choose: fn(&Places) -> Option<u64>) {
        let chosen = self.places.get(loser).and_then(choose);
        if let Some(number) = chosen
            && let Some(lost) = self.change(loser, |places| places.remove(number))
        {
            lost.cancel();
        }
    }

    /// Changes a party's places and what is counted of them.
    fn change<T>(&mut self, party: &Party, change: impl FnOnce(&mut Places) -> T) -> T {
        let places = self.places.entry(party.clone()).or_default();
        let (before, rank_before) = (places.size(), Rank::of(party, places));
        let changed = change(places);
        let (after, rank) = (places.size(), Rank::of(party, places));
        if rank.is_none() {
            self.places.remove(party);
        }
        let share = &mut self.by_class[party.class as usize];
        share.taken = share.taken - before + after;
        rank_before.map(|rank| share.ranks.remove(&rank));
        share.ranks.extend(rank);
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::Principal;
    use std::net::IpAddr;

    fn party(class: Class, number: u8) -> Party {
        Party { class, principal: Principal::at(IpAddr::from([192, 0, 2, number])) }
    }

    fn shares(all: usize, reserve: usize) -> Shares {
        Shares::new(ShareLimits { all, reserve, of_one: usize::MAX })
    }

    fn take(shares: &mut Shares, party: &Party) -> Result<u64, Full> {
        shares.take(party, CancellationToken::new())
    }

    /// Takes as many as the party gets.
    fn take_all(shares: &mut Shares, party: &Party) -> usize {
        (0..1_000).take_while(|_| take(shares, party).is_ok()).count()
    }

    #[test]
    fn one_has_all_that_no_other_wants_and_half_when_another_does() {
        let mut shares = shares(100, 0);
        let (one, other) = (party(Class::Tokens, 1), party(Class::Tokens, 2));
        assert_eq!(take_all(&mut shares, &one), 100);
        assert_eq!(take_all(&mut shares, &other), 50);
        assert_eq!((shares.size(&one), shares.size(&other)), (50, 50));
        assert_eq!(take(&mut shares, &one), Err(Full::All), "nothing goes back and forth");
        assert_eq!(take_all(&mut shares, &party(Class::Tokens, 3)), 33);
        assert_eq!(shares.taken(), 100);
    }

    #[test]
    fn the_newest_place_of_the_party_with_most_gives_way() {
        let mut shares = shares(3, 0);
        let (one, other) = (party(Class::Tokens, 1), party(Class::Tokens, 2));
        let lost: [CancellationToken; 3] = Default::default();
        let numbers = lost.each_ref().map(|lost| shares.take(&one, lost.clone()).unwrap());
        take(&mut shares, &other).unwrap();
        assert_eq!(lost.map(|lost| lost.is_cancelled()), [false, false, true]);
        assert!(!shares.give_back(&one, numbers[2]), "it was lost");
        assert!(shares.give_back(&one, numbers[0]));
        assert_eq!((shares.size(&one), shares.taken()), (1, 2));
    }

    #[test]
    fn classes_share_by_weight() {
        let mut shares = shares(90, 0);
        let (address, token) = (party(Class::NoToken, 1), party(Class::Tokens, 2));
        let operator = party(Class::Operators, 3);
        assert_eq!(take_all(&mut shares, &address), 90);
        assert_eq!(take_all(&mut shares, &token), 72);
        take_all(&mut shares, &operator);
        let had = [&operator, &token, &address].map(|party| shares.size(party));
        assert_eq!(had, [40, 40, 10]);
        assert_eq!(take(&mut shares, &address), Err(Full::All));
    }

    #[test]
    fn many_without_a_token_take_nothing_from_those_with_one() {
        let mut shares = shares(100, 0);
        assert_eq!(take_all(&mut shares, &party(Class::Tokens, 0)), 100);
        for number in 1..=255 {
            let _ = take(&mut shares, &party(Class::NoToken, number));
        }
        assert_eq!(shares.share(Class::NoToken).taken, 20);
    }

    #[test]
    fn row_44_the_reserve_is_for_operators() {
        let mut shares = shares(10, 2);
        for number in 0..20 {
            let got = take(&mut shares, &party(Class::Tokens, number));
            assert_eq!(got.is_ok(), number < 8, "{number}");
        }
        let operator = party(Class::Operators, 99);
        take(&mut shares, &operator).unwrap();
        take(&mut shares, &operator).unwrap();
        assert_eq!(shares.taken(), 10);
        // Beyond the reserve it is a party like others.
        take(&mut shares, &operator).unwrap();
        assert_eq!((shares.taken(), shares.size(&operator)), (10, 3));
    }

    #[test]
    fn a_party_has_at_most_its_bound() {
        let mut shares = Shares::new(ShareLimits { all: 10, reserve: 0, of_one: 3 });
        let one = party(Class::Operators, 1);
        assert_eq!(take_all(&mut shares, &one), 3);
        assert_eq!(shares.would_take(&one), Err(Full::OfOne));
        assert_eq!(shares.would_take(&party(Class::Operators, 2)), Ok(()));
    }

    #[test]
    fn the_oldest_of_the_party_with_most_ends() {
        let mut shares = shares(usize::MAX, 0);
        let lost: [CancellationToken; 4] = Default::default();
        let owners = [1, 2, 2, 1].map(|number| party(Class::NoToken, number));
        for (owner, lost) in owners.iter().zip(&lost) {
            shares.take(owner, lost.clone()).unwrap();
        }
        let ended = || lost.each_ref().map(CancellationToken::is_cancelled);
        shares.end_oldest_of_most();
        assert_eq!(ended(), [true, false, false, false], "both have as many, it is the oldest");
        shares.end_oldest_of_most();
        assert_eq!(ended(), [true, true, false, false]);
        shares.end_oldest_of_most();
        shares.end_oldest_of_most();
        shares.end_oldest_of_most();
        assert_eq!((ended(), shares.taken()), ([true; 4], 0));
        assert!(
            shares.places.is_empty() && shares.by_class.iter().all(|class| class.ranks.is_empty())
        );
    }
}
