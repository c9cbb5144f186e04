//! The wall clock jumps while the server runs: by an hour, by ten days, to 1970, to 2100. Holds
//! neither vanish nor live for ever, and the time in replies never goes back.

use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{Process, command};
use boxoffice_testing::wall_clock::{DAY, WallClock};
use boxoffice_testing::{
    PATIENCE, Raw, START, concert, create, hello, hold, new_id, reserve, standing, until_some,
};
use std::time::Duration;

/// The time of a hold.
const HOLD: Duration = Duration::from_secs(2);

async fn server_time(client: &mut Raw) -> Timestamp {
    match client.ask(&Request::Ping).await.body {
        Body::Pong { server_time } => server_time,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn row_33_the_wall_clock_jumps_and_nothing_happens() {
    let clock = WallClock::new();
    clock.set(400 * DAY);
    let mut command = command();
    let command = clock.of(&mut command);
    let process = Process::spawn(command.args(["--hold-default", "2s"]));
    let mut client = Raw::silent(process.address).await;
    client.ask(&hello()).await;
    let start = server_time(&mut client).await;
    assert!(in_days(start) > in_days(START) + 300, "the shim is not in use");

    client.ask(&create("concert", concert(1))).await;
    client.ask(&hold(new_id(start), "concert", "ann", standing(1))).await;
    let now = in_days(start) * DAY;
    let mut last = start;
    for wall_clock in [3_600, -3_600, 10 * DAY, -10 * DAY, -now, 75 * 365 * DAY] {
        clock.set(400 * DAY + wall_clock);
        let other = reserve(new_id(start), "concert", "bob", standing(1));
        let answer = client.ask(&other).await.body;
        let time = server_time(&mut client).await;
        assert!(time >= last, "time goes back");
        assert!(time.since(start) < PATIENCE, "time jumps to {time:?}");
        last = time;
        if !matches!(answer, Body::Refused(Refusal::SoldOut { free: 0 })) {
            assert!(matches!(answer, Body::Reservation { .. }), "{answer:?}");
            assert!(last.since(start) >= HOLD, "the hold vanished: {answer:?}");
            // This machine is so slow that the hold has ended.
            return;
        }
    }
    until_some("the hold ends", async || {
        let time = server_time(&mut client).await;
        (time.since(start) > HOLD + Duration::from_millis(100)).then_some(())
    })
    .await;
    let reply = client.ask(&reserve(new_id(start), "concert", "bob", standing(1))).await;
    assert!(matches!(reply.body, Body::Reservation { .. }), "a hold lives for ever: {reply:?}");
}

fn in_days(time: Timestamp) -> i64 {
    i64::try_from(time.as_ms()).expect("this millennium") / 1_000 / DAY
}
