//! Workloads without a server: what they ask, and how they take the answers.

use super::*;
use boxoffice_client::protocol::id::EventId;
use boxoffice_client::protocol::request::{Freshness, Request};
use boxoffice_client::protocol::reservation::Selection;
use boxoffice_client::protocol::time::Timestamp;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

const OPTIONS: WorkloadOptions = WorkloadOptions {
    party: None,
    think: Duration::from_millis(100),
    freshness: Freshness::Cached,
};

/// A millisecond, which is how far apart requests are here.
const STEP_NS: u64 = 1_000_000;

fn venues(events: u32, size: VenueSize) -> Vec<Venue> {
    let event = |index| EventId::parse(&format!("bench-{index}")).expect("a slug");
    (0..events)
        .map(|index| Venue { event: event(index), index, size, hold_ms: Some(2_000) })
        .collect()
}

fn requests(seed: u64, thread: (u32, u32)) -> RequestMaker {
    RequestMaker::new(seed, thread, Timestamp::from_ms(1_767_225_600_000), RunIds::new())
}

fn workload(mix: &str, venues: &[Venue], thread: (u32, u32)) -> Box<dyn Workload> {
    let mix: Mix = mix.parse().expect("a mix");
    let venues: Vec<_> = mix.parts().iter().map(|_| venues.to_vec()).collect();
    mix.workload(&venues, &OPTIONS, thread)
}

/// Asks so many times and answers each at once as `outcome` says. Returns what was asked.
fn drive(
    workload: &mut dyn Workload,
    requests: &mut RequestMaker,
    times: u64,
    outcome: impl Fn(&SentRequest) -> StepOutcome,
) -> Vec<(SentRequest, Request)> {
    let mut all = Vec::new();
    for now_ns in (0..times).map(|step| step * STEP_NS) {
        let NextRequest::Send(sent, request) = workload.next(requests, now_ns) else { break };
        workload.answered(requests, &sent, outcome(&sent), now_ns);
        all.push((sent, request));
    }
    all
}

fn done(_: &SentRequest) -> StepOutcome {
    StepOutcome::Done
}

fn count(all: &[(SentRequest, Request)], step: WorkloadStep) -> usize {
    all.iter().filter(|(sent, _)| sent.step == step).count()
}

#[test]
fn a_seed_asks_the_same_again() {
    for description in &WORKLOADS {
        let sent = |seed| {
            let mut workload = workload(description.word, &venues(3, description.size), (0, 2));
            let sent = drive(&mut *workload, &mut requests(seed, (0, 2)), 500, done);
            sent.into_iter().map(|(sent, request)| {
                // Ids and customers are the run's own.
                let selection = match request {
                    Request::Reserve { selection, .. } | Request::Hold { selection, .. } => {
                        Some(selection)
                    }
                    _ => None,
                };
                (sent.step, sent.event, sent.number, selection)
            })
        };
        assert!(sent(7).eq(sent(7)), "{}", description.word);
    }
    let rush = |seed| {
        let mut workload = workload("rush", &venues(1, VenueSize::Seats(20_000)), (0, 1));
        drive(&mut *workload, &mut requests(seed, (0, 1)), 10, done).into_iter().map(|it| it.1)
    };
    assert!(!rush(7).eq(rush(8)));
}

#[test]
fn the_threads_take_every_seat_once() {
    let (events, seats, threads) = (3, 1_234, 3);
    let mut taken = HashSet::new();
    let mut numbers = HashSet::new();
    for thread in 0..threads {
        let mut workload =
            workload("seats", &venues(events, VenueSize::Seats(seats)), (thread, threads));
        let all = drive(&mut *workload, &mut requests(1, (thread, threads)), u64::MAX, done);
        for (sent, request) in all {
            let Request::Reserve { event, selection: Selection::Seats(labels), .. } = request
            else {
                panic!("seats are reserved")
            };
            assert_eq!(labels.as_slice().len(), 1);
            assert!(taken.insert((event, labels.as_slice()[0].clone())), "a seat twice");
            assert!(numbers.insert(sent.number), "a number twice");
        }
    }
    assert_eq!(taken.len(), (events * seats) as usize);
}

#[test]
fn a_rush_wants_one_to_four_seats_that_exist() {
    let venues = venues(1, VenueSize::Seats(1_003));
    let spec = venues[0].spec(Timestamp::from_ms(0)).expect("within the bounds");
    let mut workload = workload("rush", &venues, (0, 1));
    let mut parties = HashMap::new();
    for (_, request) in
        drive(&mut *workload, &mut requests(1, (0, 1)), 10_000, |_| StepOutcome::Refused)
    {
        let Request::Reserve { selection: Selection::Seats(labels), .. } = request else {
            panic!("seats are reserved")
        };
        *parties.entry(labels.as_slice().len()).or_insert(0) += 1;
        assert!(labels.as_slice().iter().all(|label| spec.sections.seat(label).is_some()));
    }
    assert_eq!(parties.len(), 4, "{parties:?}");
    assert!(parties[&2] > parties[&1] && parties[&1] > parties[&3], "{parties:?}");
}

#[test]
fn of_a_hundred_holds_seventy_are_confirmed_ten_released_and_only_after_thinking() {
    let mut workload = workload("holds", &venues(1, VenueSize::Seats(100_000)), (0, 1));
    let all = drive(&mut *workload, &mut requests(1, (0, 1)), 50_000, done);
    let holds = count(&all, WorkloadStep::Hold) as f64;
    let part = |step| count(&all, step) as f64 / holds;
    assert!((part(WorkloadStep::Confirm) - 0.7).abs() < 0.02, "{}", part(WorkloadStep::Confirm));
    assert!((part(WorkloadStep::Release) - 0.1).abs() < 0.02, "{}", part(WorkloadStep::Release));
    let mut held = HashMap::new();
    for (now, (sent, _)) in all.iter().enumerate() {
        match sent.step {
            WorkloadStep::Hold => {
                held.insert(sent.id, now);
            }
            _ => assert!(now - held[&sent.id] >= 100, "after 100 ms of deciding"),
        }
    }
}

#[test]
fn an_arena_stays_half_sold() {
    let mut workload = workload("best", &venues(1, VenueSize::Seats(8_000)), (0, 1));
    let mut requests = requests(1, (0, 1));
    assert!(!workload.is_ready());
    drive(&mut *workload, &mut requests, 1_000, done);
    assert!(workload.is_ready(), "a thousand parties of four have half of the seats");
    let all = drive(&mut *workload, &mut requests, 4_000, done);
    assert_eq!(
        (count(&all, WorkloadStep::Reserve), count(&all, WorkloadStep::Cancel)),
        (2_000, 2_000)
    );
    // A refusal is made up for.
    let all = drive(&mut *workload, &mut requests, 100, |_| StepOutcome::Refused);
    assert!(count(&all, WorkloadStep::Reserve) >= 99);
    assert!(all.iter().all(|(_, request)| !matches!(request, Request::Hold { .. })));
}

#[test]
fn a_mix_gives_turns_by_weight_and_tells_each_part_its_own() {
    let mut workload = workload("event=9,best=1", &venues(1, VenueSize::Seats(8_000)), (0, 1));
    let all = drive(&mut *workload, &mut requests(1, (0, 1)), 20_000, done);
    let reads = count(&all, WorkloadStep::Event);
    assert!((17_500..18_500).contains(&reads), "{reads}");
    assert!(count(&all, WorkloadStep::Cancel) > 400, "what it reserved it was answered of");
}

#[test]
fn what_is_no_mix_is_refused_with_what_there_is() {
    for (wrong, why) in [
        ("rash", "there is no workload \"rash\"; there are rush, season, standing"),
        ("", "there is no workload \"\""),
        ("rush=0", "no weight"),
        ("rush=x", "no weight"),
        ("rush,map,rush=2", "rush is there twice"),
    ] {
        let error = wrong.parse::<Mix>().expect_err(wrong);
        assert!(error.contains(why), "{wrong}: {error}");
    }
    let mix: Mix = "browse=9,holds".parse().expect("a mix");
    assert_eq!(mix.to_string(), "browse=9,holds=1");
    assert_eq!("map".parse::<Mix>().expect("one").to_string(), "map");
}

#[test]
fn no_two_reservations_have_a_customer_and_each_has_twelve_bytes() {
    let run = RunIds::new();
    let customers: HashSet<_> = (1..5_000).map(|number| run.customer(number)).collect();
    assert_eq!(customers.len(), 4_999);
    assert!(customers.iter().all(|customer| customer.as_str().len() == 12));
    assert!(run.customer(u32::MAX).as_str().ends_with("ffffffff"));
}
