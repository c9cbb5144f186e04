//! Attackers behind a proxy that the server trusts: visitors at very many addresses, each of which
//! takes more places than its pace allows.

use crate::polite::{EVENT, wall_clock};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::http::{Answer, Http, with_body};
use boxoffice_testing::new_id;
use std::net::SocketAddr;
use std::time::Duration;

/// Their addresses. The first 16 bits are 10.1 and above.
const ADDRESSES: u32 = 49_000;
const FIRST: u32 = 0x0a01_0000;

/// Places of a hold, which an address pays off for twice as many seconds at a pace of two a second.
const PLACES: u32 = 60;

/// Requests that are sent before their answers are read.
const AT_ONCE: usize = 16;

/// From the answers of some addresses to the requests of the next, so that the debts are what others notice
/// of the attack, and no flood.
const PAUSE: Duration = Duration::from_millis(500);

/// Holds places from the part of the addresses that is this connection's of all, again and again. The attack has begun
/// when each of them owes what it took.
#[expect(clippy::disallowed_methods, reason = "these attackers keep to a pace")]
pub(crate) async fn hold((number, all): (u32, u32), address: SocketAddr, begin: impl FnOnce()) {
    let own: Vec<_> = (0..ADDRESSES).filter(|address| address % all == number).collect();
    let mut http = Http::connect(address).await;
    for some in own.chunks(AT_ONCE) {
        for answer in hold_from(&mut http, some).await.unwrap_or_default() {
            answer.expect(201);
        }
    }
    begin();
    for some in own.chunks(AT_ONCE).cycle() {
        if hold_from(&mut http, some).await.is_none() {
            http = Http::connect(address).await;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// A new visitor's holds, one from each address; none if the server closes the connection.
async fn hold_from(http: &mut Http, addresses: &[u32]) -> Option<Vec<Answer>> {
    http.send("POST /v1/visitor HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let welcomed = http.receive().await?;
    let cookie = welcomed.header("set-cookie")?.split(';').next()?.to_owned();
    let now = Timestamp::default().plus(wall_clock());
    let mut requests = String::new();
    for address in addresses {
        let [_, second, third, fourth] = (FIRST + address).to_be_bytes();
        let headers = format!(
            "cookie: {cookie}\r\norigin: http://localhost\r\n\
             x-forwarded-for: 10.{second}.{third}.{fourth}\r\n"
        );
        let body = format!(r#"{{"id":"{}","standing":{{"places":{PLACES}}}}}"#, new_id(now));
        let path = format!("/v1/events/{EVENT}/reservations");
        requests.push_str(&with_body("POST", &path, &headers, &body));
    }
    http.send(requests).await;
    let mut answers = Vec::new();
    for _ in addresses {
        answers.push(http.receive().await?);
    }
    Some(answers)
}
