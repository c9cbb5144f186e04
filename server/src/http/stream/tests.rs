//! Broadcasts without sockets.

use super::broadcast::{Broadcast, EventNews, NextBytes, StreamCursor};
use super::render::tests::hall;
use boxoffice_inventory::NoPlans;
use boxoffice_protocol::change::{PlacesChanged, SeatsNow};
use boxoffice_protocol::event::{Counts, PlaceState};
use boxoffice_protocol::id::{EventId, Seat};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Poll, Wake, Waker};

#[derive(Debug, Default)]
struct CountedWakes(AtomicUsize);

impl Wake for CountedWakes {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A stream, and what it received.
#[derive(Default)]
struct Ear {
    cursor: StreamCursor,
    sleeper: Arc<CountedWakes>,
    gaps: usize,
}

impl Ear {
    fn behind(version: u64) -> Self {
        Self { cursor: StreamCursor::behind(Some(version)), ..Self::default() }
    }

    /// The names and versions of the events until there are no more; a last dash if the stream is
    /// over.
    fn hear(&mut self, broadcast: &Broadcast) -> String {
        let mut heard = String::new();
        loop {
            let waker = Waker::from(Arc::clone(&self.sleeper));
            match broadcast.next(&mut self.cursor, &waker) {
                Poll::Ready(Some(NextBytes { bytes, gap })) => {
                    self.gaps += usize::from(gap);
                    heard += &summary(std::str::from_utf8(&bytes).expect("UTF-8"));
                }
                Poll::Ready(None) => return heard + "-",
                Poll::Pending => return heard,
            }
        }
    }

    fn woken(&self) -> usize {
        self.sleeper.0.swap(0, Ordering::SeqCst)
    }
}

/// `snapshot 1, change 2, ` for the bytes of a stream.
fn summary(sent: &str) -> String {
    let blocks = sent.split_terminator("\n\n").map(|block| {
        let field = |name| block.lines().find_map(|line| line.strip_prefix(name));
        match (field("event: "), field("id: ")) {
            (Some(event), Some(id)) => format!("{event} {id}, "),
            _ => format!("{block}, "),
        }
    });
    blocks.collect()
}

fn broadcast() -> Broadcast {
    let broadcast = Broadcast::new(EventId::parse("film").expect("a slug"), Arc::new(NoPlans));
    broadcast.publish(vec![(1, EventNews::Renewed(hall(&[4, 4])))]);
    broadcast
}

fn taken(number: u16) -> EventNews {
    let seats = std::iter::once(Seat::new(0, 0, number)).collect();
    let seats = vec![SeatsNow { state: PlaceState::Sold, seats }];
    EventNews::Changed(PlacesChanged {
        seats: seats.into(),
        counts: vec![(0, Counts::default())].into(),
    })
}

#[test]
fn everybody_begins_with_a_snapshot_and_hears_every_change() {
    let broadcast = broadcast();
    let (mut early, mut late) = (Ear::default(), Ear::default());
    assert_eq!(early.hear(&broadcast), "snapshot 1, ");
    broadcast.publish(vec![(2, taken(0))]);
    broadcast.publish(vec![(3, taken(1)), (4, taken(2))]);
    assert_eq!(early.hear(&broadcast), "change 2, change 4, ");
    assert_eq!(late.hear(&broadcast), "snapshot 4, ");
    assert_eq!((early.hear(&broadcast), late.hear(&broadcast)), (String::new(), String::new()));
}

#[test]
fn who_comes_back_goes_on_where_it_was() {
    let broadcast = broadcast();
    broadcast.publish(vec![(2, taken(0))]);
    broadcast.publish(vec![(3, taken(1)), (5, taken(2))]);
    for (version, heard) in [
        (1, "change 2, change 5, "),
        (2, "change 5, "),
        (5, ""),
        (0, "snapshot 5, "),
        (4, "snapshot 5, "),
        (u64::MAX, "snapshot 5, "),
    ] {
        let mut ear = Ear::behind(version);
        assert_eq!((ear.hear(&broadcast).as_str(), ear.gaps), (heard, 0), "from {version}");
    }
}

#[test]
fn who_is_too_far_behind_begins_again() {
    let broadcast = broadcast();
    let mut slow = Ear::default();
    slow.hear(&broadcast);
    (2..2_000).for_each(|version| broadcast.publish(vec![(version, taken(0))]));
    assert_eq!((slow.hear(&broadcast).as_str(), slow.gaps), ("snapshot 1999, ", 1));
}

#[test]
fn law_9_a_large_snapshot_is_written_beside_and_what_came_since_follows() {
    let broadcast = Broadcast::new(EventId::parse("hall").expect("a slug"), Arc::new(NoPlans));
    broadcast.publish(vec![(1, EventNews::Renewed(hall(&[4_000; 6])))]);
    let (mut ear, mut gone) = (Ear::default(), Ear::default());
    assert_eq!((ear.hear(&broadcast), gone.hear(&broadcast)), (String::new(), String::new()));
    assert_eq!(broadcast.count_behind(64), 0, "no stream is woken before it is written");
    broadcast.forget(&mut gone.cursor);
    let work = broadcast.snapshot_to_write().expect("a stream waits");
    broadcast.publish(vec![(2, taken(0))]);
    broadcast.snapshot_written(work.version, work.write());
    assert_eq!(broadcast.count_behind(64), 1);
    broadcast.wake(64);
    assert_eq!((ear.woken(), gone.woken()), (1, 0));
    assert_eq!(ear.hear(&broadcast), "snapshot 1, change 2, ");
    assert_eq!(Ear::default().hear(&broadcast), "snapshot 1, change 2, ", "it is written once");
    assert!(broadcast.snapshot_to_write().is_none());
    broadcast.publish(vec![(3, EventNews::Renewed(hall(&[4_001; 6])))]);
    assert_eq!(ear.hear(&broadcast), "");
    broadcast.publish(vec![(4, EventNews::Deleted)]);
    broadcast.wake(64);
    assert_eq!((ear.woken(), ear.hear(&broadcast).as_str()), (1, "ended 4, -"));
}

#[test]
fn new_terms_are_a_new_snapshot_and_no_gap() {
    let broadcast = broadcast();
    let mut ear = Ear::default();
    ear.hear(&broadcast);
    broadcast.publish(vec![(2, taken(0)), (3, EventNews::Renewed(hall(&[4, 5])))]);
    assert_eq!((ear.hear(&broadcast).as_str(), ear.gaps), ("snapshot 3, ", 0));
}

#[test]
fn changes_that_the_follower_missed_are_told_as_one() {
    let broadcast = broadcast();
    let mut ear = Ear::default();
    ear.hear(&broadcast);
    broadcast.publish(vec![(900, EventNews::Skipped(hall(&[4, 4])))]);
    assert_eq!(ear.hear(&broadcast), "change 900, ");
    broadcast.publish(vec![(1_800, EventNews::Skipped(hall(&[4, 5])))]);
    assert_eq!(ear.hear(&broadcast), "snapshot 1800, ");
}

#[test]
fn what_is_longer_than_a_snapshot_is_one() {
    let broadcast = Broadcast::new(EventId::parse("hall").expect("a slug"), Arc::new(NoPlans));
    broadcast.publish(vec![(1, EventNews::Renewed(hall(&[4_000, 4_000])))]);
    let mut ear = Ear::default();
    ear.hear(&broadcast);
    let taken = |seats: u16| {
        let rows = (0..2).flat_map(|row| (0..seats).map(move |number| Seat::new(0, row, number)));
        let seats = vec![SeatsNow { state: PlaceState::Held, seats: rows.collect() }];
        EventNews::Changed(PlacesChanged {
            seats: seats.into(),
            counts: vec![(0, Counts::default())].into(),
        })
    };
    broadcast.publish(vec![(2, taken(100))]);
    assert_eq!(ear.hear(&broadcast), "change 2, ");
    broadcast.publish(vec![(3, taken(4_000))]);
    assert_eq!((ear.hear(&broadcast).as_str(), ear.gaps), ("snapshot 3, ", 0));
}

#[test]
fn a_deletion_is_the_last_word() {
    let broadcast = broadcast();
    let mut ear = Ear::default();
    ear.hear(&broadcast);
    broadcast.publish(vec![(2, taken(0)), (3, EventNews::Deleted)]);
    assert_eq!(ear.hear(&broadcast), "change 2, ended 3, -");
    assert_eq!(Ear::behind(1).hear(&broadcast), "change 2, ended 3, -");
    assert_eq!(Ear::default().hear(&broadcast), "ended 3, -");
}

#[test]
fn a_cut_says_nothing() {
    let broadcast = broadcast();
    let mut ear = Ear::default();
    ear.hear(&broadcast);
    broadcast.cut();
    assert_eq!((ear.woken(), ear.hear(&broadcast).as_str()), (1, "-"));
}

#[test]
fn those_who_sleep_longest_are_woken_first_and_only_those_who_are_behind() {
    let broadcast = broadcast();
    let mut ears: Vec<Ear> = (0..5).map(|_| Ear::default()).collect();
    ears.iter_mut().for_each(|ear| drop(ear.hear(&broadcast)));
    assert_eq!(broadcast.count_behind(64), 0);
    broadcast.wake(64);
    let woken = |ears: &[Ear]| ears.iter().map(Ear::woken).collect::<Vec<_>>();
    assert_eq!(woken(&ears), [0; 5]);
    broadcast.publish(vec![(2, taken(0))]);
    assert_eq!((broadcast.count_behind(3), broadcast.count_behind(64)), (3, 5));
    broadcast.wake(3);
    assert_eq!(woken(&ears), [1, 1, 1, 0, 0]);
    ears[0].hear(&broadcast);
    broadcast.wake(64);
    assert_eq!(woken(&ears), [0, 0, 0, 1, 1]);
    assert_eq!(broadcast.count_behind(64), 0);
}

#[test]
fn who_has_gone_is_not_woken() {
    let broadcast = broadcast();
    let (mut gone, mut there) = (Ear::default(), Ear::default());
    gone.hear(&broadcast);
    there.hear(&broadcast);
    broadcast.forget(&mut gone.cursor);
    broadcast.publish(vec![(2, taken(0))]);
    broadcast.wake(64);
    assert_eq!((gone.woken(), there.woken()), (0, 1));
}

#[test]
fn who_hears_nothing_for_long_hears_that() {
    let broadcast = broadcast();
    let (mut idle, mut slow) = (Ear::default(), Ear::default());
    idle.hear(&broadcast);
    broadcast.keep_alive();
    broadcast.wake(64);
    assert_eq!((idle.woken(), idle.hear(&broadcast).as_str()), (1, ": keep-alive, "));
    assert_eq!(idle.hear(&broadcast), "");
    broadcast.keep_alive();
    assert_eq!(slow.hear(&broadcast), "snapshot 1, ");
}
