//! `boxoffice bench`.

use super::server::serve;
use boxoffice_testing::PATIENCE;
use boxoffice_testing::cli::Cli;
use boxoffice_testing::process::Process;
use boxoffice_testing::reserved_port::ReservedPort;
use rustix::process::Signal;
use serde_json::Value;
use std::time::Instant;

/// Small enough for a test: an unoptimized server and generator on a busy machine.
const SMALL: &str = "--connections 6 --pipeline 3 --threads 2 --warm-up 50ms --duration 300ms";

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("a number, not {value}"))
}

/// What holds of every run's outcome, whatever was done.
#[track_caller]
fn assert_sound(result: &Value) {
    let requests = number(&result["requests"]);
    assert!(requests > 0.0, "{result}");
    let per_s = requests / number(&result["seconds"]);
    assert!((number(&result["throughput_per_s"]) / per_s - 1.0).abs() < 1e-6, "{result}");
    let refused: f64 = result["refused"].as_object().expect("by name").values().map(number).sum();
    assert!(refused + number(&result["applied"]) <= requests, "{result}");

    let latency = &result["latency_us"];
    let steps = ["min", "p50", "p90", "p99", "p99_9", "max"].map(|name| number(&latency[name]));
    assert!(steps[0] > 0.0 && steps.is_sorted(), "{latency}");
    assert_eq!(result["verified"], true, "{}", result["verification"]);
    let fairness = number(&result["fairness"]);
    assert!(fairness > 0.0 && fairness <= 1.0 + 1e-9, "{result}");
    for direction in ["sent", "received"] {
        assert!(number(&result["bytes"][direction]) > requests, "{result}");
    }

    let mut begun = 0.0;
    let in_seconds = result["series"].as_array().expect("a list").iter().map(|second| {
        let at_s = number(&second["at_s"]);
        let answers = number(&second["requests_per_s"]) * (at_s - begun);
        begun = at_s;
        answers
    });
    let in_seconds: f64 = in_seconds.sum();
    assert!((in_seconds - requests).abs() < 0.5, "{in_seconds} of {requests} in the series");
}

/// Waits until the server's list of events, which may be a little old, is so.
#[track_caller]
fn see_events(cli: &Cli, are_so: impl Fn(&[Value]) -> bool) {
    let begun = Instant::now();
    while !are_so(&cli.objects("events")) {
        assert!(begun.elapsed() < PATIENCE, "the events are not as they should be");
    }
}

#[track_caller]
fn assert_nothing_is_left(cli: &Cli) {
    see_events(cli, <[Value]>::is_empty);
}

#[test]
fn every_workload_runs_and_its_counts_add_up() {
    let (_server, cli) = serve();
    for (workload, more) in [
        ("rush", "--places 500"),
        ("season", "--events 40"),
        ("standing", "--party 3"),
        ("seats", "--events 2 --places 100000"),
        ("holds", "--events 1 --places 200000 --think 20ms --hold 1s"),
        ("browse", "--events 3 --places 300 --fresh"),
        ("best", "--places 2000"),
        ("event", ""),
        ("map", ""),
        ("map=3,rush=1,holds=1", "--events 1 --places 100000"),
    ] {
        let result = cli.object(&format!("bench {workload} {SMALL} {more}"));
        assert_eq!(result["workload"], workload);
        assert_sound(&result);
        let (requests, applied) = (number(&result["requests"]), number(&result["applied"]));
        let refused = result["refused"].as_object().expect("by name");
        match workload {
            "rush" => assert_eq!(refused.keys().collect::<Vec<_>>(), ["SeatsTaken"]),
            "event" | "map" => assert!(applied == 0.0 && refused.is_empty(), "{result}"),
            "season" | "standing" | "seats" | "best" => {
                assert!((applied - requests).abs() < 0.5 && refused.is_empty(), "{result}");
            }
            _ => assert!(applied > 0.0, "{result}"),
        }
    }
    assert_nothing_is_left(&cli);
}

#[test]
fn so_many_requests_are_measured_as_were_asked_for() {
    let (_server, cli) = serve();
    let line = "bench standing -c 3 -p 2 --threads 2 --requests 1001 --warm-up 0ms --keep --no-verify --seed 7";
    let result = cli.object(line);
    assert_eq!(result["verified"], Value::Null);
    assert_eq!((&result["requests"], &result["applied"]), (&1001.into(), &1001.into()));
    assert_eq!(result["settings"]["seed"], 7);
    // It was kept, and the server sold as many as it counts.
    see_events(&cli, |events| matches!(events, [event] if event["sold"] == 1001));
}

#[test]
fn an_open_loop_sends_at_its_rate() {
    let (_server, cli) = serve();
    let pid = std::process::id();
    let line = "bench standing -c 4 -p 64 --rate 500 --duration 1s --warm-up 100ms --server-pid";
    let result = cli.object(&format!("{line} {pid}"));
    assert_sound(&result);
    let all = number(&result["requests"]) + number(&result["unsent"]);
    assert!((499.0..=501.0).contains(&all), "{all} were due: {result}");
    assert!(number(&result["cpu"]["server_s"]) >= 0.0, "{result}");
}

#[test]
fn an_open_loop_that_cannot_be_kept_up_says_so_and_what_it_reached() {
    let (_server, cli) = serve();
    let line = "bench standing -c 1 --rate 50000000 --duration 500ms --warm-up 200ms --json";
    let run = cli.run(line).ended(1);
    let result = &run.objects()[0];
    assert!(number(&result["throughput_per_s"]) > 1.0, "{result}");
    // Latency counts from the due time, and the oldest requests were due long ago.
    assert!(number(&result["latency_us"]["p50"]) > 100_000.0, "{result}");
    assert!(number(&result["unsent"]) > number(&result["requests"]), "{result}");
    let error = run.stderr.lines().find(|line| line.starts_with('{')).expect("an error");
    let error: Value = serde_json::from_str(error).expect("JSON");
    let says = |field: &str| error[field].as_str().expect("a text").to_owned();
    assert!(says("message").starts_with("the rate was not kept: "), "{error}");
    assert!(says("hint").starts_with("about "), "{error}");
}

#[test]
fn a_time_in_which_nothing_was_measured_has_no_figures() {
    let (_server, cli) = serve();
    let line = "bench standing -c 1 --rate 1 --duration 1ms --warm-up 20ms --no-verify";
    let run = cli.run(line).ended(1);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("error: nothing was answered in the measured time"));
}

#[test]
fn the_highest_rate_is_found_or_said_not_to_exist() {
    let (_server, cli) = serve();
    let found = "bench event -c 4 -p 64 --find-max --slo 5s --duration 50ms --warm-up 0ms";
    let result = cli.object(found);
    assert_sound(&result);
    assert!(number(&result["settings"]["rate"]) > 1.0, "{result}");
    let none = "bench event -c 1 --find-max --slo 0ms --duration 20ms --warm-up 0ms";
    let run = cli.run(none).ended(1);
    assert!(run.stderr.contains("no rate has 99 % answered within 0ns"), "{}", run.stderr);
}

#[test]
fn the_workloads_are_listed_and_others_refused_with_the_list() {
    let (_server, cli) = serve();
    let list = cli.done("bench --list");
    for workload in
        ["rush", "season", "standing", "seats", "holds", "browse", "best", "event", "map"]
    {
        assert!(list.lines().any(|line| line.starts_with(workload)), "{workload} in {list}");
    }
    let run = cli.run("bench rash").ended(2);
    assert!(run.stderr.contains("there are rush, season, standing"), "{}", run.stderr);
    for (wrong, why) in [
        ("bench --connections 0", "--connections"),
        ("bench --pipeline 0", "--pipeline"),
        ("bench --party 101", "--party"),
        ("bench --rate 0", "--rate"),
        ("bench --duration soon", "--duration"),
        ("bench --requests 5 --duration 5s", "--requests"),
        ("bench --find-max --rate 5", "--find-max"),
        ("bench --slo 5ms", "--find-max"),
        ("bench holds --hold 1ms", "--hold must be"),
        ("bench --pipeline 100000", "--pipeline 16384 or less"),
        ("bench rush --places 2000000", "at most 1000000 seats"),
    ] {
        let run = cli.run(wrong).ended(2);
        assert!(run.stderr.contains(why), "{wrong}: {}", run.stderr);
    }
    assert_nothing_is_left(&cli);
}

#[test]
fn without_a_server_it_says_so() {
    let free = ReservedPort::new().expect("a free port");
    let run = Cli::at(free.address).run("bench standing").ended(3);
    assert!(run.stderr.contains(&free.address.to_string()), "{}", run.stderr);
}

#[test]
fn a_server_that_goes_away_ends_the_run() {
    let process = Process::start(&[]);
    let running = Cli::at(process.address).start("bench standing --duration 1h --timeout 2s");
    // Its event is there: it works, or is about to.
    see_events(&Cli::at(process.address), |events| !events.is_empty());
    process.signal(Signal::KILL);
    assert_eq!(running.wait(), Some(3));
}

#[test]
fn ctrl_c_ends_it_early_and_tells_what_was() {
    let (_server, cli) = serve();
    let mut running = cli.start("bench standing --duration 1h --warm-up 0ms --json");
    see_events(&cli, |events| events.iter().any(|event| number(&event["sold"]) > 0.0));
    running.signal(Signal::INT);
    let line = running.line().expect("the outcome");
    assert_sound(&serde_json::from_str(&line).expect("JSON"));
    assert_eq!(running.wait(), Some(130));
    assert_nothing_is_left(&cli);
}

#[test]
fn a_run_becomes_a_page_and_two_are_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_server, cli) = serve();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let page = file("run.html");
    for name in ["a.json", "b.json"] {
        let line = format!("bench rush --places 300 {SMALL} --report {page} --json");
        std::fs::write(file(name), cli.done(&line)).expect("a file");
    }
    let html = std::fs::read_to_string(&page).expect("the page");
    assert!(html.starts_with("<!doctype html>") && html.contains("SeatsTaken"), "{html}");

    // Comparing needs no server.
    let nowhere = Cli::at("127.0.0.1:1");
    let compared = nowhere.done(&format!("bench compare {} {}", file("a.json"), file("b.json")));
    assert!(compared.contains("throughput_per_s"), "{compared}");
    let run = nowhere.run(&format!("bench compare {} {page}", file("a.json"))).ended(2);
    assert!(run.stderr.contains("is not what `bench --json` prints"), "{}", run.stderr);
}
