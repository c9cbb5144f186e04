//! What is aimed at, and how far the figures are from it.

use crate::compare::boxoffice::{Large, Work};
use crate::compare::comparison::{DEPTH, Outcome};
use crate::compare::postgres;
use crate::compare::redis::{self, Brand};
use crate::compare::results::{Figure, Results, rate};
use crate::compare::statistics::Spread;
use crate::compare::subject::Subject;
use crate::compare::table::{Table, amount};

/// On which side of a value the measured one has to be.
#[derive(Debug, Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Debug)]
struct Goal {
    what: String,
    bound: Bound,
    measured: Option<Spread>,
}

/// For a depth: of the limit, of Redis's script, of Redis's lock.
const DURABLE: [(u32, f64, f64, f64); 3] =
    [(1, 0.9, 1.8, 1.3), (16, 0.6, 6.0, 3.6), (64, 0.33, 8.0, 4.5)];

/// Every goal with what was measured, met or not.
pub(crate) fn table(outcome: &Outcome) -> Table {
    let mut table = Table::new(["what", "goal", "measured", "range", ""]);
    let results = &outcome.results;
    let goals = durable(results).into_iter().chain(others(results)).chain(large(outcome));
    for goal in goals {
        let verdict = match (goal.measured, goal.bound) {
            (None, _) => "not measured",
            (Some(measured), bound) if bound.holds(measured.median) => "met",
            (Some(_), _) => "missed",
        };
        let measured = goal.measured.map(|measured| amount(measured.median));
        let range = goal.measured.map(|it| format!("{}–{}", amount(it.low), amount(it.high)));
        table.row([
            goal.what,
            goal.bound.text(),
            measured.unwrap_or_default(),
            range.unwrap_or_default(),
            verdict.to_owned(),
        ]);
    }
    table
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {}", amount(bound)),
            Self::AtMost(bound) => format!("≤ {}", amount(bound)),
        }
    }
}

/// Durable reservations: the ratio to the limit binds, Redis is beside it for the reader.
fn durable(results: &Results) -> Vec<Goal> {
    let script = Subject::Redis(Brand::Redis, redis::Work::Script);
    let lock = Subject::Redis(Brand::Redis, redis::Work::Lock);
    let mut goals = Vec::new();
    for (depth, of_limit, of_script, of_lock) in DURABLE {
        for (ours, work) in [(Subject::STANDING, Work::Standing), (Subject::SEATS, Work::Seats)] {
            let peers = [(Subject::LIMIT, of_limit), (script, of_script), (lock, of_lock)];
            goals.extend(peers.map(|(peer, bound)| Goal {
                what: format!("{work} ×{depth}, of {peer}"),
                bound: Bound::AtLeast(bound),
                measured: results.ratio(ours.at(depth), peer.at(depth), rate),
            }));
        }
    }
    goals
}

fn others(results: &Results) -> Vec<Goal> {
    let at = |work: Work| Subject::Boxoffice(work).at(DEPTH);
    let hot = Subject::Postgres(postgres::Work::HotEvent).at(1);
    let greedy = Subject::Boxoffice(Work::StandingBesideGreedy).at(1);
    let p99 = |figure: &Figure| figure.p99_us;
    let goal = |what: &str, bound: Bound, measured: Option<Spread>| Goal {
        what: what.to_owned(),
        bound,
        measured,
    };
    vec![
        goal(
            "cost of one hot event, of 1,000 cool ones, ×16",
            Bound::AtMost(1.3),
            results.ratio(at(Work::Thousand), at(Work::Standing), rate),
        ),
        goal(
            "standing ×16, of PostgreSQL's `SELECT … FOR UPDATE` of one hot event",
            Bound::AtLeast(300.0),
            results.ratio(at(Work::Standing), hot, rate),
        ),
        goal("reads of an event/s, ×16", Bound::AtLeast(1.5e6), results.rate(at(Work::Event))),
        goal("seat maps of 100 seats/s, ×16", Bound::AtLeast(1.5e6), results.rate(at(Work::Map))),
        goal(
            "seat maps of 100,000 seats/s, beside 10,000 reservations/s, ×16",
            Bound::AtLeast(20_000.0),
            results.rate(at(Work::ChangingMap)),
        ),
        goal(
            "best 4 of 100,000 seats and their release, durable, pairs/s ×16",
            Bound::AtLeast(200_000.0),
            results.rate(at(Work::Best)),
        ),
        goal(
            "p99 ×1, of the limit's",
            Bound::AtMost(2.0),
            results.ratio(Subject::STANDING.at(1), Subject::LIMIT.at(1), p99),
        ),
        goal(
            "p99 ×1 while one connection keeps 10,000 in flight, of that without it",
            Bound::AtMost(3.0),
            results.ratio(greedy, Subject::STANDING.at(1), p99),
        ),
    ]
}

/// What size costs, measured once.
fn large(outcome: &Outcome) -> [Goal; 3] {
    let goal = |what: &str, bound: f64, measured: fn(&Large) -> f64| Goal {
        what: what.to_owned(),
        bound: Bound::AtMost(bound),
        measured: outcome.large.as_ref().and_then(|large| Spread::of(vec![measured(large)])),
    };
    [
        goal("cost of a reservation beside 10 million live, of one beside few", 1.5, |large| {
            large.small_per_second / large.large_per_second
        }),
        goal("resident bytes of a confirmed seat at 10 million", 120.0, |large| large.bytes_each),
        goal("resident bytes with 10,000 idle connections", 200e6, |large| large.idle_bytes),
    ]
}
