//! HTTP answers like the binary protocol: one life of an event over both.

use crate::common::config;
use crate::kinds::start;
use boxoffice_client::{Client, ClientConfig};
use boxoffice_protocol::event::{EventUpdate, Layout, Sales, SeatMap};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect, Reply};
use boxoffice_protocol::request::{Force, Freshness, IfExpired, PageLimit, Request};
use boxoffice_protocol::reservation::{Keep, PlaceCount, SeatLabels};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_testing::http::{Answer, Http};
use boxoffice_testing::{
    Raw, START, best, create, customer, event, hold, key, new_id, reserve, seats, section, spec,
    standing, transfer,
};
use serde_json::{Value, json};
use std::time::Duration;

/// Two servers that are asked the same, one in each language.
struct Both {
    wire: Raw,
    http: Http,
    _servers: [Server; 2],
}

impl Both {
    async fn start() -> Self {
        let (wire, http) = (start(config()).await, start(config()).await);
        Self {
            wire: Raw::connect(wire.address()).await,
            http: Http::connect(http.http_address()).await,
            _servers: [wire, http],
        }
    }

    /// Asks both, and compares their answers. Returns the one over HTTP.
    async fn ask(
        &mut self,
        request: Request,
        (method, path): (&str, &str),
        body: Option<Value>,
    ) -> Answer {
        let reply = self.wire.ask(&request).await;
        let answer = match &body {
            None => self.http.ask(method, path, "").await,
            Some(body) => self.http.ask_json(method, path, body).await,
        };
        compare(&reply, &answer);
        answer
    }
}

/// Checks that an answer agrees with a reply.
#[track_caller]
fn compare(reply: &Reply, answer: &Answer) {
    let said = answer.json();
    match &reply.body {
        Body::Refused(refusal) => {
            assert_eq!(said["refused"], refusal.name(), "{said}");
            assert_eq!(said["code"], refusal.code(), "{said}");
            assert_eq!(said["version"].as_u64().unwrap_or(0), reply.version, "{said}");
            assert!(answer.status >= 400, "{answer:?}");
            let fields = serde_json::to_value(refusal).expect("JSON");
            let fields = fields.as_object().and_then(|named| named.values().next());
            for (name, value) in fields.and_then(Value::as_object).into_iter().flatten() {
                // JSON has words in lower case.
                let word = value.as_str().filter(|_| name == "sales").map(str::to_lowercase);
                let value = word.map_or_else(|| value.clone(), Value::from);
                assert_eq!(said[name], value, "{name} of {said}");
            }
        }
        Body::Reservation { reservation, effect } => {
            assert_eq!(said["id"], reservation.id.to_string(), "{said}");
            assert_eq!(said["event"], reservation.event.as_str());
            assert_eq!(said["customer"], reservation.customer.as_str());
            assert_eq!(said["status"], reservation.status.as_str());
            assert_eq!(said["total"], reservation.total);
            assert_eq!(said["currency"], reservation.currency.to_string());
            assert_eq!(said["version"], reply.version);
            assert!(answer.status == 200 || *effect == Effect::Applied, "{answer:?}");
        }
        Body::EventSaved { effect } => {
            assert_eq!(said["changed"], *effect == Effect::Applied, "{said}");
            assert_eq!(said["version"], reply.version);
        }
        Body::Event(details) => {
            assert_eq!(said["id"], details.id.as_str());
            assert_eq!(said["name"], details.spec.name.as_str());
            assert_eq!(said["version"], reply.version);
            assert_eq!(said["sections"].as_array().map(Vec::len), Some(details.counts.len()));
            for (section, counts) in
                said["sections"].as_array().into_iter().flatten().zip(&details.counts)
            {
                let states = ["free", "held", "sold", "blocked"].map(|state| &section[state]);
                assert_eq!(states, [counts.free, counts.held, counts.sold, counts.blocked]);
                assert_eq!(section["capacity"], counts.capacity());
            }
        }
        Body::Seats(map) => {
            assert_eq!(said["version"], reply.version);
            compare_seats(map, &said);
        }
        Body::Events { rows, next } => {
            let said_rows = said["events"].as_array().expect("a list");
            let ids: Vec<_> =
                said_rows.iter().map(|row| row["id"].as_str().expect("an id")).collect();
            assert_eq!(ids, rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>());
            assert_eq!(said["next"].as_str(), next.as_ref().map(|next| next.as_str()));
            assert_eq!(said["version"], reply.version);
        }
        Body::Reservations { rows, next } => {
            let said_rows = said["reservations"].as_array().expect("a list");
            let of = |row: &Value| (row["id"].as_str().map(str::to_owned), row["version"].as_u64());
            let expected =
                rows.iter().map(|row| (Some(row.reservation.id.to_string()), Some(row.version)));
            assert_eq!(said_rows.iter().map(of).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
            assert_eq!(said["next"].is_null(), next.is_none());
        }
        other => panic!("nobody asked for {other:?}"),
    }
}

/// Whether the letters of the seats are the states of a map.
#[track_caller]
fn compare_seats(map: &SeatMap, said: &Value) {
    for (section, map) in said["sections"].as_array().into_iter().flatten().zip(&map.sections) {
        let letters: String = section["rows"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|row| row["seats"].as_str())
            .collect();
        let states = (0..letters.len()).map(|index| map.states.state(index).expect("a seat"));
        let expected: String = states.map(|state| ['f', 'h', 's', 'b'][state as usize]).collect();
        assert_eq!(letters, expected);
    }
}

const DUNE: &str = "/v1/events/dune";

fn dune() -> Request {
    let sections = vec![
        section("stalls", 4_500, Layout::grid(2, 5)),
        section("balcony", 6_000, Layout::Seated { rows: vec![3, 4] }),
        section("floor", 3_000, Layout::standing(50)),
    ];
    create("dune", spec(sections))
}

fn dune_as_json() -> Value {
    json!({
        "name": "A test", "starts_at": "2030-01-01T00:00:00Z",
        "sections": [
            {"section": "stalls", "price": 4_500, "rows": "2x5"},
            {"section": "balcony", "price": 6_000, "rows": [3, 4]},
            {"section": "floor", "price": 3_000, "capacity": 50},
        ],
    })
}

#[tokio::test]
async fn a_life_is_the_same_over_http_and_over_the_wire() {
    let mut both = Both::start().await;
    let all = format!("{DUNE}/reservations");
    let created = both.ask(dune(), ("PUT", DUNE), Some(dune_as_json())).await;
    assert_eq!((created.status, created.header("location")), (201, Some(DUNE)));
    assert_eq!(both.ask(dune(), ("PUT", DUNE), Some(dune_as_json())).await.status, 200);

    let id = new_id(START);
    let one = format!("{all}/{id}");
    let wish = hold(id, "dune", "ann", seats(&["stalls:A1", "balcony:B4"]));
    let body =
        json!({"id": id.to_string(), "customer": "ann", "seats": ["stalls:A1", "balcony:B4"]});
    let held = both.ask(wish.clone(), ("POST", &all), Some(body.clone())).await;
    assert_eq!(held.expect(201)["expires_at"], "2026-01-01T00:02:00.000Z");
    both.ask(wish, ("POST", &all), Some(body)).await.expect(200);

    let until = Timestamp::from_ms(START.as_ms() + 300_000);
    let extend = Request::Extend { reservation: key(id, "dune", "ann"), until };
    let body = json!({"customer": "ann", "until": "2026-01-01T01:05:00+01:00"});
    let extended = both.ask(extend, ("POST", &format!("{one}/extend")), Some(body)).await;
    assert_eq!(extended.expect(200)["expires_at"], "2026-01-01T00:05:00.000Z");

    let leave = Request::Leave { reservation: key(id, "dune", "ann"), if_expires_at: until };
    let body = json!({"customer": "ann", "if_expires_at": "2026-01-01T00:05:00Z"});
    let left = both.ask(leave, ("POST", &format!("{one}/leave")), Some(body)).await;
    assert_eq!(left.expect(200)["expires_at"], "2026-01-01T00:00:20.000Z");

    let keep = SeatLabels::new(["stalls:A1".parse().expect("a label")]).expect("one seat");
    let (reservation, keep) = (key(id, "dune", "ann"), Some(Keep::Seats(keep)));
    let confirm = Request::Confirm { reservation, keep, expired: IfExpired::Refuse };
    let body = json!({"customer": "ann", "keep": ["stalls:A1"]});
    let confirmed = both.ask(confirm, ("POST", &format!("{one}/confirm")), Some(body)).await;
    assert_eq!(confirmed.expect(200)["seats"], json!(["stalls:A1"]));

    let steps = [("ann", 0, "zoë", 200), ("zoë", 1, "ann", 200), ("ann", 0, "zoë", 409)];
    for (from, revision, to, status) in steps {
        let request = transfer(key(id, "dune", from), revision, to);
        let body = json!({"customer": from, "if_revision": revision, "to": to});
        let given = both.ask(request, ("POST", &format!("{one}/transfer")), Some(body)).await;
        assert_eq!(given.status, status, "{given:?}");
    }
    let look = Request::GetReservation { reservation: key(id, "dune", "ann") };
    both.ask(look, ("GET", &format!("{one}?customer=ann")), None).await.expect(200);
    let look = Request::GetReservation { reservation: key(id, "dune", "bob") };
    both.ask(look, ("GET", &format!("{one}?customer=bob")), None).await.problem(403);

    let cancel = Request::Cancel { reservation: key(id, "dune", "ann"), keep: None };
    let body = json!({"customer": "ann"});
    let cancelled = both.ask(cancel, ("POST", &format!("{one}/cancel")), Some(body)).await;
    assert_eq!(cancelled.expect(200)["status"], "cancelled");

    let some = new_id(START);
    let body = json!({"id": some.to_string(), "action": "reserve", "customer": "bob",
        "standing": {"places": 4}});
    both.ask(reserve(some, "dune", "bob", standing(4)), ("POST", &all), Some(body))
        .await
        .expect(201);
    let keep = Some(Keep::Standing(PlaceCount::new(1).expect("some")));
    let cancel = Request::Cancel { reservation: key(some, "dune", "bob"), keep };
    let body = json!({"customer": "bob", "keep": 1});
    let cancelled = both.ask(cancel, ("POST", &format!("{all}/{some}/cancel")), Some(body)).await;
    assert_eq!(cancelled.expect(200)["standing"], json!({"section": "floor", "places": 1}));

    let other = new_id(START);
    let body = json!({"id": other.to_string(), "customer": "eve", "best": {"places": 3}});
    both.ask(hold(other, "dune", "eve", best(3)), ("POST", &all), Some(body)).await.expect(201);
    let release = Request::Release { reservation: key(other, "dune", "eve"), keep: None };
    let body = json!({"customer": "eve"});
    both.ask(release, ("POST", &format!("{all}/{other}/release")), Some(body)).await.expect(200);
}

#[tokio::test]
async fn reads_and_lists_are_the_same_over_http_and_over_the_wire() {
    let mut both = Both::start().await;
    both.ask(dune(), ("PUT", DUNE), Some(dune_as_json())).await;
    let mut alien = dune_as_json();
    alien["id"] = json!("alien");
    let request = match dune() {
        Request::CreateEvent { spec, .. } => Request::CreateEvent { event: event("alien"), spec },
        _ => unreachable!(),
    };
    both.ask(request, ("POST", "/v1/events"), Some(alien)).await.expect(201);
    let all = format!("{DUNE}/reservations");
    for index in 0..3 {
        let id = new_id(START);
        let body =
            json!({"id": id.to_string(), "customer": format!("c{index}"), "best": {"places": 1}});
        let wish = hold(id, "dune", &format!("c{index}"), best(1));
        both.ask(wish, ("POST", &all), Some(body)).await.expect(201);
    }
    let fresh = Freshness::Fresh;
    let get = Request::GetEvent { event: event("dune"), freshness: fresh };
    let said = both.ask(get, ("GET", &format!("{DUNE}?fresh=true")), None).await.expect(200);
    assert_eq!((&said["held"], &said["free"]), (&json!(3), &json!(64)));
    let get = Request::Seats { event: event("dune"), freshness: fresh };
    let said = both.ask(get, ("GET", &format!("{DUNE}/seats?fresh=true")), None).await.expect(200);
    assert_eq!(said["sections"][0]["prefix"], "stalls:");
    assert_eq!(said["sections"][2]["prefix"], "");

    let list = |after: Option<&str>, limit| Request::ListEvents {
        after: after.map(event),
        limit: PageLimit::new(limit).expect("a limit"),
        freshness: fresh,
    };
    both.ask(list(None, 1), ("GET", "/v1/events?limit=1&fresh=true"), None).await.expect(200);
    let path = "/v1/events?after=alien&limit=1000&fresh=true";
    both.ask(list(Some("alien"), 1_000), ("GET", path), None).await.expect(200);

    let limit = PageLimit::new(2).expect("a limit");
    let list = |who: Option<&str>, after| Request::ListReservations {
        event: Some(event("dune")),
        customer: who.map(customer),
        code: None,
        order: None,
        after,
        limit,
    };
    let path = "/v1/reservations?event=dune&limit=2";
    let page = both.ask(list(None, None), ("GET", path), None).await.expect(200);
    let Body::Reservations { next, .. } = both.wire.ask(&list(None, None)).await.body else {
        panic!("a page");
    };
    let path = format!("{path}&after={}", page["next"].as_str().expect("there is more"));
    let rest = both.ask(list(None, next), ("GET", &path), None).await.expect(200);
    assert_eq!(rest["reservations"].as_array().map(Vec::len), Some(1));
    let path = "/v1/reservations?event=dune&customer=c1&limit=2";
    both.ask(list(Some("c1"), None), ("GET", path), None).await.expect(200);
}

#[tokio::test]
async fn refusals_are_the_same_over_http_and_over_the_wire() {
    let mut both = Both::start().await;
    both.ask(dune(), ("PUT", DUNE), Some(dune_as_json())).await;
    let mut other = dune_as_json();
    other["name"] = json!("Another");
    let different = match dune() {
        Request::CreateEvent { event, mut spec } => {
            spec.name = boxoffice_protocol::id::EventName::parse("Another").expect("a name");
            Request::CreateEvent { event, spec }
        }
        _ => unreachable!(),
    };
    assert_eq!(both.ask(different, ("PUT", DUNE), Some(other)).await.problem(409), "EventExists");
    let all = format!("{DUNE}/reservations");
    let taken = new_id(START);
    let wish = reserve(taken, "dune", "ann", seats(&["stalls:A1"]));
    let body = |id: boxoffice_protocol::id::ReservationId, rest: Value| {
        let mut body = json!({"id": id.to_string(), "customer": "ann", "action": "reserve"});
        body.as_object_mut().expect("an object").extend(rest.as_object().expect("one").clone());
        body
    };
    let seat = |label: &str| json!({"seats": [label]});
    both.ask(wish, ("POST", &all), Some(body(taken, seat("stalls:A1")))).await.expect(201);

    let id = new_id(START);
    for (selection, rest, status, name) in [
        (seats(&["stalls:A1"]), seat("stalls:A1"), 409, "SeatsTaken"),
        (seats(&["stalls:Z9"]), seat("stalls:Z9"), 422, "NoSuchSeat"),
        (standing(51), json!({"standing": {"places": 51}}), 409, "SoldOut"),
    ] {
        let wish = reserve(id, "dune", "ann", selection);
        let answer = both.ask(wish, ("POST", &all), Some(body(id, rest))).await;
        assert_eq!(answer.problem(status), name);
    }
    let wish = reserve(taken, "dune", "ann", seats(&["stalls:A2"]));
    let answer = both.ask(wish, ("POST", &all), Some(body(taken, seat("stalls:A2")))).await;
    assert_eq!(answer.problem(409), "IdConflict");
    let release = Request::Release { reservation: key(taken, "dune", "ann"), keep: None };
    let path = format!("{all}/{taken}/release");
    let answer = both.ask(release, ("POST", &path), Some(json!({"customer": "ann"}))).await;
    assert_eq!(answer.problem(409), "AlreadyConfirmed");
    let look = Request::GetReservation { reservation: key(id, "dune", "ann") };
    let answer = both.ask(look, ("GET", &format!("{all}/{id}?customer=ann")), None).await;
    assert_eq!(answer.problem(404), "ReservationNotFound");
    let get = Request::GetEvent { event: event("nope"), freshness: Freshness::Cached };
    let answer = both.ask(get, ("GET", "/v1/events/nope"), None).await;
    assert_eq!(answer.problem(404), "EventNotFound");
    let delete = Request::DeleteEvent { event: event("dune"), force: Force::No };
    let answer = both.ask(delete, ("DELETE", DUNE), None).await;
    assert_eq!(answer.problem(409), "ReservationsLive");
    for (sales, refusal) in [(Sales::Closed, "SalesClosed"), (Sales::Cancelled, "EventCancelled")] {
        let update = Request::UpdateEvent {
            event: event("dune"),
            if_version: None,
            update: Box::new(EventUpdate { sales: Some(sales), ..Default::default() }),
        };
        let wanted = json!({ "sales": sales.as_str() });
        both.ask(update, ("PATCH", DUNE), Some(wanted)).await.expect(200);
        let body = json!({"id": id.to_string(), "customer": "ann", "best": {"places": 1}});
        let wanted = hold(id, "dune", "ann", best(1));
        let answer = both.ask(wanted, ("POST", &all), Some(body)).await;
        assert_eq!(answer.problem(409), refusal);
    }
    let delete = Request::DeleteEvent { event: event("dune"), force: Force::Yes };
    both.ask(delete.clone(), ("DELETE", &format!("{DUNE}?force=true")), None).await.expect(200);
    let again = both.ask(delete, ("DELETE", &format!("{DUNE}?force=true")), None).await;
    assert_eq!(again.expect(200)["changed"], false);
}

#[tokio::test]
async fn both_listeners_sell_the_same_seats() {
    let server = start(config()).await;
    let (mut http, mut wire) =
        (Http::connect(server.http_address()).await, Raw::connect(server.address()).await);
    http.ask_json("PUT", DUNE, &dune_as_json()).await.expect(201);
    let id = new_id(START);
    let body = json!({"id": id.to_string(), "customer": "ann", "seats": ["stalls:A1"]});
    http.post(&format!("{DUNE}/reservations"), &body).await.expect(201);
    let wish = reserve(new_id(START), "dune", "bob", seats(&["stalls:A1"]));
    assert!(matches!(wire.refused(&wish).await, Refusal::SeatsTaken { .. }));
    // The same wish under the same id, whichever way it comes.
    let again = hold(id, "dune", "ann", seats(&["stalls:A1"]));
    let reply = wire.ask(&again).await;
    assert!(matches!(reply.body, Body::Reservation { effect: Effect::Unchanged, .. }), "{reply:?}");
    let library = Client::connect(ClientConfig {
        server: server.address().to_string(),
        deadline: Duration::from_secs(60),
        ..Default::default()
    });
    let library = library.await.expect("it is there");
    assert_eq!(library.events().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn it_says_what_a_page_needs_to_know_of_the_server() {
    let server = start(config()).await;
    let mut http = Http::connect(server.http_address()).await;
    let about = http.get("/v1/server").await.expect(200);
    assert_eq!(about["time"], "2026-01-01T00:00:00.000Z");
    assert_eq!(about["hold_default_ms"], 120_000);
    let stats = http.get("/v1/stats").await.expect(200);
    assert_eq!((&stats["http_connections"], &stats["ledger"]), (&json!(1), &json!("memory")));
}
