//! Visitors, and what they were given while they were let in.

mod common;

use boxoffice_server::auth::Place;
use common::http::Http;
use common::tokens::TokenFolder;
use common::visits::visit;
use common::{PATIENCE, Raw, config, create, film};
use std::time::Duration;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn the_first_token_ends_what_visitors_listen_to() {
    let folder = TokenFolder::new();
    let mut config = config();
    config.streams.keep_alive = Duration::from_millis(20);
    config.tokens.place = Place::Data(folder.file().parent().expect("a folder").into());
    let server = common::start(config).await;
    Raw::connect(&server).await.ask(&create("night", film(2, 5))).await;
    let mut http = Http::connect(&server).await;
    let visitor = visit(&mut http).await;
    let path = "/v1/events/night/stream";
    http.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {visitor}\r\n\r\n")).await;
    let mut said = Vec::new();
    let mut says = async |bytes: &[u8]| {
        while !said.windows(bytes.len()).any(|told| told == bytes) {
            let count = http.stream.read_buf(&mut said).await.expect("a stream");
            assert!(count > 0, "{}", String::from_utf8_lossy(&said));
        }
    };
    tokio::time::timeout(PATIENCE, says(b": keep-alive")).await.expect("it goes on");
    folder.create("ops", &["--role", "admin"]);
    tokio::time::timeout(PATIENCE, says(b"\r\n0\r\n\r\n")).await.expect("it ends");
}
