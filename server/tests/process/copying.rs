//! `copy`: from a data folder to PostgreSQL, on to Redis, and back into a folder, killed in the middle
//! of it. Nothing is lost or doubled, and every server over it goes on where the one before stood.

use boxoffice_plan::{PlanFormat, plan_digest, read_plan};
use boxoffice_protocol::event::{EventSpec, EventUpdate};
use boxoffice_protocol::id::{PlanDigest, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Freshness, PageLimit, Request};
use boxoffice_store::{Postgres, PostgresAddress, PostgresSettings, Store};
use boxoffice_testing::plans::put_all;
use boxoffice_testing::process::{Process, durable, program, program_at, run};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{
    DatabaseServer, Raw, RedisServer, concert, create, event, film, hold, key, new_id, reserve,
    seat_map, seats, standing, test_name, until_some,
};
use rustix::process::Signal;
use std::path::Path;
use std::process::Stdio;

/// Events beside those in which something happens.
const QUIET: usize = 60;

/// Reservations that are asked for again and again.
struct Ids {
    sold: ReservationId,
    released: ReservationId,
    /// Used in events that were deleted since.
    gone: ReservationId,
    before: ReservationId,
}

fn over(store: &str) -> Process {
    let mut command = program_at("127.0.0.1:0", "off");
    Process::spawn(command.args(["--log", "warn", "--store", store]))
}

fn stop(server: Process) {
    server.signal(Signal::TERM);
    assert!(server.wait().0.success());
}

/// A plan of several parts of a store's log, and an event in its hall.
fn planned() -> (PlanDigest, Vec<u8>, EventSpec) {
    let points = (0..100).map(|seat| format!("[{seat}.25, 1.5]")).collect::<Vec<_>>().join(", ");
    let row = |row: u16| format!("[[section.row]]\nlabel = \"{row}\"\npoints = [{points}]\n");
    let rows = (1..=300).map(row).collect::<String>();
    let toml = format!(
        "name = \"Hall\"\n[[section]]\nname = \"stalls\"\nrows = \"1..300 H\"\nseats = \"1..100\"\n{rows}"
    );
    let source = read_plan(&toml, PlanFormat::Toml).expect("a plan");
    let canonical = source.file.canonical();
    let digest = plan_digest(&canonical);
    let sections = source.plan.priced(|_| Some(4_500)).expect("sections");
    (digest, canonical, EventSpec { plan: Some(digest), sections, ..concert(1) })
}

/// Makes events of every kind.
async fn fill(server: &Process) -> Ids {
    let (mut client, now) = Raw::welcomed(server.address).await;
    let ids =
        Ids { sold: new_id(now), released: new_id(now), gone: new_id(now), before: new_id(now) };
    for number in 0..QUIET {
        client.ask(&create(&format!("quiet-{number}"), concert(10))).await;
    }
    for slug in ["film", "gone", "again"] {
        client.ask(&create(slug, film(4, 9))).await;
    }
    client.ask(&reserve(ids.sold, "film", "ann", seats(&["A1", "A2"]))).await;
    let update = EventUpdate {
        block: vec!["D9".parse().expect("a label")],
        name: Some("Another name".parse().expect("a name")),
        ..EventUpdate::default()
    };
    let (of, update) = (event("film"), Box::new(update));
    client.ask(&Request::UpdateEvent { event: of, if_version: None, update }).await;
    client.ask(&hold(new_id(now), "film", "ben", seats(&["B4"]))).await;
    client.ask(&hold(ids.released, "film", "cid", seats(&["C5"]))).await;
    let reservation = key(ids.released, "film", "cid");
    client.ask(&Request::Release { reservation, keep: None }).await;
    client.ask(&reserve(ids.gone, "gone", "ann", seats(&["A1"]))).await;
    client.ask(&reserve(ids.before, "again", "ann", seats(&["A1"]))).await;
    for slug in ["gone", "again"] {
        client.ask(&Request::DeleteEvent { event: event(slug), force: Force::Yes }).await;
    }
    client.ask(&create("again", concert(7))).await;
    let (digest, plan, spec) = planned();
    put_all(&mut client, digest, &plan, 0).await;
    client.ask(&create("opera", spec)).await;
    client.ask(&reserve(new_id(now), "opera", "ann", seats(&["H5"]))).await;
    ids
}

/// What every client can see, with all versions.
async fn contents(server: &Process) -> Vec<String> {
    let (mut client, _) = Raw::welcomed(server.address).await;
    let list =
        Request::ListEvents { after: None, limit: PageLimit::MAX, freshness: Freshness::Fresh };
    let reply = client.ask(&list).await;
    let Body::Events { rows, .. } = &reply.body else { panic!("{reply:?}") };
    let mut contents = vec![format!("{} {rows:?}", reply.version)];
    for row in rows.iter() {
        let of = row.id.clone();
        let details = Request::GetEvent { event: of.clone(), freshness: Freshness::Fresh };
        let all = Request::ListReservations {
            event: Some(of.clone()),
            customer: None,
            code: None,
            order: None,
            after: None,
            limit: PageLimit::MAX,
        };
        for request in [details, seat_map(of.as_str()), all] {
            let reply = client.ask(&request).await;
            contents.push(format!("{} {:?}", reply.version, reply.body));
        }
    }
    contents
}

/// A repeated request has the reservation that it had, and ids that were used are no new ones.
async fn assert_known(server: &Process, ids: &Ids) {
    let (mut client, _) = Raw::welcomed(server.address).await;
    for (id, who, places) in [(ids.sold, "ann", &["A1", "A2"][..]), (ids.released, "cid", &["C5"])]
    {
        let request = match who {
            "ann" => reserve(id, "film", who, seats(places)),
            _ => hold(id, "film", who, seats(places)),
        };
        let reply = client.ask(&request).await;
        let Body::Reservation { effect, .. } = reply.body else { panic!("{reply:?}") };
        assert_eq!(effect, Effect::Unchanged);
    }
    let other = reserve(ids.sold, "film", "ann", seats(&["A3"]));
    assert_eq!(client.refused(&other).await, Refusal::IdConflict);
    let before = reserve(ids.before, "again", "ann", standing(1));
    assert_eq!(client.refused(&before).await, Refusal::IdConflict);
}

/// Kills a copy as soon as `is_far` says so; whether it was still at work.
async fn kill_copy(words: [&str; 5], mut is_far: impl AsyncFnMut() -> bool) -> bool {
    let mut command = program();
    let quiet = command.args(words).stderr(Stdio::null()).stdout(Stdio::null());
    let mut child = quiet.spawn().expect("the program is built");
    let ended = until_some("it gets on", async || match child.try_wait() {
        Ok(Some(status)) => Some(Some(status)),
        _ => is_far().await.then_some(None),
    });
    match ended.await {
        Some(status) => {
            assert!(status.success(), "{status}");
            false
        }
        None => {
            child.kill().expect("it is ours");
            !child.wait().expect("it is ours").success()
        }
    }
}

fn words<'a>(from: &'a str, to: &'a str) -> [&'a str; 5] {
    ["copy", "--from", from, "--to", to]
}

#[track_caller]
fn refused(words: &[&str], why: &str) {
    let refused = run(words).ended(1);
    assert!(refused.stderr.contains(why), "{}", refused.stderr);
}

async fn copy_to_postgres(folder: &str, address: &str) {
    let parsed = PostgresAddress::parse(address).expect("an address");
    let store = Postgres::open(&parsed, &PostgresSettings::default()).await.expect("it is up");
    let mut kills = 0;
    for logs in [5, 20, 50] {
        let far = async || {
            let names = store.logs(None, 1_000).await.expect("it is up");
            names.len() > logs
        };
        if !kill_copy(words(folder, address), far).await {
            break;
        }
        kills += 1;
        let mut server = program_at("127.0.0.1:0", "off");
        let server = server.args(["--store", address]).output().expect("the program is built");
        let said = String::from_utf8_lossy(&server.stderr);
        assert!(!server.status.success() && said.contains("not finished"), "{said}");
    }
    assert!(kills > 0, "it was not killed in the middle");
    if kills == 3 {
        let copied = run(&words(folder, address)).ended(0);
        assert!(copied.stderr.contains("compared"), "{}", copied.stderr);
    }
    refused(&words(folder, address), "it was finished");
}

async fn copy_to_folder(from: &str, folder: &Path) {
    let (mut kills, to) = (0, folder.display().to_string());
    let wal = folder.join("boxoffice.db.copying-wal");
    for kilobytes in [50, 400, 1_200] {
        let far = async || wal.metadata().is_ok_and(|wal| wal.len() > kilobytes << 10);
        if !kill_copy(words(from, &to), far).await {
            break;
        }
        kills += 1;
        let refused = durable(folder).output().expect("the program is built");
        let said = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(3), "{said}");
    }
    assert!(kills > 0, "it was not killed in the middle");
    if kills == 3 {
        run(&words(from, &to)).ended(0);
    }
    refused(&words(from, &to), "not empty");
    let checked = run(&["check", "--data", &to]).ended(0);
    assert!(checked.stdout.contains("all is well"), "{}", checked.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_from_a_folder_over_two_engines_into_a_folder_and_goes_on() {
    let database = match DatabaseServer::start("") {
        Ok(database) => database,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let redis = match RedisServer::start("redis-server", &[]) {
        Ok(redis) => redis,
        Err(why) => return skip(test_name!(), Need::Redis, &why),
    };
    let host = database.host().display().to_string().replace('/', "%2F");
    let postgres = format!("postgres://postgres@{host}/postgres");
    let folders = tempfile::tempdir().expect("a temporary folder");
    let first = folders.path().join("first").display().to_string();

    let server = Process::spawn(durable(Path::new(&first)).args(["--hold-default", "30m"]));
    let ids = fill(&server).await;
    let before = contents(&server).await;
    refused(&words(&first, &postgres), "in use");
    stop(server);

    refused(&words(&first, &postgres), "migrate");
    run(&["migrate", "--store", &postgres]).ended(0);
    copy_to_postgres(&first, &postgres).await;
    let server = over(&postgres);
    assert_eq!(contents(&server).await, before);
    assert_known(&server, &ids).await;
    let (mut client, now) = Raw::welcomed(server.address).await;
    let created = client.ask(&create("gone", concert(3))).await;
    assert_eq!(created.version, 4, "after creation, reservation and deletion");
    let gone = reserve(ids.gone, "gone", "ann", standing(1));
    assert_eq!(client.refused(&gone).await, Refusal::IdConflict);
    client.ask(&reserve(new_id(now), "quiet-7", "eve", standing(2))).await;
    let before = contents(&server).await;
    refused(&words(&postgres, &redis.address()), "at work");
    stop(server);

    run(&words(&postgres, &redis.address())).ended(0);
    let server = over(&redis.address());
    assert_eq!(contents(&server).await, before);
    assert_known(&server, &ids).await;
    stop(server);

    let last = folders.path().join("last");
    copy_to_folder(&redis.address(), &last).await;
    let server = Process::spawn(&mut durable(&last));
    assert_eq!(contents(&server).await, before);
    assert_known(&server, &ids).await;
    let (mut client, now) = Raw::welcomed(server.address).await;
    assert_eq!(client.refused(&gone).await, Refusal::IdConflict);
    let sold = client.ask(&reserve(new_id(now), "quiet-7", "eve", standing(8))).await;
    assert!(matches!(sold.body, Body::Reservation { .. }), "{sold:?}");
    let over = reserve(new_id(now), "quiet-7", "eve", standing(1));
    assert!(matches!(client.refused(&over).await, Refusal::SoldOut { .. }));
    stop(server);
    let second = folders.path().join("second").display().to_string();
    run(&words(&last.display().to_string(), &second)).ended(0);
    run(&["check", "--data", &second]).ended(0);
}

#[test]
fn what_cannot_be_copied_is_said() {
    let folders = tempfile::tempdir().expect("a temporary folder");
    let none = folders.path().join("none").display().to_string();
    refused(&words(&none, "redis://localhost:1"), "no data folder");
    refused(&words("mysql://root:secret@db/x", &none), "postgres://");
    refused(&words(&none, &none), "the same");
    let said = run(&words("mysql://root:secret@db/x", &none));
    assert!(!said.stderr.contains("secret"), "{}", said.stderr);
}
