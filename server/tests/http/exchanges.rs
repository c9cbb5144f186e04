//! Exchanges over HTTP: by customers and agents, and by visitors within the limits of their address.

use super::visits::{from_page, hold, send, visit};
use crate::common::{admit, config};
use crate::kinds::{start, with_every_role};
use boxoffice_protocol::id::Token;
use boxoffice_server::auth::Role;
use boxoffice_testing::http::{Http, with_body};
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{START, create, film, new_id};
use serde_json::{Value, json};
use std::num::NonZeroU32;

const RESERVATIONS: &str = "/v1/events/film/reservations";

fn bearer(token: &Token) -> String {
    format!("authorization: Bearer {}\r\n", token.as_str())
}

#[tokio::test]
async fn a_reservation_gets_other_places_and_answers_its_duplicates() {
    let (server, [_, agent, ann, reader]) = with_every_role(config(), film(4, 4)).await;
    let mut http = Http::connect(server.http_address()).await;
    let id = new_id(START).to_string();
    let path = format!("{RESERVATIONS}/{id}/exchange");
    let mut ask = async |path: &str, token, body: &Value| {
        http.send(with_body("POST", path, &bearer(token), &body.to_string())).await;
        http.receive().await.expect("an answer")
    };
    let wish = json!({"id": id, "action": "reserve", "seats": ["A1", "A2"]});
    ask(RESERVATIONS, &ann, &wish).await.expect(201);
    let first = json!({"if_revision": 0, "seats": ["A2", "A3"]});
    let moved = ask(&path, &ann, &first).await.expect(200);
    let told = (&moved["seats"], &moved["revision"], &moved["status"]);
    assert_eq!(told, (&json!(["A2", "A3"]), &json!(1), &json!("confirmed")));
    let again = ask(&path, &ann, &first).await.expect(200);
    assert_eq!(again["version"], moved["version"], "it is so already");
    let back = json!({"customer": "ann", "if_revision": 1, "seats": ["A1"], "at_most": 999_999});
    ask(&path, &agent, &back).await.expect(200);
    let late = ask(&path, &ann, &first).await.expect(409);
    assert_eq!((&late["refused"], &late["current"]), (&json!("RevisionConflict"), &json!(2)));
    let dear = json!({"if_revision": 2, "seats": ["A1", "A2"], "at_most": 1});
    assert_eq!(ask(&path, &ann, &dear).await.problem(409), "PriceChanged");
    assert_eq!(ask(&path, &reader, &back).await.problem(403), "NotAllowed");
    for wrong in [
        json!({"if_revision": 2}),
        json!({"if_revision": 2, "seats": ["A1"], "standing": {"places": 1}}),
        json!({"if_revision": 2, "best": {"places": 1}}),
        json!({"seats": ["A1"]}),
    ] {
        assert_eq!(ask(&path, &ann, &wrong).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn row_46_visitors_exchange_within_the_places_of_their_address() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    config.visitors = Some(true);
    config.visitor_places = NonZeroU32::new(4).expect("four");
    let server = start(config).await;
    enter(server.address(), &admin).await.ask(&create("film", film(4, 4))).await;
    let mut http = Http::connect(server.http_address()).await;
    let (one, other) = (visit(&mut http).await, visit(&mut http).await);
    let held = send(&mut http, from_page(RESERVATIONS, &one, &hold("A1"))).await.expect(201);
    send(&mut http, from_page(RESERVATIONS, &other, &hold("A2"))).await.expect(201);
    let path = format!("{RESERVATIONS}/{}/exchange", held["id"].as_str().expect("an id"));
    let mut exchange = async |visitor: &str, revision: u32, seats: &[&str]| {
        let body = json!({"if_revision": revision, "seats": seats}).to_string();
        send(&mut http, from_page(&path, visitor, &body)).await
    };
    let many = exchange(&one, 0, &["B1", "B2", "B3", "B4"]).await.expect(409);
    let told = (&many["refused"], &many["limit"], &many["have"]);
    assert_eq!(told, (&json!("LimitExceeded"), &json!(4), &json!(2)));
    assert_eq!(exchange(&one, 0, &["A1", "A2", "A3"]).await.problem(409), "SeatsTaken");
    exchange(&one, 0, &["B1", "B2", "B3"]).await.expect(200);
    assert_eq!(exchange(&other, 1, &["B1"]).await.status, 404, "a visitor has its own only");
    let full = send(&mut http, from_page(RESERVATIONS, &other, &hold("A3"))).await;
    assert_eq!(full.problem(409), "LimitExceeded");
}
