//! Which role may send which request, as SPEC.md's table has it; and row 20 with tokens: a customer
//! learns nothing of another one's reservations.

use crate::common::{admit, config};
use crate::kinds::{start, with_every_role};
use boxoffice_protocol::PlanPart;
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::id::{BackupName, OrderNumber, PlanDigest, ReservationId, Token};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, ReservationRow};
use boxoffice_protocol::request::{Force, Freshness, IfExpired, PageLimit, Request, RequestKind};
use boxoffice_protocol::reservation::Status;
use boxoffice_server::Server;
use boxoffice_server::auth::Role;
use boxoffice_testing::tokens::{enter, turned_away, why};
use boxoffice_testing::{
    Raw, START, best, create, customer, event, exchange, film, hello_with, hold, key, new_id,
    reserve, standing, transfer,
};

const EVENTS: [&str; 2] = ["film", "nowhere"];

/// Every request but `Hello`, about this event, by or for this customer.
fn requests(of: &str, who: &str) -> Vec<(&'static str, Request)> {
    let reservation = || key(new_id(START), of, who);
    let (limit, freshness, keep) = (PageLimit::MAX, Freshness::Fresh, None);
    let id = || event(of);
    vec![
        ("Ping", Request::Ping),
        ("ListEvents", Request::ListEvents { after: None, limit, freshness }),
        ("GetEvent", Request::GetEvent { event: id(), freshness }),
        ("Seats", Request::Seats { event: id(), freshness }),
        ("CreateEvent", create(of, film(2, 2))),
        ("UpdateEvent", {
            let update = Box::new(EventUpdate::default());
            Request::UpdateEvent { event: id(), if_version: None, update }
        }),
        ("DeleteEvent", Request::DeleteEvent { event: id(), force: Force::No }),
        ("Hold", hold(new_id(START), of, who, best(1))),
        ("Reserve", reserve(new_id(START), of, who, best(1))),
        (
            "Confirm",
            Request::Confirm {
                reservation: reservation(),
                keep: keep.clone(),
                expired: IfExpired::Refuse,
            },
        ),
        ("Release", Request::Release { reservation: reservation(), keep: keep.clone() }),
        ("Extend", Request::Extend { reservation: reservation(), until: START }),
        ("Cancel", Request::Cancel { reservation: reservation(), keep }),
        ("GetReservation", Request::GetReservation { reservation: reservation() }),
        ("ListReservations", list(Some(who))),
        ("Watch", Request::Watch { event: id(), from_version: None }),
        ("Unwatch", Request::Unwatch { event: id() }),
        ("Stats", Request::Stats),
        ("Backup", Request::Backup { name: BackupName::parse("friday").expect("a name") }),
        ("Leave", Request::Leave { reservation: reservation(), if_expires_at: START }),
        ("PutPlan", {
            let (digest, bytes) = (PlanDigest([0; 32]), PlanPart::of(b"{", 0));
            Request::PutPlan { digest, offset: 0, bytes }
        }),
        ("GetPlan", Request::GetPlan { digest: PlanDigest([0; 32]), offset: 0 }),
        ("Transfer", transfer(reservation(), 0, "cid")),
        ("SetOrder", Request::SetOrder { reservation: reservation(), order: order() }),
        ("ConfirmOrder", Request::ConfirmOrder { event: id(), order: order() }),
        ("Exchange", exchange(reservation(), 0, standing(1))),
    ]
}

fn order() -> OrderNumber {
    "2026-000123".parse().expect("an order number")
}

fn list(who: Option<&str>) -> Request {
    let (event, customer) = (None, who.map(customer));
    Request::ListReservations {
        event,
        customer,
        code: None,
        order: None,
        after: None,
        limit: PageLimit::MAX,
    }
}

/// The rows of SPEC.md's table: a request, and its cell for each role.
fn table() -> Vec<(String, Vec<String>)> {
    let spec = include_str!("../../../protocol/SPEC.md");
    let section = spec.split_once("## 16. Who may do what\n").expect("it is there").1;
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').into()).collect()
    };
    let row = |row| {
        let mut cells = cells(row);
        (cells.remove(0), cells)
    };
    assert!(section.contains("\n| request | admin | agent | customer | reader |\n"));
    rows.map(row).collect()
}

/// Whether a request is allowed, on a connection of its own.
async fn is_allowed(server: &Server, token: &Token, request: &Request) -> bool {
    let mut client = enter(server.address(), token).await;
    let is_refused = matches!(
        client.ask(request).await.body,
        Body::Refused(Refusal::NotAllowed { why }) if !why.is_empty()
    );
    // It is the request that is not allowed, and not the connection.
    assert!(matches!(client.ask(&Request::Ping).await.body, Body::Pong { .. }));
    !is_refused
}

#[tokio::test]
async fn every_role_may_ask_what_the_table_says_and_nothing_else() {
    let (server, tokens) = with_every_role(config(), film(10, 10)).await;
    let table = table();
    let named: Vec<_> = table.iter().map(|(request, _)| request.as_str()).collect();
    let all: Vec<_> = requests("film", "ann").into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, all, "the table has every request");
    assert_eq!(all.len() + 1, RequestKind::ALL.len(), "and all but Hello are there");
    for (index, (name, cells)) in table.iter().enumerate() {
        for (token, cell) in tokens.iter().zip(cells) {
            for (of, who) in EVENTS.into_iter().flat_map(|of| [(of, "ann"), (of, "bob")]) {
                let (_, request) = requests(of, who).swap_remove(index);
                let expected = match cell.as_str() {
                    "yes" => true,
                    "no" => false,
                    "own" => who == "ann",
                    other => panic!("{name}: {other}"),
                };
                let allowed = is_allowed(&server, token, &request).await;
                assert_eq!(allowed, expected, "{name} of {of} for {who} with {cells:?}");
            }
        }
    }
}

#[tokio::test]
async fn without_a_token_nothing_at_all_is_allowed() {
    let (server, _) = with_every_role(config(), film(10, 10)).await;
    assert_eq!(turned_away(server.address(), None).await, "this server wants a token");
    for (name, request) in requests("film", "ann") {
        let mut client = Raw::silent(server.address()).await;
        let refusal = client.refused(&request).await;
        assert!(matches!(&refusal, Refusal::Invalid { field, .. } if field == "hello"), "{name}");
        assert_eq!(client.closed().await, [], "{name}");
    }
}

#[tokio::test]
async fn a_second_hello_gives_no_other_grant() {
    let (server, [admin, _, _, reader]) = with_every_role(config(), film(10, 10)).await;
    let mut client = enter(server.address(), &reader).await;
    let refusal = client.refused(&hello_with(Some(&admin))).await;
    assert!(matches!(refusal, Refusal::Invalid { field, .. } if field == "hello"));
    why(client.refused(&Request::Stats).await);
}

#[tokio::test]
async fn without_tokens_a_token_that_is_shown_is_not_looked_at() {
    let server = start(config()).await;
    let token = Token::parse("anything").expect("visible");
    let mut client = enter(server.address(), &token).await;
    assert!(matches!(client.ask(&Request::Stats).await.body, Body::Stats(_)));
}

#[tokio::test]
async fn a_customer_lists_reservations_of_that_customer_only() {
    let (server, [_, agent, ann, _]) = with_every_role(config(), film(10, 10)).await;
    let mut agent = enter(server.address(), &agent).await;
    for who in ["ann", "bob", "ann", "cid"] {
        agent.ask(&reserve(new_id(START), "film", who, best(1))).await;
    }
    let mut ann = enter(server.address(), &ann).await;
    for who in [None, Some("ann")] {
        let Body::Reservations { rows, .. } = ann.ask(&list(who)).await.body else {
            panic!("rows")
        };
        let whose = |row: &ReservationRow| row.reservation.customer.to_string();
        assert_eq!(rows.iter().map(whose).collect::<Vec<_>>(), ["ann", "ann"]);
    }
    let Body::Reservations { rows, .. } = agent.ask(&list(None)).await.body else { panic!("rows") };
    assert_eq!(rows.len(), 4);
}

/// Every request about one reservation.
fn about(id: ReservationId, who: &str) -> [Request; 6] {
    let reservation = || key(id, "film", who);
    [
        Request::GetReservation { reservation: reservation() },
        Request::Confirm { reservation: reservation(), keep: None, expired: IfExpired::Refuse },
        Request::Release { reservation: reservation(), keep: None },
        Request::Extend { reservation: reservation(), until: START },
        Request::Leave { reservation: reservation(), if_expires_at: START },
        Request::Cancel { reservation: reservation(), keep: None },
    ]
}

#[tokio::test]
async fn row_20_anothers_reservation_is_answered_like_one_that_is_not_there() {
    let mut config = config();
    let agent = admit(&mut config, "agent", Role::Agent, None);
    let ann = admit(&mut config, "ann's phone", Role::Customer(customer("ann")), None);
    let server = start(config).await;
    server.catalog().create(event("film").borrowed(), &film(10, 10), None);
    let mut agent = enter(server.address(), &agent).await;
    let (held, sold) = (new_id(START), new_id(START));
    agent.ask(&hold(held, "film", "bob", best(1))).await;
    agent.ask(&reserve(sold, "film", "bob", best(2))).await;
    let mut ann = enter(server.address(), &ann).await;
    for _ in 0..2 {
        for (held, absent) in [held, sold]
            .into_iter()
            .flat_map(|id| about(id, "ann").into_iter().zip(about(new_id(START), "ann")))
        {
            let (anothers, none) = (ann.ask(&held).await, ann.ask(&absent).await);
            assert_eq!(anothers.body, Body::Refused(Refusal::ReservationNotFound), "{held:?}");
            assert_eq!(anothers, none, "{held:?}");
        }
        for request in about(held, "bob").into_iter().chain(about(new_id(START), "bob")) {
            why(ann.refused(&request).await);
        }
    }
    // An id has one effect for all customers; that is all that it tells.
    assert_eq!(ann.refused(&hold(held, "film", "ann", best(1))).await, Refusal::IdConflict);
    assert_eq!(agent.refused(&about(held, "ann")[0]).await, Refusal::NotYours);
    let Body::Reservation { reservation, .. } = agent.ask(&about(held, "bob")[0]).await.body else {
        panic!("it is there")
    };
    assert_eq!(reservation.status, Status::Held);
}

#[tokio::test]
async fn row_20_a_giver_is_told_nothing_of_the_receiver() {
    let (server, [_, agent, ann, _]) = with_every_role(config(), film(10, 10)).await;
    let mut agent = enter(server.address(), &agent).await;
    let mut ann = enter(server.address(), &ann).await;
    let wish = reserve(new_id(START), "film", "ann", best(2));
    let id = wish.reservation().expect("its id");
    let own = ann.ask(&wish).await;
    assert!(matches!(own.body, Body::Reservation { .. }), "{own:?}");
    let refused = ann.refused(&transfer(key(id, "film", "ann"), 0, "bob")).await;
    assert_eq!(why(refused), "it takes an agent's token, not a customer's");

    let given = transfer(key(id, "film", "ann"), 0, "bob");
    let Body::Reservation { reservation, .. } = agent.ask(&given).await.body else {
        panic!("it was not transferred")
    };
    assert_eq!((reservation.customer, reservation.revision), (customer("bob"), 1));
    for request in about(id, "ann").into_iter().chain([wish.clone()]) {
        assert_eq!(ann.refused(&request).await, Refusal::ReservationNotFound, "{request:?}");
        assert_eq!(agent.refused(&request).await, Refusal::NotYours, "{request:?}");
    }
    let Body::Reservations { rows, .. } = ann.ask(&list(None)).await.body else { panic!("rows") };
    assert!(rows.is_empty(), "{rows:?}");

    let back = transfer(key(id, "film", "bob"), 1, "ann");
    agent.ask(&back).await;
    let late = agent.refused(&given).await;
    assert_eq!(late, Refusal::RevisionConflict { current: 2 }, "a late duplicate");
    assert!(matches!(ann.ask(&wish).await.body, Body::Reservation { .. }), "it is ann's again");
}
