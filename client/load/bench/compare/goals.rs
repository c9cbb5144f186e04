//! The goals, and the measured figures.

use super::boxoffice::SizeCost;
use super::comparison::{DEPTH, Measurements};
use super::figure::{Figure, rate};
use super::results::ComparisonResults;
use super::subject::{BoxofficeWork, PostgresWork, RedisBrand, RedisWork, Subject};
use boxoffice_load::format::amount;
use boxoffice_load::statistics::Spread;
use boxoffice_load::table::Table;

/// The bound of a measured value.
#[derive(Debug, Clone, Copy)]
enum GoalBound {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Debug)]
struct Goal {
    what: String,
    bound: GoalBound,
    measured: Option<Spread>,
}

/// For a depth: the ratios to the limit, to Redis's script, to Redis's lock.
const DURABLE: [(u32, f64, f64, f64); 3] =
    [(1, 0.9, 1.8, 1.3), (16, 0.6, 6.0, 3.6), (64, 0.33, 8.0, 4.5)];

/// All goals with their measured values.
pub(crate) fn table(outcome: &Measurements) -> Table {
    let mut table = Table::of_figures(["what", "goal", "measured", "range", ""]);
    let results = &outcome.results;
    let goals = durable(results).into_iter().chain(others(results)).chain(large(outcome));
    for goal in goals {
        let reached = match (goal.measured, goal.bound) {
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
            reached.to_owned(),
        ]);
    }
    table
}

impl GoalBound {
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
fn durable(results: &ComparisonResults) -> Vec<Goal> {
    let script = Subject::Redis(RedisBrand::Redis, RedisWork::Script);
    let lock = Subject::Redis(RedisBrand::Redis, RedisWork::Lock);
    let mut goals = Vec::new();
    for (depth, of_limit, of_script, of_lock) in DURABLE {
        for (ours, work) in
            [(Subject::STANDING, BoxofficeWork::Standing), (Subject::SEATS, BoxofficeWork::Seats)]
        {
            let peers = [(Subject::LIMIT, of_limit), (script, of_script), (lock, of_lock)];
            goals.extend(peers.map(|(peer, bound)| Goal {
                what: format!("{work} ×{depth}, of {peer}"),
                bound: GoalBound::AtLeast(bound),
                measured: results.ratio(ours.at(depth), peer.at(depth), rate),
            }));
        }
    }
    goals
}

fn others(results: &ComparisonResults) -> Vec<Goal> {
    let at = |work: BoxofficeWork| Subject::Boxoffice(work).at(DEPTH);
    let hot = Subject::Postgres(PostgresWork::HotEvent).at(1);
    let greedy = Subject::Boxoffice(BoxofficeWork::StandingBesideGreedy).at(1);
    let p99 = |figure: &Figure| figure.p99_us;
    let goal = |what: &str, bound: GoalBound, measured: Option<Spread>| Goal {
        what: what.to_owned(),
        bound,
        measured,
    };
    vec![
        goal(
            "cost of one hot event, of 1,000 cool ones, ×16",
            GoalBound::AtMost(1.3),
            results.ratio(at(BoxofficeWork::Thousand), at(BoxofficeWork::Standing), rate),
        ),
        goal(
            "standing ×16, of PostgreSQL's `SELECT … FOR UPDATE` of one hot event",
            GoalBound::AtLeast(300.0),
            results.ratio(at(BoxofficeWork::Standing), hot, rate),
        ),
        goal(
            "reads of an event/s, ×16",
            GoalBound::AtLeast(1.5e6),
            results.rate(at(BoxofficeWork::Event)),
        ),
        goal(
            "seat maps of 100 seats/s, ×16",
            GoalBound::AtLeast(1.5e6),
            results.rate(at(BoxofficeWork::Map)),
        ),
        goal(
            "seat maps of 100,000 seats/s, beside 10,000 reservations/s, ×16",
            GoalBound::AtLeast(20_000.0),
            results.rate(at(BoxofficeWork::ChangingMap)),
        ),
        goal(
            "best 4 of 100,000 seats and their release, durable, pairs/s ×16",
            GoalBound::AtLeast(200_000.0),
            results.rate(at(BoxofficeWork::Best)),
        ),
        goal(
            "p99 ×1, of the limit's",
            GoalBound::AtMost(2.0),
            results.ratio(Subject::STANDING.at(1), Subject::LIMIT.at(1), p99),
        ),
        goal(
            "p99 ×1 while one connection keeps 10,000 in flight, of that without it",
            GoalBound::AtMost(3.0),
            results.ratio(greedy, Subject::STANDING.at(1), p99),
        ),
    ]
}

/// The cost of size, measured once.
fn large(outcome: &Measurements) -> [Goal; 3] {
    let goal = |what: &str, bound: f64, measured: fn(&SizeCost) -> f64| Goal {
        what: what.to_owned(),
        bound: GoalBound::AtMost(bound),
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
