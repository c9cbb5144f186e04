//! Counters of what happens for every request, without a locked instruction.
//!
//! Each thread writes into a lane of its own: counting is a load and a store. Reading adds up all
//! lanes. If there are more threads than lanes, the last ones share a lane, with atomic additions.

use super::histogram::{Histogram, HistogramCounts, Writers, nanoseconds};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::RequestKind;
use std::array::from_fn;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// Lanes that belong to one thread each, a bit of [`TAKEN`] each.
const LANES: usize = 16;

/// The kinds of requests, and `other`.
const KINDS: usize = RequestKind::ALL.len() + 1;
const REFUSALS: usize = Refusal::KINDS as usize;

/// A listener of the server, by the protocol that it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    Tcp,
    Http,
}

impl Listener {
    pub const ALL: [Self; 2] = [Self::Tcp, Self::Http];

    /// The label in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Http => "http",
        }
    }
}

/// The lanes of all threads.
#[derive(Debug)]
pub(super) struct Lanes(Box<[Lane]>);

/// The counters of one thread, on cache lines of their own.
#[derive(Debug)]
#[repr(align(128))]
struct Lane {
    /// By listener and kind.
    requests: [[AtomicU64; KINDS]; 2],
    /// By listener, and by the refusal's code less one.
    refusals: [[AtomicU64; REFUSALS]; 2],
    changes: Histogram,
    looks: Histogram,
    /// HTTP answers, by kind.
    http: [HttpAnswers; KINDS],
}

/// HTTP answers to one kind of request.
#[derive(Debug)]
struct HttpAnswers {
    times: Histogram,
    /// By the status's first digit.
    statuses: [AtomicU64; STATUSES.len()],
}

/// The classes of a status, from 1 on.
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The label of a kind.
fn name_of(kind: usize) -> &'static str {
    RequestKind::ALL.get(kind).map_or("other", |kind| kind.name())
}

fn place_of(kind: Option<RequestKind>) -> usize {
    kind.map_or(KINDS - 1, |kind| kind as usize)
}

impl Default for Lanes {
    fn default() -> Self {
        let lane = |_| Lane {
            requests: from_fn(|_| from_fn(|_| AtomicU64::new(0))),
            refusals: from_fn(|_| from_fn(|_| AtomicU64::new(0))),
            changes: Histogram::of_spans(),
            looks: Histogram::of_spans(),
            http: from_fn(|_| HttpAnswers {
                times: Histogram::of_spans(),
                statuses: from_fn(|_| AtomicU64::new(0)),
            }),
        };
        Self((0..=LANES).map(lane).collect())
    }
}

/// The counters of the calling thread. Of no use to another thread, or later.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThreadCounters<'a> {
    lane: &'a Lane,
    writers: Writers,
}

/// The lane of the calling thread. Of no use to another thread, or later.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LaneNumber(usize);

impl LaneNumber {
    pub(crate) fn here() -> Self {
        Self(OWN.try_with(|own| own.0).ok().flatten().unwrap_or(LANES))
    }
}

impl Lanes {
    pub(super) fn counters(&self, LaneNumber(number): LaneNumber) -> ThreadCounters<'_> {
        let writers = if number < LANES { Writers::One } else { Writers::Many };
        ThreadCounters { lane: &self.0[number], writers }
    }

    fn sum(&self, of: impl Fn(&Lane) -> &AtomicU64) -> u64 {
        self.0.iter().map(|lane| of(lane).load(Ordering::Relaxed)).sum()
    }

    fn merged(&self, of: impl Fn(&Lane) -> &Histogram) -> HistogramCounts {
        let counted = self.0.iter().map(|lane| of(lane).counted());
        counted.reduce(|all, one| all.and(&one)).expect("there is a lane")
    }

    /// A listener's requests, by kind.
    pub(super) fn requests(&self, listener: Listener) -> impl Iterator<Item = (&'static str, u64)> {
        (0..KINDS).map(move |kind| {
            let count = self.sum(|lane| &lane.requests[listener as usize][kind]);
            (name_of(kind), count)
        })
    }

    /// A listener's refusals, by kind.
    pub(super) fn refusals(&self, listener: Listener) -> impl Iterator<Item = (&'static str, u64)> {
        (0..Refusal::KINDS).filter_map(move |index| {
            let count = self.sum(|lane| &lane.refusals[listener as usize][usize::from(index)]);
            Some((Refusal::name_of(index + 1)?, count))
        })
    }

    /// The time from deciding a change to its reply leaving.
    pub(super) fn changes(&self) -> HistogramCounts {
        self.merged(|lane| &lane.changes)
    }

    /// The time from deciding any other request to its reply leaving.
    pub(super) fn looks(&self) -> HistogramCounts {
        self.merged(|lane| &lane.looks)
    }

    /// HTTP answers: kind, class of status, and number.
    pub(super) fn http_answers(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let each = (0..KINDS).flat_map(|kind| (0..STATUSES.len()).map(move |class| (kind, class)));
        each.map(|(kind, class)| {
            let count = self.sum(|lane| &lane.http[kind].statuses[class]);
            (name_of(kind), STATUSES[class], count)
        })
    }

    /// The time of HTTP answers, by kind.
    pub(super) fn http_took(&self) -> impl Iterator<Item = (&'static str, HistogramCounts)> {
        (0..KINDS).map(|kind| (name_of(kind), self.merged(|lane| &lane.http[kind].times)))
    }
}

impl ThreadCounters<'_> {
    /// Counts a request of a listener; `None` stands for an unreadable one.
    pub(crate) fn count_request(self, listener: Listener, kind: Option<RequestKind>) {
        self.writers.add(&self.lane.requests[listener as usize][place_of(kind)], 1);
    }

    /// Counts an HTTP answer; `None` stands for a request that is none of the protocol's.
    pub(crate) fn count_http_answer(self, kind: Option<RequestKind>, status: u16, took: Duration) {
        let HttpAnswers { times, statuses } = &self.lane.http[place_of(kind)];
        times.record(nanoseconds(took), 1, self.writers);
        if let Some(class) = statuses.get(usize::from(status / 100).wrapping_sub(1)) {
            self.writers.add(class, 1);
        }
    }

    pub(crate) fn count_refusal(self, listener: Listener, refusal: &Refusal) {
        let index = usize::from(refusal.code()) - 1;
        self.writers.add(&self.lane.refusals[listener as usize][index], 1);
    }

    /// Counts replies that left after this time: so many to changes, so many to other requests.
    pub(crate) fn count_replies(self, after: Duration, changes: u32, looks: u32) {
        let nanoseconds = nanoseconds(after);
        for (histogram, times) in [(&self.lane.changes, changes), (&self.lane.looks, looks)] {
            if times > 0 {
                histogram.record(nanoseconds, times.into(), self.writers);
            }
        }
    }
}

/// The taken lanes, by bits. What a thread counted happens before the lane's next owner counts.
static TAKEN: AtomicU32 = AtomicU32::new(0);

thread_local! {
    static OWN: Own = Own::take();
}

/// The number of this thread's lane; none if all are taken.
struct Own(Option<usize>);

impl Own {
    fn take() -> Self {
        let first_free = |taken: u32| Some(taken.trailing_ones() as usize).filter(|&n| n < LANES);
        let take = |taken| first_free(taken).map(|lane| taken | 1 << lane);
        let before = TAKEN.fetch_update(Ordering::Acquire, Ordering::Relaxed, take);
        Self(before.ok().and_then(first_free))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(lane) = self.0 {
            TAKEN.fetch_and(!(1 << lane), Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    fn counted(lanes: &Lanes) -> u64 {
        lanes.requests(Listener::Tcp).map(|(_, count)| count).sum()
    }

    fn ask(lanes: &Lanes) {
        here(lanes).count_request(Listener::Tcp, Some(RequestKind::Ping));
    }

    fn here(lanes: &Lanes) -> ThreadCounters<'_> {
        lanes.counters(LaneNumber::here())
    }

    #[test]
    fn nothing_is_lost_where_threads_come_and_go_and_are_more_than_lanes() {
        const THREADS: u64 = 100;
        const EACH: u64 = 5_000;
        let lanes = Lanes::default();
        for _ in 0..3 {
            thread::scope(|scope| {
                for _ in 0..THREADS {
                    scope.spawn(|| (0..EACH).for_each(|_| ask(&lanes)));
                }
            });
        }
        assert_eq!(counted(&lanes), 3 * THREADS * EACH);
    }

    #[test]
    fn each_is_counted_under_its_name() {
        let lanes = Lanes::default();
        here(&lanes).count_request(Listener::Tcp, Some(RequestKind::Stats));
        here(&lanes).count_request(Listener::Tcp, None);
        here(&lanes).count_refusal(Listener::Http, &Refusal::CLOSED);
        here(&lanes).count_replies(Duration::from_micros(20), 2, 1);
        let named = |mut counts: Box<dyn Iterator<Item = (&'static str, u64)> + '_>, name| {
            counts.find(|count| count.0 == name).expect("it has a name").1
        };
        assert_eq!(named(Box::new(lanes.requests(Listener::Tcp)), "Stats"), 1);
        assert_eq!(named(Box::new(lanes.requests(Listener::Tcp)), "other"), 1);
        assert_eq!(named(Box::new(lanes.refusals(Listener::Http)), "SalesClosed"), 1);
        assert_eq!(named(Box::new(lanes.refusals(Listener::Tcp)), "SalesClosed"), 0);
        assert_eq!((lanes.changes().count(), lanes.looks().count()), (2, 1));
        assert_eq!(lanes.changes().sum, 40_000);
        here(&lanes).count_http_answer(Some(RequestKind::Hold), 409, Duration::from_micros(7));
        here(&lanes).count_http_answer(None, 999, Duration::ZERO);
        let answered: Vec<_> = lanes.http_answers().filter(|answers| answers.2 > 0).collect();
        assert_eq!(answered, [("Hold", "4xx", 1)]);
        let took = lanes.http_took().filter(|took| took.1.count() > 0);
        assert_eq!(took.map(|took| took.0).collect::<Vec<_>>(), ["Hold", "other"]);
    }
}
