//! The program against a server that a test plays: its output and its exit codes.

use boxoffice_client::protocol::event::{
    Counts, Currency, EventSummary, Layout, SalesState, SectionSpec,
};
use boxoffice_client::protocol::id::{EventId, EventName, SectionName};
use boxoffice_client::protocol::refusal::Refusal;
use boxoffice_client::protocol::reply::{Body, Effect, Stat, StatValue};
use boxoffice_client::protocol::request::Request;
use boxoffice_fake_server::{FakeServer, Peer, SERVER_TIME};
use boxoffice_testing::Run;
use boxoffice_testing::cli::Cli;
use std::process::{Command, Stdio};
use tokio::join;
use tokio::task::{JoinHandle, spawn_blocking};

/// Runs the program to its end.
fn start(arguments: &[&str]) -> JoinHandle<Run> {
    let mut command = Cli::nowhere().command(arguments);
    spawn_blocking(move || command.output().expect("the program runs").into())
}

/// Runs a command line against a server that plays `play` on its connection.
async fn run(line: &str, play: impl AsyncFnOnce(&mut Peer)) -> Run {
    let server = FakeServer::start().await;
    let address = server.address();
    let mut arguments: Vec<_> = line.split(' ').collect();
    arguments.extend(["--server", &address]);
    let play = async {
        let mut peer = server.welcome().await;
        play(&mut peer).await;
        peer.closed().await;
    };
    let (run, ()) = join!(start(&arguments), play);
    run.expect("it ran")
}

/// Answers the next request with a refusal.
async fn refuse(peer: &mut Peer, refusal: Refusal) {
    let (correlation, _) = peer.request().await;
    peer.refuse(correlation, 9, refusal).await;
}

#[tokio::test]
async fn a_hold_is_printed_with_the_command_that_keeps_it() {
    let line = "hold dune-2 A1-A2 --customer O'Hara --ttl 2m";
    let run = run(line, async |peer| {
        let Request::Hold { ttl_ms, .. } = peer.book(4).await else { panic!("no hold") };
        assert_eq!(ttl_ms, Some(120_000));
    })
    .await;
    let run = run.ended(0);
    assert!(run.stdout.starts_with("held  dune-2  A1 A2  90.00 EUR  O'Hara  "), "{}", run.stdout);
    let id = run.stdout.trim().rsplit(' ').next().expect("an id");
    assert!(run.stderr.contains("held until 2026-12-24T12:02:00Z ("), "{}", run.stderr);
    let next = format!("boxoffice confirm dune-2 {id} --customer 'O'\\''Hara' --server 127.0.0.1:");
    assert!(run.stderr.contains(&next), "{}", run.stderr);
}

#[tokio::test]
async fn json_is_one_object_with_the_fields_of_a_reservation() {
    let id = "0192d3a0-7b1c-7def-8a12-3456789abcde";
    let line = format!("--json reserve dune-2 A1 A2 --customer ann --id {id}");
    let run = run(&line, async |peer| {
        peer.book(4).await;
    })
    .await;
    let run = run.ended(0);
    let expected = format!(
        r#"{{"id":"{id}","code":"00000000","event":"dune-2","customer":"ann","status":"confirmed","seats":["A1","A2"],"standing":null,"total":9000,"currency":"EUR","currency_digits":2,"revision":0,"version":4}}"#
    );
    assert_eq!(run.stdout, expected + "\n");
    assert_eq!(run.stderr, "");
}

#[tokio::test]
async fn refusals_end_with_1_and_what_is_not_allowed_with_4() {
    let taken = Refusal::SeatsTaken { seats: vec!["A1".parse().expect("a seat")].into() };
    let line = "reserve dune-2 A1 --customer ann";
    let json = run(&format!("{line} --json"), async |peer| refuse(peer, taken.clone()).await).await;
    let json = json.ended(1);
    assert_eq!(
        json.stdout,
        "{\"refused\":\"SeatsTaken\",\"code\":16,\"version\":9,\"seats\":[\"A1\"],\"message\":\"taken: A1\"}\n"
    );
    let text = run(line, async |peer| refuse(peer, taken).await).await;
    let text = text.ended(1);
    assert_eq!(text.stdout, "");
    assert!(text.stderr.starts_with("refused: taken: A1\nhint: "), "{}", text.stderr);

    let why = "needs\x1b[2J the role operator".to_owned();
    let refusal = Refusal::NotAllowed { why: why.into() };
    let denied = run("event close dune-2", async |peer| refuse(peer, refusal).await).await;
    let denied = denied.ended(4);
    assert_eq!(
        denied.stderr,
        "refused: not allowed: needs\\u{1b}[2J the role operator\n\
         hint: --token-file FILE, or the variable BOXOFFICE_TOKEN, says who is asking\n"
    );
}

#[tokio::test]
async fn what_cannot_be_meant_ends_with_2() {
    for line in ["", "hold dune-2", "hold DUNE A1 --customer ann", "seats", "ping --timeout 5"] {
        let arguments: Vec<_> = line.split_whitespace().collect();
        start(&arguments).await.expect("it ran").ended(2);
    }
}

#[tokio::test]
async fn no_server_ends_with_3_and_says_what_to_do() {
    let address = FakeServer::start().await.address();
    let run = start(&["ping", "--server", &address]).await.expect("it ran");
    let run = run.ended(3);
    assert!(run.stderr.contains(&format!("no server at {address}")), "{}", run.stderr);
    assert!(run.stderr.contains("start one with boxoffice-server"), "{}", run.stderr);
}

#[tokio::test]
async fn an_unknown_outcome_ends_with_5_and_the_id_that_finds_out() {
    let run = run("reserve dune-2 A1 --customer ann --timeout 3s", async |peer| {
        let Request::Reserve { .. } = peer.request().await.1 else { panic!("no reservation") };
    })
    .await;
    let run = run.ended(5);
    assert!(run.stderr.contains("repeat the command with --id 0"), "{}", run.stderr);
}

#[tokio::test]
async fn lists_are_tables_that_programs_can_read() {
    let events = vec![EventSummary {
        id: EventId::parse("dune-2").expect("a slug"),
        version: 3,
        name: EventName::parse("Dune: Part Two").expect("a name"),
        starts_at: SERVER_TIME.into(),
        sales: SalesState::Open,
        prices: (3_000, 4_500),
        currency: Currency::EUR,
        counts: Counts { free: 7, held: 1, sold: 2, blocked: 0 },
        sales_from: None,
        venue: None,
    }];
    let answer = async |peer: &mut Peer| {
        let (correlation, _) = peer.request().await;
        peer.reply(correlation, 1, Body::Events { rows: events.clone().into(), next: None }).await;
    };
    let table = run("events", answer).await;
    let table = table.ended(0);
    assert_eq!(
        table.stdout,
        "event\tname\tstarts\tsales\tprice\tfree\theld\tsold\tblocked\n\
         dune-2\tDune: Part Two\t2026-12-24T12:00:00Z\topen\t30.00-45.00 EUR\t7\t1\t2\t0\n"
    );
    let json = run("events --json", answer).await;
    let json = json.ended(0);
    assert_eq!(
        json.stdout,
        "{\"id\":\"dune-2\",\"version\":3,\"name\":\"Dune: Part Two\",\
         \"starts_at\":\"2026-12-24T12:00:00.000Z\",\
         \"starts_local\":\"2026-12-24T12:00:00\",\"zone\":\"UTC\",\"sales\":\"open\",\"sales_from\":null,\"currency\":\"EUR\",\
         \"currency_digits\":2,\
         \"price_min\":3000,\"price_max\":4500,\"free\":7,\"held\":1,\"sold\":2,\"blocked\":0}\n"
    );
}

#[tokio::test]
async fn an_event_is_created_as_it_was_typed() {
    let line = "event create dune-2 --name Dune --starts 2026-12-24T12:00:00Z \
        --section stalls=10x20@45.00 --section floor=500@30 --max-per-customer 6";
    let run = run(line, async |peer| {
        let (correlation, request) = peer.request().await;
        let Request::CreateEvent { spec, .. } = request else { panic!("{request:?}") };
        let section = |name, price, layout| SectionSpec {
            name: SectionName::parse(name).expect("a word"),
            price,
            layout,
        };
        assert_eq!(
            spec.sections.as_slice(),
            [
                section("stalls", 4_500, Layout::grid(10, 20)),
                section("floor", 3_000, Layout::standing(500)),
            ]
        );
        assert_eq!(spec.max_per_customer.map(Into::into), Some(6_u32));
        peer.reply(correlation, 1, Body::EventSaved { effect: Effect::Applied }).await;
    })
    .await;
    let run = run.ended(0);
    assert_eq!(run.stdout, "dune-2: created (version 1)\n");
}

#[tokio::test]
async fn figures_of_the_server_cannot_move_the_cursor() {
    let stats = vec![
        Stat { name: "connections".into(), value: StatValue::Count(3) },
        Stat { name: "state".into(), value: StatValue::Text("up\x1b[1A\n".into()) },
    ];
    let run = run("stats", async |peer| {
        let (correlation, _) = peer.request().await;
        peer.reply(correlation, 0, Body::Stats(stats.into())).await;
    })
    .await;
    let run = run.ended(0);
    assert_eq!(run.stdout, "figure\tvalue\nconnections\t3\nstate\tup\\u{1b}[1A\\u{a}\n");
}

/// Presses Ctrl-C, as far as the process can tell.
#[cfg(unix)]
#[tokio::test]
async fn an_interrupt_ends_with_130() {
    let server = FakeServer::start().await;
    let child = Cli::nowhere()
        .command(["ping", "--server", &server.address()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    let mut peer = server.welcome().await;
    peer.request().await;
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill runs").success());
    let output = spawn_blocking(|| child.wait_with_output()).await.expect("it ran").expect("ended");
    assert_eq!(output.status.code(), Some(130));
    assert!(output.stdout.is_empty() && output.stderr.is_empty());
}

#[tokio::test]
async fn row_53_a_server_that_always_has_another_page_is_left_when_the_time_is_up() {
    let run = run("events --timeout 2s", async |peer| {
        for page in 0.. {
            let Some((correlation, _)) = peer.request_or_end().await else { break };
            let next = EventId::parse(&format!("page-{page:09}")).expect("a slug");
            let body = Body::Events { rows: Vec::new().into(), next: Some(next) };
            if peer.try_reply(correlation, 0, body).await.is_err() {
                break;
            }
        }
    })
    .await;
    let run = if run.stderr.contains("the time is up") { run.ended(3) } else { run.ended(5) };
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
}

#[tokio::test]
async fn the_results_of_a_batch_have_no_formula_in_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let input = folder.path().join("in.csv");
    std::fs::write(&input, "event,customer,seats\ndune-2,=1+1,A1 A2\n").expect("written");
    let line = format!("batch {} --json", input.display());
    run(&line, async |peer| {
        peer.book(4).await;
    })
    .await
    .ended(0);
    let results = folder.path().join("in.results.csv");
    let results = std::fs::read_to_string(results).expect("the results");
    assert!(results.contains(",'=1+1,"), "{results}");
    assert!(!results.contains(",=1+1,"), "{results}");
}
