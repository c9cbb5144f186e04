//! Hostile and unlucky clients, by their wishes: nothing, too much, for too long, under false names.

#![allow(clippy::cast_possible_truncation, reason = "small numbers of a test")]

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::event::{
    Currency, CurrencyCode, EventSpec, EventUpdate, Layout, SectionUpdate, ZonedTime,
};
use boxoffice_protocol::frame::encode;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::{IfExpired, Request};
use boxoffice_protocol::reservation::{Keep, Selection};
use boxoffice_protocol::time::Timestamp;
use boxoffice_server::Server;
use boxoffice_testing::{
    Raw, START, best, concert, create, customer, event, film, key, new_id, reserve, seat_map,
    seats, standing,
};
use bytes::{BufMut, BytesMut};

async fn with_film() -> (Server, Raw) {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", film(10, 10))).await;
    (server, client)
}

/// The refusal that a message of these bytes gets.
async fn refused(client: &mut Raw, message: &[u8]) -> Refusal {
    let mut frame = BytesMut::new();
    frame.put_u32_le(4 + message.len() as u32);
    frame.put_u32_le(77);
    frame.put_slice(message);
    client.send_bytes(&frame).await;
    match client.receive().await.expect("the connection stays open").reply.body {
        Body::Refused(refusal) => refused_by_name(refusal),
        other => panic!("{other:?}"),
    }
}

fn refused_by_name(refusal: Refusal) -> Refusal {
    assert!(
        matches!(&refusal, Refusal::Invalid { field, why } if !field.is_empty() && !why.is_empty())
    );
    refusal
}

fn field(refusal: &Refusal) -> &str {
    match refusal {
        Refusal::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

/// A reserve request written by hand: the customer and what follows it are raw bytes.
fn reserve_bytes(customer: &[u8], selection: &[u8]) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    bytes.put_u8(9);
    bytes.put_slice(new_id(START).as_bytes());
    encode(&event("film"), &mut bytes);
    encode(&u32::try_from(customer.len()).expect("short"), &mut bytes);
    bytes.put_slice(customer);
    bytes.put_slice(selection);
    // Of no order.
    bytes.put_u8(0);
    bytes.to_vec()
}

#[tokio::test]
async fn row_21_impossible_quantities_are_refused() {
    let (_server, mut client) = with_film().await;
    // best, so many places, no section, together if possible
    let zero = reserve_bytes(b"ann", &[1, 0, 0, 0]);
    let most = reserve_bytes(b"ann", &[1, 252, 255, 255, 255, 255, 0, 0]);
    let more_than_u32 = reserve_bytes(b"ann", &[1, 253, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
    for bytes in [zero, most] {
        assert_eq!(field(&refused(&mut client, &bytes).await), "places");
    }
    refused(&mut client, &more_than_u32).await;
}

#[tokio::test]
async fn row_21_more_than_there_are_is_sold_out() {
    let server = start(config()).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(5))).await;
    let refusal = client.refused(&reserve(new_id(START), "concert", "ann", standing(6))).await;
    assert_eq!(refusal, Refusal::SoldOut { free: 5 });
}

#[tokio::test]
async fn row_22_holds_of_no_time_or_too_long_are_refused_by_name() {
    let (_server, mut client) = with_film().await;
    for ttl_ms in [0, 1, 999, 1_800_001, u64::MAX] {
        let wish = Request::Hold {
            id: new_id(START),
            event: event("film"),
            customer: customer("ann"),
            selection: best(1),
            ttl_ms: Some(ttl_ms),
            order: None,
        };
        assert_eq!(field(&client.refused(&wish).await), "ttl_ms", "{ttl_ms}");
    }
}

#[tokio::test]
async fn row_23_names_that_deceive_are_refused() {
    let (_server, mut client) = with_film().await;
    let best_1 = [1, 1, 0, 0];
    let names: [&[u8]; 8] = [
        b"",
        b"\xff\xfe",
        b"a\0b",
        b"a\x1b[2J",
        "\u{202E}nna".as_bytes(),
        &[b'x'; 129],
        "Jose\u{301}".as_bytes(),
        &[b'x'; 60_000],
    ];
    for name in names {
        let refusal = refused(&mut client, &reserve_bytes(name, &best_1)).await;
        let field = field(&refusal);
        assert!(field == "customer" || field == "request", "{field}");
    }
    let Body::Seats(map) = client.ask(&seat_map("film")).await.body else { panic!("a map") };
    assert_eq!(map.sections[0].counts.sold, 0);
}

#[tokio::test]
async fn row_24_a_seat_twice_or_ten_thousand_seats_are_refused() {
    let (_server, mut client) = with_film().await;
    let twice = [&[0, 2][..], b"\x02A1\x02A1"].concat();
    assert_eq!(field(&refused(&mut client, &reserve_bytes(b"ann", &twice)).await), "seats");
    let mut many = vec![0, 251, 0x10, 0x27];
    (0..10_000).for_each(|_| many.extend_from_slice(b"\x02A1"));
    assert_eq!(field(&refused(&mut client, &reserve_bytes(b"ann", &many)).await), "seats");
}

#[tokio::test]
async fn law_3_ids_too_old_or_too_far_ahead_are_refused() {
    let (_server, mut client) = with_film().await;
    let now = START.as_ms();
    let day = 24 * 60 * 60 * 1_000;
    let cases =
        [(now - day - 1, false), (now - day, true), (now + 300_000, true), (now + 300_001, false)];
    for (ms, accepted) in cases {
        let id = new_id(Timestamp::from_ms(ms));
        let reply = client.ask(&reserve(id, "film", "ann", best(1))).await;
        assert_eq!(matches!(reply.body, Body::Reservation { .. }), accepted, "{ms}: {reply:?}");
    }
}

#[tokio::test]
async fn an_update_that_no_event_could_have_is_invalid_whether_or_not_its_event_exists() {
    let (_server, mut client) = with_film().await;
    let update = |section| {
        let update = EventUpdate { sections: vec![section], ..EventUpdate::default() };
        move |slug: &str| Request::UpdateEvent {
            event: event(slug),
            if_version: None,
            update: Box::new(update.clone()),
        }
    };
    let section = |price, layout: Option<Layout>| SectionUpdate {
        name: "stalls".parse().expect("a name"),
        price,
        layout: layout.map(Into::into),
    };
    let wrong = [
        section(Some(1_000_000_000_001), None),
        section(None, Some(Layout::Seated { rows: vec![] })),
        section(None, Some(Layout::Seated { rows: vec![0] })),
        section(None, Some(Layout::standing(0))),
    ];
    for update in wrong.map(update) {
        for slug in ["film", "nowhere"] {
            assert_eq!(field(&client.refused(&update(slug)).await), "sections");
        }
    }
    let fair = update(section(Some(5), Some(Layout::standing(1))));
    assert_eq!(client.refused(&fair("nowhere")).await, Refusal::EventNotFound);
}

#[tokio::test]
async fn a_status_refuses_before_places_that_are_not_there_to_keep() {
    let (_server, mut client) = with_film().await;
    let id = new_id(START);
    client.ask(&reserve(id, "film", "ann", seats(&["A1", "A2"]))).await;
    let keep = |labels: &[&str]| match seats(labels) {
        Selection::Seats(labels) => Some(Keep::Seats(labels)),
        _ => None,
    };
    let reservation = || key(id, "film", "ann");
    for foreign in [&["B7"][..], &["Z9"], &["A1", "stalls:A1"]] {
        let confirm = Request::Confirm {
            reservation: reservation(),
            keep: keep(foreign),
            expired: IfExpired::Refuse,
        };
        assert_eq!(client.refused(&confirm).await, Refusal::AlreadyConfirmed);
        let cancel = Request::Cancel { reservation: reservation(), keep: keep(foreign) };
        assert_eq!(field(&client.refused(&cancel).await), "keep");
    }
    let twice = Request::Cancel { reservation: reservation(), keep: keep(&["A1", "stalls:A1"]) };
    let Refusal::Invalid { why, .. } = client.refused(&twice).await else { panic!("not invalid") };
    assert_eq!(why, "A1 is there twice");
}

#[tokio::test]
async fn a_currency_that_iso_4217_does_not_have_is_refused_with_what_to_do() {
    let (_server, mut client) = with_film().await;
    let code = |text| CurrencyCode::parse(text).expect("three letters");
    for (text, digits, expected) in [
        ("DEM", 2, "DEM is no currency of ISO 4217; write the code that prices are in"),
        ("JPY", 2, "JPY has 0 digits behind the point, not 2"),
    ] {
        let mut spec = film(1, 1);
        spec.currency = Currency::told(code(text), digits).expect("few digits");
        match client.refused(&create("other", spec)).await {
            Refusal::Invalid { field, why } => {
                assert_eq!(&*field, "currency");
                assert!(why.starts_with(expected), "{why}");
            }
            other => panic!("{other:?}"),
        }
    }
    let mut spec = film(1, 1);
    spec.currency = "JPY".parse().expect("a currency");
    let created = client.ask(&create("other", spec)).await.body;
    assert_eq!(created, Body::EventSaved { effect: Effect::Applied });
}

#[tokio::test]
async fn a_start_that_its_zone_does_not_know_is_refused() {
    let (_server, mut client) = with_film().await;
    let (at, hour) = (1_809_194_400_000, 3_600_000);
    let time = |local, zone: &str| {
        let zone = zone.parse().expect("a name");
        ZonedTime::new(Timestamp::from_ms(at), Timestamp::from_ms(local), zone).expect("a time")
    };
    for (starts_at, expected) in [
        (time(at, "Europe/Atlantis"), "zone"),
        (time(at + 2 * hour, "europe/berlin"), "zone"),
        (time(at + hour, "Europe/Berlin"), "starts_at"),
    ] {
        let spec = EventSpec { starts_at: starts_at.clone(), ..film(1, 1) };
        assert_eq!(field(&client.refused(&create("other", spec)).await), expected);
        let update = EventUpdate { starts_at: Some(starts_at), ..EventUpdate::default() };
        let (event, update) = (event("film"), Box::new(update));
        let update = Request::UpdateEvent { event, if_version: None, update };
        assert_eq!(field(&client.refused(&update).await), expected);
    }
    let starts_at = time(at + 2 * hour, "Europe/Berlin");
    let created = client.ask(&create("other", EventSpec { starts_at, ..film(1, 1) })).await.body;
    assert_eq!(created, Body::EventSaved { effect: Effect::Applied });
}
