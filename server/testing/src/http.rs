//! An HTTP client that sends the bytes that it is given, and reads answers one by one.

use crate::patience::PATIENCE;
use bytes::{Buf, BytesMut};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub struct Http {
    pub stream: TcpStream,
    input: BytesMut,
}

#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's value; none where it is not there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {text}"))
    }

    /// The body, of an answer with this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The name of the problem that it is, which has this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let body = self.expect(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(self.header("cache-control"), Some("no-store"));
        assert_eq!(body["status"], status, "{body}");
        assert!(body["detail"].is_string() && body["type"].is_string(), "{body}");
        body["title"].as_str().expect("a problem has a title").to_owned()
    }
}

impl Http {
    /// Connects to where a server speaks HTTP.
    pub async fn connect(address: impl Into<Option<SocketAddr>>) -> Self {
        let address = address.into().expect("HTTP is on");
        let stream = TcpStream::connect(address).await.expect("the server listens");
        stream.set_nodelay(true).expect("a TCP stream");
        Self { stream, input: BytesMut::new() }
    }

    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.expect("the server reads");
    }

    /// The next answer; none if the server has closed the connection.
    pub async fn receive(&mut self) -> Option<Answer> {
        tokio::time::timeout(PATIENCE, self.receive_of("GET")).await.expect("an answer in time")
    }

    /// Asks without a body.
    pub async fn ask(&mut self, method: &str, path: &str, headers: &str) -> Answer {
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n")).await;
        let answer = tokio::time::timeout(PATIENCE, self.receive_of(method)).await;
        answer.expect("an answer in time").expect("the connection stays open")
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    /// Asks with a JSON body.
    pub async fn ask_json(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        self.send(with_body(method, path, "", &body.to_string())).await;
        self.receive().await.expect("the connection stays open")
    }

    /// Posts a JSON body.
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask_json("POST", path, body).await
    }

    /// The reason of `/readyz` why the server is not ready; none if it is.
    pub async fn unready(&mut self) -> Option<String> {
        let answer = self.get("/readyz").await;
        (answer.status != 200).then(|| answer.problem(503))
    }

    /// Returns once the server has closed the connection, with the answers that came before.
    pub async fn closed(&mut self) -> Vec<Answer> {
        let mut said = Vec::new();
        while let Some(answer) = self.receive().await {
            said.push(answer);
        }
        said
    }

    /// An answer to a request of this kind: one to HEAD has no body, whatever its length is.
    async fn receive_of(&mut self, method: &str) -> Option<Answer> {
        loop {
            if let Some(answer) = parse(&mut self.input, method) {
                return Some(answer);
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(0) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

/// A request with a JSON body and more headers, each ending with a line break.
pub fn with_body(method: &str, path: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    )
}

/// Takes a whole answer off the front.
fn parse(input: &mut BytesMut, method: &str) -> Option<Answer> {
    let end = input.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&input[..end]).expect("a head is ASCII").to_owned();
    let mut lines = head.split("\r\n");
    let status_line = lines.next().expect("a first line");
    let status = status_line.split(' ').nth(1).expect("a status").parse().expect("a number");
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").expect("a header"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut answer = Answer { status, headers, body: Vec::new() };
    let length = answer.header("content-length").map_or(0, |text| text.parse().expect("a length"));
    let length = if method == "HEAD" { 0 } else { length };
    if input.len() < end + 4 + length {
        return None;
    }
    input.advance(end + 4);
    answer.body = input.split_to(length).to_vec();
    Some(answer)
}
