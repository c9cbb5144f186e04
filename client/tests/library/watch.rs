//! Watches of an event, over connections that are lost.

use crate::*;

fn snapshot() -> SeatMap {
    let name = SectionName::parse("stalls").expect("a word");
    let section = SectionSpec { name, price: 4_500, layout: Layout::grid(1, 4) };
    let counts = Counts { free: 4, ..Counts::default() };
    let states = PackedStates::pack([PlaceState::Free; 4].into_iter());
    SeatMap { plan: None, sections: vec![SectionMap { section, counts, states }].into() }
}

fn changed(number: u16) -> PlacesChanged {
    let seats = [Seat::new(0, 0, number)].into_iter().collect();
    PlacesChanged {
        seats: vec![SeatsNow { state: PlaceState::Held, seats }].into(),
        counts: List::default(),
    }
}

/// Accepts a watch and reads where it begins.
async fn watched(server: &FakeServer) -> (Peer, u32, Option<u64>) {
    let mut peer = server.welcome().await;
    match peer.request().await {
        (correlation, Request::Watch { from_version, .. }) => (peer, correlation, from_version),
        (_, other) => panic!("{other:?} is no watch"),
    }
}

async fn next(watch: &mut EventWatch) -> WatchEvent {
    watch.next().await.expect("more").expect("something to see")
}

#[tokio::test]
async fn a_watch_goes_on_where_it_was_and_sees_nothing_twice() {
    let server = FakeServer::start().await;
    let (client, _peer) = connect(&server, PATIENT).await;
    let (watch, (mut peer, correlation, from)) =
        join!(client.watch(event(), None), watched(&server));
    let mut watch = watch.expect("a watch");
    assert_eq!(from, None);
    peer.reply(correlation, 7, Body::Snapshot(snapshot())).await;
    peer.reply(correlation, 8, Body::PlacesChanged(changed(0))).await;
    assert_eq!(next(&mut watch).await, WatchEvent::Snapshot { version: 7, map: snapshot() });
    assert_eq!(next(&mut watch).await, WatchEvent::Changed { version: 8, places: changed(0) });

    drop(peer);
    let play = async {
        let (mut peer, correlation, from) = watched(&server).await;
        assert_eq!(from, Some(8));
        peer.reply(correlation, 8, Body::PlacesChanged(changed(0))).await;
        peer.reply(correlation, 9, Body::PlacesChanged(changed(1))).await;
        peer.reply(correlation, 9, Body::Gap).await;
        peer
    };
    let (seen, peer) = join!(next(&mut watch), play);
    assert_eq!(seen, WatchEvent::Changed { version: 9, places: changed(1) });
    assert_eq!(next(&mut watch).await, WatchEvent::Gap);

    drop(peer);
    let play = async {
        let (mut peer, correlation, from) = watched(&server).await;
        assert_eq!(from, None, "after a gap only a snapshot will do");
        peer.reply(correlation, 20, Body::Snapshot(snapshot())).await;
        peer.reply(correlation, 21, Body::WatchEnded).await;
        peer
    };
    let (seen, _peer) = join!(next(&mut watch), play);
    assert_eq!(seen, WatchEvent::Snapshot { version: 20, map: snapshot() });
    assert_eq!(next(&mut watch).await, WatchEvent::Ended);
    assert!(watch.next().await.is_none());
}

#[tokio::test]
async fn a_watch_of_nothing_ends_with_the_refusal() {
    let server = FakeServer::start().await;
    let (client, _peer) = connect(&server, PATIENT).await;
    let (watch, (mut peer, correlation, _)) = join!(client.watch(event(), None), watched(&server));
    let mut watch = watch.expect("a watch");
    peer.refuse(correlation, 3, Refusal::EventNotFound).await;
    let refused = watch.next().await.expect("an answer");
    assert_eq!(refused.expect_err("refused").refusal(), Some(&Refusal::EventNotFound));
    assert!(watch.next().await.is_none());
}
