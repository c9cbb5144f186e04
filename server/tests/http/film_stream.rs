//! A film, and streams of what happens to it.

use crate::kinds::start;
use boxoffice_protocol::request::{Force, Request};
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::sse::Stream;
use boxoffice_testing::{Raw, create, event, film};
use serde_json::Value;

/// A server with a film of two rows of five, and a connection to change it with.
pub(super) async fn with_film(config: Config) -> (Server, Raw) {
    let server = start(config).await;
    let mut desk = Raw::connect(server.address()).await;
    desk.ask(&create("film", film(2, 5))).await;
    (server, desk)
}

/// A stream of the film from its beginning, and its first snapshot.
pub(super) async fn listen(server: &Server) -> (Stream, Value) {
    let mut stream = behind(server, None).await;
    let first = stream.event().await;
    assert_eq!((first.event.as_str(), first.id), ("snapshot", first.data["version"].as_u64()));
    (stream, first.data)
}

/// A stream of the film from a version that its client knows.
pub(super) async fn behind(server: &Server, known: Option<u64>) -> Stream {
    let known = known.map(|version| version.to_string());
    let stream = Stream::open(server.http_address(), "film", known.as_deref()).await;
    assert_eq!(stream.status, 200, "{}", stream.head);
    stream
}

pub(super) fn delete() -> Request {
    Request::DeleteEvent { event: event("film"), force: Force::Yes }
}
