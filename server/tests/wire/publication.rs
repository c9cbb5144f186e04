//! Which events customers see: no drafts, and in lists no unlisted ones.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::event::{EventSpec, EventUpdate, Publication, SalesState};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Freshness, IfExpired, PageLimit, Request};
use boxoffice_server::auth::Role;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{Raw, START, best, create, customer, event, film, key, new_id, reserve};

async fn listed(client: &mut Raw, freshness: Freshness) -> Vec<(String, SalesState)> {
    let list = Request::ListEvents { after: None, limit: PageLimit::MAX, freshness };
    match client.ask(&list).await.body {
        Body::Events { rows, next: None } => {
            rows.iter().map(|row| (row.id.to_string(), row.sales)).collect()
        }
        other => panic!("{other:?} is no list"),
    }
}

fn about(of: &str) -> [Request; 7] {
    let (freshness, id) = (Freshness::Cached, || event(of));
    let reservation = || key(new_id(START), of, "ann");
    [
        Request::GetEvent { event: id(), freshness },
        Request::Seats { event: id(), freshness },
        Request::Watch { event: id(), from_version: None },
        reserve(new_id(START), of, "ann", best(1)),
        Request::Confirm { reservation: reservation(), keep: None, expired: IfExpired::Refuse },
        Request::GetReservation { reservation: reservation() },
        Request::ListReservations {
            event: Some(id()),
            customer: None,
            code: None,
            order: None,
            after: None,
            limit: PageLimit::MAX,
        },
    ]
}

#[tokio::test]
async fn a_draft_is_there_for_admins_and_agents_only() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let agent = admit(&mut config, "agent", Role::Agent, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let reader = admit(&mut config, "board", Role::Reader, None);
    let server = start(config).await;
    let mut admin = enter(server.address(), &admin).await;
    let mut agent = enter(server.address(), &agent).await;
    let mut ann = enter(server.address(), &ann).await;
    let mut reader = enter(server.address(), &reader).await;
    let as_is = |publication| EventSpec { publication, ..film(2, 5) };
    admin.ask(&create("draft", as_is(Publication::Draft))).await;
    admin.ask(&create("film", as_is(Publication::Listed))).await;
    admin.ask(&create("secret", as_is(Publication::Unlisted))).await;

    for freshness in [Freshness::Fresh, Freshness::Cached] {
        let all = listed(&mut agent, freshness).await;
        let state = |id: &str| all.iter().find(|row| row.0 == id).map(|row| row.1);
        assert_eq!(all.len(), 3, "{all:?}");
        assert_eq!(state("draft"), Some(SalesState::Draft));
        assert_eq!(state("secret"), Some(SalesState::Open));
        for client in [&mut ann, &mut reader] {
            let some = listed(client, freshness).await;
            assert_eq!(some, [("film".to_owned(), SalesState::Open)]);
        }
    }
    for (hidden, missing) in about("draft").into_iter().zip(about("nowhere")) {
        let (hidden, missing) = (ann.ask(&hidden).await, ann.ask(&missing).await);
        assert_eq!(hidden.body, Body::Refused(Refusal::EventNotFound));
        assert_eq!((hidden.body, hidden.version), (missing.body, missing.version));
    }
    let wish = |of: &str| reserve(new_id(START), of, "ann", best(1));
    assert!(matches!(agent.ask(&wish("draft")).await.body, Body::Reservation { .. }));
    assert!(matches!(ann.ask(&wish("secret")).await.body, Body::Reservation { .. }));

    let publish = |to| Request::UpdateEvent {
        event: event("draft"),
        if_version: None,
        update: Box::new(EventUpdate { publication: Some(to), ..EventUpdate::default() }),
    };
    admin.ask(&publish(Publication::Listed)).await;
    assert!(matches!(ann.ask(&wish("draft")).await.body, Body::Reservation { .. }));
    assert_eq!(listed(&mut reader, Freshness::Fresh).await.len(), 2);
    let refused = admin.refused(&publish(Publication::Draft)).await;
    assert!(matches!(refused, Refusal::Invalid { field, .. } if field.as_str() == "publication"));
}

/// More drafts than one page of reservations looks into.
#[tokio::test]
async fn a_list_of_reservations_names_no_draft_to_go_on_after() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let server = start(config).await;
    let mut admin = enter(server.address(), &admin).await;
    let mut ann = enter(server.address(), &ann).await;
    for number in 0..300 {
        let draft = EventSpec { publication: Publication::Draft, ..film(1, 1) };
        admin.ask(&create(&format!("draft-{number:03}"), draft)).await;
    }
    admin.ask(&create("film", film(1, 2))).await;
    ann.ask(&reserve(new_id(START), "film", "ann", best(1))).await;
    let list = Request::ListReservations {
        event: None,
        customer: Some(customer("ann")),
        code: None,
        order: None,
        after: None,
        limit: PageLimit::MAX,
    };
    let Body::Reservations { rows, next } = ann.ask(&list).await.body else { panic!("no list") };
    assert_eq!((rows.len(), next), (1, None));
}
