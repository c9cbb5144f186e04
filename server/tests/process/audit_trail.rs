//! The principal of each change, in `export` and in the rows, also after a crash.

use boxoffice_protocol::event::{EventUpdate, Sales};
use boxoffice_protocol::id::{ReservationId, Token};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, IfExpired, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::process::{Process, durable, run};
use boxoffice_testing::tokens::{enter, token_command};
use boxoffice_testing::{
    Raw, Run, create, event, film, hello, hold, key, new_id, reserve, seats, until,
};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A name too long to be kept in place.
const SHOP: &str = "the web shop on the corner, second floor";

struct Office {
    _temporary: TempDir,
    data: PathBuf,
    tokens: [Token; 3],
}

impl Office {
    fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        let data = temporary.path().join("data");
        let token = |words: &[&str]| {
            let place = ["--data", data.to_str().expect("UTF-8")];
            let run = token_command(&[&["create"], words, &place].concat()).ended(0);
            run.stdout.trim_end().parse().expect("a token")
        };
        let tokens = [
            token(&["boss", "--role", "admin"]),
            token(&[SHOP, "--role", "agent"]),
            token(&["ann's phone", "--role", "customer", "--customer", "ann"]),
        ];
        Self { tokens, data, _temporary: temporary }
    }

    fn serve(&self) -> Process {
        Process::spawn(&mut durable(&self.data))
    }

    /// Three connections, each with its token.
    async fn enter(&self, process: &Process) -> [Raw; 3] {
        let [boss, shop, ann] = &self.tokens;
        let at = process.address;
        [enter(at, boss).await, enter(at, shop).await, enter(at, ann).await]
    }

    fn export(&self, more: &[&str]) -> Run {
        export(&self.data, more)
    }

    /// Checks that changes and rows name their principals.
    fn tells_who_did(&self, ids: [ReservationId; 3]) {
        let changes = self.export(&["--changes"]).ended(0).objects();
        let mut made = made(&changes);
        made.retain(|(kind, _)| *kind != "expired");
        assert_eq!(made[..8], EXPECTED);
        assert_eq!(made[8..], [("deleted", Some("boss"))]);
        let rows = self.export(&[]).ended(0).objects();
        let who: Vec<_> = rows
            .iter()
            .map(|row| (row["id"].as_str(), row["made_by"].as_str(), row["changed_by"].as_str()))
            .collect();
        let id = ids.map(|id| id.to_string());
        assert_eq!(who[0], (Some(&*id[0]), Some(SHOP), Some(SHOP)), "{rows:?}");
        assert_eq!(who[1], (Some(&*id[1]), Some("ann's phone"), Some("ann's phone")));
        assert_eq!(who[2], (Some(&*id[2]), Some(SHOP), None), "nobody made it expire");
    }
}

fn export(data: &Path, more: &[&str]) -> Run {
    let data = data.to_str().expect("UTF-8");
    run(&[&["export", "--format", "jsonl", "--data", data], more].concat())
}

async fn now(client: &mut Raw) -> Timestamp {
    match client.ask(&Request::Ping).await.body {
        Body::Pong { server_time } => server_time,
        other => panic!("{other:?}"),
    }
}

/// Sends a request that must not be refused.
async fn done(client: &mut Raw, request: Request) {
    let body = client.ask(&request).await.body;
    assert!(!matches!(body, Body::Refused(_)), "{request:?}: {body:?}");
}

/// Everything that can be done. Returns the reservations in the order in which they were made.
async fn do_everything([boss, shop, ann]: &mut [Raw; 3]) -> [ReservationId; 3] {
    let time = now(boss).await;
    let ids = [new_id(time), new_id(time), new_id(time)];
    let [sold, kept, lapsed] = ids;
    done(boss, create("film", film(4, 4))).await;
    done(shop, reserve(sold, "film", "ann", seats(&["A1"]))).await;
    done(ann, hold(kept, "film", "ann", seats(&["A2", "A3"]))).await;
    let until = Timestamp::from_ms(time.as_ms() + 600_000);
    let reservation = || key(kept, "film", "ann");
    done(ann, Request::Extend { reservation: reservation(), until }).await;
    done(
        shop,
        Request::Confirm { reservation: reservation(), keep: None, expired: IfExpired::Refuse },
    )
    .await;
    done(ann, Request::Cancel { reservation: reservation(), keep: None }).await;
    let mut brief = hold(lapsed, "film", "bob", seats(&["B1"]));
    if let Request::Hold { ttl_ms, .. } = &mut brief {
        *ttl_ms = Some(1_000);
    }
    done(shop, brief).await;
    let update = Box::new(EventUpdate { sales: Some(Sales::Closed), ..EventUpdate::default() });
    done(boss, Request::UpdateEvent { event: event("film"), if_version: None, update }).await;
    ids
}

/// The kinds of changes, each with its principal.
fn made(changes: &[Value]) -> Vec<(&str, Option<&str>)> {
    changes
        .iter()
        .map(|change| (change["kind"].as_str().expect("a kind"), change["principal"].as_str()))
        .collect()
}

const EXPECTED: [(&str, Option<&str>); 8] = [
    ("created", Some("boss")),
    ("reserved", Some(SHOP)),
    ("held", Some("ann's phone")),
    ("extended", Some("ann's phone")),
    ("confirmed", Some(SHOP)),
    ("cancelled", Some("ann's phone")),
    ("held", Some(SHOP)),
    ("updated", Some("boss")),
];

#[tokio::test]
async fn every_change_says_who_made_it_and_an_expiry_that_nobody_did() {
    let office = Office::new();
    let process = office.serve();
    let mut clients = office.enter(&process).await;
    let ids = do_everything(&mut clients).await;
    let lapsed = || {
        let changes = office.export(&["--changes"]).ended(0).objects();
        let expired = changes.iter().find(|change| change["kind"] == "expired").cloned();
        expired.inspect(|expired| assert!(expired["principal"].is_null(), "{expired}"))
    };
    until("the hold has expired", || lapsed().is_some()).await;
    done(&mut clients[0], Request::DeleteEvent { event: event("film"), force: Force::Yes }).await;
    // While it runs, after a crash, and with everything in the rows.
    office.tells_who_did(ids);
    process.signal(Signal::KILL);
    process.wait();
    office.tells_who_did(ids);
    let again = office.serve();
    office.tells_who_did(ids);
    again.signal(Signal::TERM);
    assert!(again.wait().0.success());
    office.tells_who_did(ids);
    run(&["check", "--data", office.data.to_str().expect("UTF-8")]).ended(0);
}

/// Asks with a token, and has it done.
async fn ask(http: &mut Http, token: &Token, method: &str, path: &str, body: Value) -> Value {
    let bearer = format!("authorization: Bearer {token}\r\n");
    http.send(with_body(method, path, &bearer, &body.to_string())).await;
    let answer = http.receive().await.expect("the connection stays open");
    assert!([200, 201].contains(&answer.status), "{method} {path}: {answer:?}");
    answer.json()
}

/// One connection may show one token after the other.
#[tokio::test]
async fn every_change_over_http_says_who_made_it() {
    let office = Office::new();
    let process = office.serve();
    let mut http = Http::connect(process.http).await;
    let [boss, shop, ann] = &office.tokens;
    let about = ask(
        &mut http,
        boss,
        "PUT",
        "/v1/events/film",
        json!({
            "name": "A film", "starts_at": "2100-01-02T00:00:00Z",
            "sections": [{"section": "stalls", "price": 4_500, "rows": "4x4"}],
        }),
    )
    .await;
    assert_eq!(about["changed"], true);
    let now = now(&mut enter(process.address, boss).await).await;
    let all = "/v1/events/film/reservations";
    let take = |seat: &str, action: &str| {
        let id = new_id(now).to_string();
        json!({"id": id, "customer": "ann", "action": action, "seats": [seat]})
    };
    ask(&mut http, shop, "POST", all, take("A1", "reserve")).await;
    let held = ask(&mut http, ann, "POST", all, take("A2", "hold")).await;
    let of = |what: &str| format!("{all}/{}/{what}", held["id"].as_str().expect("an id"));
    let until = jiff::Timestamp::from_millisecond(now.as_ms() as i64 + 600_000).expect("a time");
    let longer = json!({"customer": "ann", "until": format!("{until:.3}")});
    ask(&mut http, ann, "POST", &of("extend"), longer).await;
    ask(&mut http, shop, "POST", &of("confirm"), json!({"customer": "ann"})).await;
    ask(&mut http, ann, "POST", &of("cancel"), json!({"customer": "ann"})).await;
    ask(&mut http, shop, "POST", all, take("A3", "hold")).await;
    ask(&mut http, boss, "PATCH", "/v1/events/film", json!({"sales": "closed"})).await;
    let changes = office.export(&["--changes"]).ended(0).objects();
    assert_eq!(made(&changes), EXPECTED);
}

#[tokio::test]
async fn without_tokens_nobody_is_named() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let data = temporary.path().join("data");
    let process = Process::spawn(&mut durable(&data));
    let mut client = Raw::silent(process.address).await;
    client.ask(&hello()).await;
    done(&mut client, create("film", film(4, 4))).await;
    let changes = export(&data, &["--changes"]).ended(0).objects();
    assert_eq!(made(&changes), [("created", None)]);
}
