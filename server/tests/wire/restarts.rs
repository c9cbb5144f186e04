//! Servers that start and stop one after the other in one process: each leaves its folder in order
//! for the next one, and no thread or open file behind.

use crate::common::config;
use crate::kinds::start;
use boxoffice_protocol::reply::Body;
use boxoffice_server::clock::Clock;
use boxoffice_server::config::{Config, FolderOptions, OpenFolder, StoreChoice, SyncPolicy};
use boxoffice_server::{Dependencies, Server, StartError};
use boxoffice_testing::{
    Raw, START, alone, concert, create, new_id, reserve, standing, test_name, until,
};
use std::fs;
use std::path::Path;

const SEGMENT_BYTES: u64 = 64 << 20;

pub(super) fn on_disk(folder: &Path) -> Config {
    let store = StoreChoice::Folder(FolderOptions {
        path: folder.to_owned(),
        sync: SyncPolicy::Always,
        segment_bytes: SEGMENT_BYTES,
        backlog_bytes: 1 << 30,
        open_folder: OpenFolder::Refused,
    });
    Config { store, ..config() }
}

/// Threads and open files of this process.
fn belongings() -> (usize, usize) {
    let count = |of: &str| fs::read_dir(of).expect("a Linux with /proc").count();
    (count("/proc/self/task"), count("/proc/self/fd"))
}

/// Starts a server, books a place, and stops the server.
async fn live(config: Config) {
    let server = start(config).await;
    let mut client = Raw::connect(server.address()).await;
    // It is there already in all lives but the first.
    client.ask(&create("concert", concert(1_000))).await;
    let booked = client.ask(&reserve(new_id(START), "concert", "ada", standing(1))).await;
    assert!(matches!(booked.body, Body::Reservation { .. }), "{booked:?}");
    drop(client);
    assert!(server.stop().await.durable);
}

#[tokio::test]
async fn a_booking_code_outlives_its_server() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let request = reserve(new_id(START), "concert", "ann", standing(1));
    let mut codes = Vec::new();
    for _ in 0..2 {
        let server = start(on_disk(&folder.path().join("data"))).await;
        let mut client = Raw::connect(server.address()).await;
        client.ask(&create("concert", concert(1_000))).await;
        let Body::Reservation { reservation, .. } = client.ask(&request).await.body else {
            panic!("it is reserved")
        };
        codes.push(reservation.code);
        drop(client);
        server.stop().await;
    }
    assert_eq!(codes[0], codes[1]);
}

/// Alone in its process, whose threads and files it counts.
#[tokio::test]
async fn a_life_leaves_nothing_behind_but_its_folder() {
    if !alone(test_name!()) {
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    live(on_disk(&folder.path().join("data"))).await;
    let before = belongings();
    for _ in 0..10 {
        live(on_disk(&folder.path().join("data"))).await;
        live(Config { threads: 2, ..on_disk(&folder.path().join("data")) }).await;
    }
    let occupied = start(config()).await;
    for _ in 0..10 {
        let config = Config { listen: occupied.address(), ..on_disk(&folder.path().join("data")) };
        let given = Dependencies { clock: Some(Clock::manual(START)), ..Dependencies::default() };
        let error = Server::start_with(config, given).await.expect_err("a server listens there");
        assert!(matches!(error, StartError::Listen { .. }), "{error}");
    }
    occupied.stop().await;
    // A thread that is done is still there for a moment.
    until("threads and files are given back", || belongings() <= before).await;
    live(on_disk(&folder.path().join("data"))).await;
}
