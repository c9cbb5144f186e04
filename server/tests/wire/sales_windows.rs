//! The sales window: whom it binds, and law 4 in decisions, reads and watches.

use crate::common::{admit, config};
use crate::kinds::start;
use boxoffice_protocol::event::{EventSpec, SalesState};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply};
use boxoffice_protocol::request::{Freshness, PageLimit, Request};
use boxoffice_server::auth::Role;
use boxoffice_testing::tokens::enter;
use boxoffice_testing::{
    Raw, START, best, create, customer, event, film, hello_with, hold, new_id, reserve,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

/// A film whose sales open an hour after [`START`], for an hour.
fn windowed() -> EventSpec {
    let time = |hours| Some(START.plus(hours * HOUR).into());
    EventSpec { sales_from: time(1), sales_until: time(2), ..film(2, 5) }
}

fn state(reply: &Reply) -> SalesState {
    match &reply.body {
        Body::Event(details) => details.sales,
        Body::Events { rows, .. } => rows[0].sales,
        other => panic!("{other:?} shows no sales"),
    }
}

fn reads(freshness: Freshness) -> [Request; 2] {
    [
        Request::GetEvent { event: event("film"), freshness },
        Request::ListEvents { after: None, limit: PageLimit::MAX, freshness },
    ]
}

#[tokio::test]
async fn the_window_binds_a_customer_and_no_agent() {
    let mut config = config();
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let agent = admit(&mut config, "agent", Role::Agent, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let server = start(config).await;
    let clock = server.clock().clone();
    enter(server.address(), &admin).await.ask(&create("film", windowed())).await;
    let mut agent = enter(server.address(), &agent).await;
    let mut ann = enter(server.address(), &ann).await;
    let wish = || reserve(new_id(clock.now()), "film", "ann", best(1));

    let refused = ann.refused(&wish()).await;
    assert_eq!(
        refused.to_string(),
        "sales open 1 Jan 2026, 01:00 (UTC), in 60 min",
        "the refusal says when"
    );
    assert!(matches!(agent.ask(&wish()).await.body, Body::Reservation { .. }));
    clock.advance(HOUR);
    assert!(matches!(ann.ask(&wish()).await.body, Body::Reservation { .. }));
    clock.advance(HOUR);
    let refused = ann.refused(&wish()).await;
    let is_ended = matches!(refused, Refusal::SalesClosed { sales: SalesState::Ended, .. });
    assert!(is_ended, "{refused:?}");
    assert!(matches!(agent.ask(&wish()).await.body, Body::Reservation { .. }));
}

#[tokio::test]
async fn agents_hold_for_weeks_and_never_past_the_events_start() {
    const DAY: Duration = Duration::from_hours(24);
    let mut config = config();
    let (longest, holds) = (config.limits.agent_holds, config.holds);
    let admin = admit(&mut config, "ops", Role::Admin, None);
    let agent = admit(&mut config, "agent", Role::Agent, None);
    let ann = admit(&mut config, "ann", Role::Customer(customer("ann")), None);
    let server = start(config).await;
    let now = server.clock().now();
    let start = now.plus(70 * DAY);
    let spec = EventSpec { starts_at: start.into(), ..film(2, 5) };
    enter(server.address(), &admin).await.ask(&create("film", spec)).await;
    for (token, max, life) in [
        (&admin, longest.max, longest.life),
        (&agent, longest.max, longest.life),
        (&ann, holds.max, holds.life),
    ] {
        let mut raw = Raw::silent(server.address()).await;
        let Body::Welcome(told) = raw.ask(&hello_with(Some(token))).await.body else {
            panic!("no answer")
        };
        let spans = [told.hold_max_ms, told.hold_life_ms].map(Duration::from_millis);
        assert_eq!((spans, told.hold_default_ms), ([max, life], 120_000));
        for (days, granted) in [(1, max >= DAY), (60, max >= DAY), (61, false)] {
            let mut wish = hold(new_id(now), "film", "ann", best(1));
            let Request::Hold { ttl_ms, .. } = &mut wish else { unreachable!("a hold") };
            *ttl_ms = Some(days * 24 * 3_600_000);
            match raw.ask(&wish).await.body {
                Body::Reservation { reservation, .. } if granted => {
                    let until = now.plus(u32::try_from(days).expect("small") * DAY);
                    assert_eq!(reservation.expires_at, until);
                }
                Body::Refused(Refusal::Invalid { field, .. }) if !granted => {
                    assert_eq!(field.as_str(), "ttl_ms");
                }
                other => panic!("{days} days: {other:?}"),
            }
        }
    }
    server.clock().advance(20 * DAY);
    let mut agent = enter(server.address(), &agent).await;
    let mut late = hold(new_id(server.clock().now()), "film", "ann", best(1));
    let Request::Hold { ttl_ms, .. } = &mut late else { unreachable!("a hold") };
    *ttl_ms = Some(60 * 24 * 3_600_000);
    let Body::Reservation { reservation, .. } = agent.ask(&late).await.body else {
        panic!("no answer")
    };
    assert_eq!(reservation.expires_at, start, "it is cut, as the reply says");
}

#[tokio::test]
async fn law_4_no_cached_view_outlives_the_opening_of_sales() {
    for freshness in [Freshness::Fresh, Freshness::Cached] {
        for read in reads(freshness) {
            let server = start(config()).await;
            let clock = server.clock().clone();
            let mut client = Raw::connect(server.address()).await;
            client.ask(&create("film", windowed())).await;
            assert_eq!(state(&client.ask(&read).await), SalesState::Scheduled);
            clock.advance(HOUR);
            let after = client.ask(&read).await;
            assert_eq!((state(&after), after.age_ms), (SalesState::Open, 0), "{after:?}");
            clock.advance(HOUR);
            let after = client.ask(&read).await;
            assert_eq!((state(&after), after.age_ms), (SalesState::Ended, 0), "{after:?}");
        }
    }
}

#[tokio::test]
async fn law_6_a_move_of_sales_has_a_version_of_its_own_and_is_recorded_once() {
    let server = start(config()).await;
    let clock = server.clock().clone();
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("film", windowed())).await;
    let [read, _] = reads(Freshness::Fresh);
    clock.advance(HOUR);
    assert_eq!(client.ask(&read).await.version, 2);
    assert_eq!(client.ask(&read).await.version, 2);
    let mut watcher = Raw::connect(server.address()).await;
    clock.advance(HOUR);
    let first = watcher.ask(&Request::Watch { event: event("film"), from_version: Some(2) }).await;
    assert!(matches!(first.body, Body::Snapshot(_)), "{first:?}");
    assert_eq!(first.version, 3);
}
