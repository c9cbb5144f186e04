//! Rows for reports while the server that writes them is killed again and again: they come to what was
//! sold, each reservation once.

use boxoffice_server::ledger::rows::{Audited, RowsReader};
use boxoffice_store::{PostgresAddress, PostgresSession};
use boxoffice_testing::process::{Process, program_at, run};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::{
    DatabaseServer, Raw, RedisServer, best, create, film, new_id, reserve, seat_map, test_name,
    until_some,
};
use rusqlite::Connection;
use rustix::process::Signal;

const KILLS: usize = 5;

/// Sells seat by seat through a server that is killed meanwhile. Returns one that goes on, and the
/// event's version.
async fn sell(words: &[&str]) -> (Process, u64) {
    let start = || {
        let mut command = program_at("127.0.0.1:0", "off");
        Process::spawn(command.args(["--log", "error", "--rows"]).args(words))
    };
    for kill in 0..KILLS {
        let server = start();
        let (mut client, now) = Raw::welcomed(server.address).await;
        if kill == 0 {
            client.ask(&create("dune", film(40, 50))).await;
        }
        for _ in 0..100 {
            client.send(&reserve(new_id(now), "dune", "ann", best(1))).await;
        }
        for _ in 0..20 * kill {
            client.receive().await.expect("an answer");
        }
        server.signal(Signal::KILL);
        server.wait();
    }
    let server = start();
    let (mut client, _) = Raw::welcomed(server.address).await;
    let version = client.ask(&seat_map("dune")).await.version;
    assert!(version > 100, "{version}");
    (server, version)
}

/// What the rows say: how far they are, the reservations, and the seats that these have.
const FIGURES: &str = "SELECT (SELECT coalesce(max(version), 0) FROM followed)::text || ' ' ||
    (SELECT count(*) FROM reservations WHERE status = 'confirmed')::text || ' ' ||
    (SELECT count(*) FROM live_seats)::text";

/// Every change but the creation sold a seat.
fn expected(version: u64) -> String {
    format!("{version} {sold} {sold}", sold = version - 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_come_to_what_was_sold_however_often_their_server_is_killed() {
    let database = match DatabaseServer::start("") {
        Ok(database) => database,
        Err(why) => return skip(test_name!(), Need::Postgres, &why),
    };
    let host = database.host().display().to_string().replace('/', "%2F");
    let store = format!("postgres://postgres@{host}/postgres");
    run(&["migrate", "--store", &store]).ended(0);
    let (_server, version) = sell(&["--store", &store]).await;
    let address = PostgresAddress::parse(&store).expect("an address");
    let session = PostgresSession::open(&address).await.expect("it is up");
    session.run("SET search_path = boxoffice".to_owned()).await.expect("it is there");
    let reached = async || {
        let found = session.ask(FIGURES, Vec::new()).await.expect("an answer");
        (found == [expected(version)]).then_some(())
    };
    until_some(&expected(version), reached).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_to_what_was_sold_however_often_its_server_is_killed() {
    let redis = match RedisServer::start("redis-server", &[]) {
        Ok(redis) => redis,
        Err(why) => return skip(test_name!(), Need::Redis, &why),
    };
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().display().to_string();
    let (server, version) = sell(&["--store", &redis.address(), "--data", &data]).await;
    let file = folder.path().join("reports.db");
    let figures = FIGURES.replace("::text", "");
    let reached = async || {
        let rows = Connection::open(&file).expect("it is there");
        let found = rows.query_row(&figures, [], |row| row.get::<_, String>(0));
        (found.expect("an answer") == expected(version)).then_some(())
    };
    until_some(&expected(version), reached).await;
    drop(server);
    let audit = RowsReader::open(&file).expect("it is there").audit(|audited| {
        if let Audited::Wrong(wrong) = audited {
            panic!("{wrong}");
        }
    });
    audit.expect("it can be read");
}
