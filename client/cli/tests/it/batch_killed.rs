//! `boxoffice batch` on the season's file: its outcome, and that each row is booked exactly
//! once, at whatever moments it is killed.
//!
//! `BOXOFFICE_SEED=…` replays the moments of one run, as lengths of its log;
//! `BOXOFFICE_LONG=1` kills it far more often.

use super::season::{Season, season};
use boxoffice_testing::{Run, seed};
use rustix::process::Signal;
use serde_json::Value;
use std::process::Child;

/// What the whole season comes to, when every row is asked once and in order.
const SEASON: &str = "3021 rows: 2599 booked, 215 held, 192 refused, 15 bad\n";

/// So many rows are in a batch that is killed: more than are in flight at a time.
const ROWS: usize = 1_500;

#[test]
fn the_season_comes_to_what_it_should() {
    let (_server, season) = season(usize::MAX);
    let mut words = season.words().to_vec();
    words.pop();
    let run = Run::from(season.cli.command(&words).output().expect("it runs")).ended(1);
    assert!(run.stdout.starts_with(SEASON), "{}", run.stdout);
    assert!(run.stdout.contains("  91 refused: SeatsTaken\n"), "{}", run.stdout);
    assert!(
        run.stderr.contains("season.csv: line 53: standing: must be a number"),
        "{}",
        run.stderr
    );

    let asked = |stats: &Value| stats["requests"].as_u64().expect("a count");
    let before = asked(&season.cli.object("stats"));
    let again = season.summary();
    let after = asked(&season.cli.object("stats"));
    assert!(after - before <= 3, "a run of what is done asks for nothing: {before} to {after}");
    assert_eq!((&again["rows"], &again["already_done"]), (&3_021.into(), &3_021.into()));
    season.check(&again);
}

#[test]
fn killed_at_any_moment_each_row_is_booked_once() {
    let mut random = fastrand::Rng::with_seed(seed());
    let kills = if std::env::var_os("BOXOFFICE_LONG").is_some() { 300 } else { 10 };

    let (_server, undisturbed) = season(ROWS);
    let expected = undisturbed.summary();
    undisturbed.check(&expected);
    let full = undisturbed.written();

    let (mut killed, mut unrecorded) = (0, 0);
    while killed < kills {
        let (_server, season) = season(ROWS);
        while killed < kills {
            // The next moment is soon behind the last: some are in the plan, most in the sending.
            let growth = random.u64(..full / 3);
            let mut child = season.start_until(season.written() + growth);
            let _ = child.kill();
            if child.wait().expect("it was started").code().is_some() {
                break;
            }
            killed += 1;
            unrecorded += season.reservations().len() - season.recorded().len();
        }
        let summary = season.summary();
        for field in ["rows", "booked", "held", "ended", "bad", "stale", "refused", "open"] {
            assert_eq!(summary[field], expected[field], "{field}: {summary}\n{expected}");
        }
        season.check(&summary);
    }
    println!("{killed} kills, after which {unrecorded} reservations were made and not recorded");
}

#[test]
fn two_runs_at_a_time_refuse_each_other() {
    let (_server, season) = season(800);
    let first = loop {
        let child = season.start_until(1);
        let pid = rustix::process::Pid::from_child(&child);
        if rustix::process::kill_process(pid, Signal::STOP).is_ok() && is_stopped(&child) {
            break child;
        }
        // It had ended before it could be stopped: another one.
        child.wait_with_output().expect("it was started");
        std::fs::remove_file(season.log()).expect("it wrote them");
    };
    let second = season.run().ended(2);
    let log = season.log();
    let expected = format!("{}: another run of this batch is using it", log.display());
    assert!(second.stderr.contains(&expected), "{}", second.stderr);
    let pid = rustix::process::Pid::from_child(&first);
    rustix::process::kill_process(pid, Signal::CONT).expect("it is there");
    assert_eq!(first.wait_with_output().expect("it was started").status.code(), Some(1));
    season.check(&season.summary());
}

/// Returns once a process that got SIGSTOP is stopped; false if it has ended instead.
fn is_stopped(child: &Child) -> bool {
    loop {
        let stat =
            std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
        match stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next()) {
            Some('T') => return true,
            Some('Z' | 'X') | None => return false,
            Some(_) => std::thread::yield_now(),
        }
    }
}

#[test]
fn a_corrected_input_that_is_killed_books_what_is_new_once() {
    let (_server, season) = season(300);
    let mut batch = season.start_until(u64::MAX);
    assert_eq!(batch.wait().expect("it was started").code(), Some(1));
    let input = std::fs::read_to_string(season.input()).expect("the input");
    let more: String = (0..300).map(|n| format!("dune-2,new-{n},,1,,,,\n")).collect();
    std::fs::write(season.input(), input.clone() + &more).expect("written");
    let (start, mut kills) = (season.written(), 0);
    let new = |season: &Season| {
        let made = season.reservations();
        let is_new =
            |made: &&Value| made["customer"].as_str().is_some_and(|it| it.starts_with("new-"));
        made.iter().filter(is_new).count() as u64
    };
    while kills < 4 {
        let mut child = season.start_until(season.written() + 7_000);
        let _ = child.kill();
        if child.wait().expect("it was started").code().is_some() {
            break;
        }
        kills += 1;
    }
    assert!(season.written() > start);
    let summary = season.summary();
    season.check(&summary);
    let refused: u64 = {
        let before = season.summary();
        assert_eq!(before["already_done"], before["rows"]);
        let results = std::fs::read_to_string(season.input().with_extension("results.csv"));
        let results = results.expect("the results");
        results.lines().filter(|line| line.contains(",new-") && line.contains(",refused,")).count()
            as u64
    };
    assert_eq!(new(&season) + refused, 300, "{summary}");

    // A booked row that is different or gone changes nothing.
    let (booked, changed) =
        (season.reservations().len(), input.replacen("jazz-night", "dune-2", 1));
    std::fs::write(season.input(), changed + &more).expect("written");
    let run = season.run().ended(3);
    assert!(run.stderr.contains("booked, and not in it any more: jazz-night"), "{}", run.stderr);
    assert_eq!(season.reservations().len(), booked);
}
