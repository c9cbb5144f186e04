//! A server that sells one concert.

use crate::kinds::start;
use boxoffice_protocol::reply::Body;
use boxoffice_server::Server;
use boxoffice_server::config::Config;
use boxoffice_testing::{Raw, concert, create, seat_map, until};

pub(super) async fn with_concert(config: Config, capacity: u32) -> Server {
    let server = start(config).await;
    let mut client = Raw::connect(server.address()).await;
    client.ask(&create("concert", concert(capacity))).await;
    server
}

pub(super) async fn sold(server: &Server) -> u64 {
    let mut client = Raw::connect(server.address()).await;
    match client.ask(&seat_map("concert")).await.body {
        Body::Seats(map) => map.sections[0].counts.sold,
        other => panic!("{other:?}"),
    }
}

pub(super) async fn all_permits_back(server: &Server) {
    until("every permit is back", || server.metrics().tcp.open.value() == 0).await;
    server.catalog().invariants();
}
