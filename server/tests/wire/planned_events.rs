//! Events in the hall of a plan: what is where, and what it is called, over restarts and as long as the
//! event is there.

use super::restarts::on_disk;
use crate::common::{config, planned};
use crate::kinds::start;
use boxoffice_protocol::event::{EventSpec, EventUpdate, Layout, SectionUpdate, Sections};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{Force, Freshness, Request};
use boxoffice_protocol::reservation::{PlaceCount, Places, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::plans::{get_all, put_all};
use boxoffice_testing::{Raw, START, create, event, new_id, reserve, seat_map, seats, until};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The labels that a reservation got.
async fn booked(client: &mut Raw, now: Timestamp, selection: Selection) -> Vec<String> {
    let id = new_id(now);
    match client.ask(&reserve(id, "opera", "ada", selection)).await.body {
        Body::Reservation { reservation, .. } => match reservation.places {
            Places::Seats(seats) => seats.iter().map(ToString::to_string).collect(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

fn together(places: u32) -> Selection {
    let places = PlaceCount::new(places).expect("a number of places");
    Selection::Best { places, section: None, together: Together::Required }
}

async fn field_of(client: &mut Raw, spec: EventSpec) -> (String, String) {
    match client.refused(&create("opera", spec)).await {
        Refusal::Invalid { field, why } => (field.to_string(), why.to_string()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_event_has_the_places_of_its_plan() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    let (digest, plan, spec) = planned();
    assert_eq!(client.refused(&create("opera", spec.clone())).await, Refusal::PlanNotFound);
    put_all(&mut client, digest, &plan, 0).await;
    // Sections that are others than the plan's.
    let mut others = spec.sections.as_slice().to_vec();
    others.reverse();
    let sections = Sections::new(others.clone()).expect("sections");
    let (field, why) = field_of(&mut client, EventSpec { sections, ..spec.clone() }).await;
    assert_eq!((&*field, why.contains("stalls, pit")), ("sections", true), "{why}");
    others.reverse();
    others[0].layout = Layout::grid(2, 6);
    let sections = Sections::new(others).expect("sections");
    let (field, why) = field_of(&mut client, EventSpec { sections, ..spec.clone() }).await;
    assert_eq!((&*field, why.contains("2 rows with 10 seats")), ("sections", true), "{why}");
    for effect in [Effect::Applied, Effect::Unchanged] {
        let created = client.ask(&create("opera", spec.clone())).await.body;
        assert_eq!(created, Body::EventSaved { effect });
    }
    // The aisle is between 1 and 2.
    let refused = client.refused(&reserve(new_id(START), "opera", "ada", together(4))).await;
    assert_eq!(refused, Refusal::NotTogether { largest: 3 });
    assert_eq!(booked(&mut client, server.clock().now(), together(3)).await, ["H5", "H3", "H1"]);
    assert_eq!(
        booked(&mut client, server.clock().now(), seats(&["row h seat 02", "j3-j1"])).await,
        ["H2", "J3", "J1"]
    );
    let a1 = reserve(new_id(START), "opera", "ada", seats(&["A1"]));
    assert!(matches!(client.refused(&a1).await, Refusal::NoSuchSeat { .. }));
    let map = client.ask(&seat_map("opera")).await.body;
    let Body::Seats(map) = map else { panic!("{map:?}") };
    assert_eq!(map.plan, Some(digest));
    // Rows are the plan's; prices are the operator's.
    let of = |price, layout: Option<Layout>| {
        let layout = layout.map(Into::into);
        let update = SectionUpdate { name: "stalls".parse().expect("a name"), price, layout };
        let update = EventUpdate { sections: vec![update], ..EventUpdate::default() };
        Request::UpdateEvent { event: event("opera"), if_version: None, update: Box::new(update) }
    };
    let refused = client.refused(&of(None, Some(Layout::grid(3, 5)))).await;
    assert!(matches!(refused, Refusal::Invalid { ref field, .. } if &**field == "sections"));
    let saved = client.ask(&of(Some(5_000), None)).await.body;
    assert_eq!(saved, Body::EventSaved { effect: Effect::Applied });
}

#[tokio::test]
async fn law_2_a_restart_finds_the_plans_of_events_and_keeps_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    let (digest, plan, spec) = planned();
    for life in 0..3 {
        let server = start(on_disk(&data)).await;
        let mut client = Raw::connect(server.address()).await;
        if life == 0 {
            put_all(&mut client, digest, &plan, 0).await;
            client.ask(&create("opera", spec.clone())).await;
        }
        assert_eq!(booked(&mut client, server.clock().now(), together(1)).await.len(), 1);
        for _ in 0..3 {
            server.clock().advance(DAY);
            server.plans().forget_unused();
        }
        assert_eq!(get_all(&mut client, digest).await.as_ref(), Some(&plan), "life {life}");
        drop(client);
        assert!(server.stop().await.durable);
    }
    // An event that is gone needs it no longer.
    let server = start(on_disk(&data)).await;
    let mut client = Raw::connect(server.address()).await;
    let shown = Request::GetEvent { event: event("opera"), freshness: Freshness::Fresh };
    let shown = client.ask(&shown).await.body;
    assert!(matches!(shown, Body::Event(details) if details.spec.plan == Some(digest)));
    client.ask(&Request::DeleteEvent { event: event("opera"), force: Force::Yes }).await;
    until("it is forgotten", || {
        server.clock().advance(DAY);
        server.plans().forget_unused();
        server.plans().registry().count() == 0
    })
    .await;
}
