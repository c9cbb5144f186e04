//! A client of an event's stream that reads when it is told to.

use crate::patience::PATIENCE;
use bytes::{Buf, BytesMut};
use serde_json::Value;
use socket2::{Domain, Socket, Type};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One server-sent event, or a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `snapshot`, `change`, `ended`; empty for a comment.
    pub event: String,
    pub id: Option<u64>,
    pub data: Value,
    pub comment: String,
}

/// An answer's head, and a stream's events behind it.
pub struct Stream {
    pub tcp: TcpStream,
    pub status: u16,
    /// The head as it came, in lower case.
    pub head: String,
    raw: BytesMut,
    /// Without the chunks' sizes.
    pub body: Vec<u8>,
    ended: bool,
}

impl Stream {
    /// Asks for an event's stream, and reads the head of the answer.
    pub async fn open(
        server: impl Into<Option<SocketAddr>>,
        event: &str,
        last_event_id: Option<&str>,
    ) -> Self {
        let server = server.into().expect("HTTP is on");
        let mut stream = Self::ask(TcpStream::connect(server).await.expect("it listens"), event);
        let last = last_event_id.map_or(String::new(), |id| format!("last-event-id: {id}\r\n"));
        stream.write(&format!("accept: text/event-stream\r\n{last}\r\n")).await;
        stream.read_head().await;
        stream
    }

    /// The same with a small receive buffer.
    pub async fn open_narrow(server: SocketAddr, event: &str) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a size");
        socket.connect(&server.into()).expect("it listens");
        socket.set_nonblocking(true).expect("a socket");
        let tcp = TcpStream::from_std(socket.into()).expect("a socket");
        let mut stream = Self::ask(tcp, event);
        stream.write("\r\n").await;
        stream.read_head().await;
        stream
    }

    fn ask(tcp: TcpStream, event: &str) -> Self {
        let raw = BytesMut::from(
            format!("GET /v1/events/{event}/stream HTTP/1.1\r\nhost: localhost\r\n").as_bytes(),
        );
        Self { tcp, status: 0, head: String::new(), raw, body: Vec::new(), ended: false }
    }

    async fn write(&mut self, rest: &str) {
        self.raw.extend_from_slice(rest.as_bytes());
        let request = self.raw.split();
        self.tcp.write_all(&request).await.expect("the server reads");
    }

    /// Reads the head of an answer.
    pub async fn read_head(&mut self) {
        loop {
            if let Some(end) = self.raw.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                let head = self.raw.split_to(end + 4);
                self.head = String::from_utf8(head.to_vec()).expect("ASCII").to_lowercase();
                let status = self.head.split(' ').nth(1).expect("a status");
                self.status = status.parse().expect("a number");
                return;
            }
            assert!(self.read().await, "the connection ends in a head: {:?}", self.raw);
        }
    }

    /// Reads some bytes. Returns false at the end of the connection.
    async fn read(&mut self) -> bool {
        let read = tokio::time::timeout(PATIENCE, self.tcp.read_buf(&mut self.raw)).await;
        read.expect("something in time").is_ok_and(|bytes| bytes > 0)
    }

    /// The next event or comment; none once the stream has ended as it should.
    ///
    /// # Panics
    /// If the connection ends before the stream.
    pub async fn next(&mut self) -> Option<Sent> {
        self.try_next().await.expect("the stream ends before its connection")
    }

    /// The same, but says whether the connection ended first.
    pub async fn try_next(&mut self) -> Result<Option<Sent>, ()> {
        loop {
            self.unchunk();
            if let Some(end) = self.body.windows(2).position(|bytes| bytes == b"\n\n") {
                let block: Vec<u8> = self.body.drain(..end + 2).collect();
                return Ok(Some(sent(std::str::from_utf8(&block).expect("UTF-8"))));
            }
            if self.ended {
                assert!(self.body.is_empty(), "half an event: {:?}", self.body);
                return Ok(None);
            }
            if !self.read().await {
                return Err(());
            }
        }
    }

    /// The next event, which is no comment.
    pub async fn event(&mut self) -> Sent {
        let sent = self.next().await.expect("another event");
        assert!(!sent.event.is_empty(), "{sent:?}");
        sent
    }

    /// The next event's name and id.
    pub async fn heard(&mut self) -> (String, u64) {
        let sent = self.event().await;
        (sent.event, sent.id.expect("an id"))
    }

    /// The rest of an answer that is no stream.
    pub async fn problem(&mut self) -> Value {
        let length = self.head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.expect("a length").parse().expect("a number");
        while self.raw.len() < length {
            assert!(self.read().await, "the connection ends in a body");
        }
        serde_json::from_slice(&self.raw.split_to(length)).expect("JSON")
    }

    /// Moves whole chunks to the body.
    fn unchunk(&mut self) {
        while let Some(line) = self.raw.windows(2).position(|bytes| bytes == b"\r\n") {
            let size = std::str::from_utf8(&self.raw[..line]).expect("ASCII");
            let size = usize::from_str_radix(size, 16).expect("a chunk's size");
            if self.raw.len() < line + 2 + size + 2 {
                return;
            }
            self.raw.advance(line + 2);
            self.body.extend_from_slice(&self.raw.split_to(size));
            self.raw.advance(2);
            if size == 0 {
                self.ended = true;
                return;
            }
        }
    }
}

fn sent(block: &str) -> Sent {
    let field = |name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    let data = field("data: ");
    Sent {
        event: field("event: "),
        id: field("id: ").parse().ok(),
        data: serde_json::from_str(&data).unwrap_or_default(),
        comment: field(": "),
    }
}
