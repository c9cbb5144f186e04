//! Clients of the binary protocol: one that sends bytes and requests exactly as a test gives them,
//! and the library's.

use crate::patience::{PATIENCE, until_some};
use crate::requests::hello;
use boxoffice_client::{Client, ClientConfig};
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Reply, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use bytes::BytesMut;
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::codec::{Decoder, Encoder};

/// A client of the library, connected to this address.
pub async fn client_at(address: SocketAddr) -> Client {
    let config = ClientConfig { server: address.to_string(), ..ClientConfig::default() };
    Client::connect(config).await.expect("the server is there")
}

/// A connection that sends bytes and requests as they are given, and reads replies one by one.
pub struct Raw<S = TcpStream> {
    pub stream: S,
    input: BytesMut,
    next: u32,
}

/// Connects from this address of loopback.
pub async fn connect_from(from: [u8; 4], to: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("all of 127/8 is this machine's");
    socket.connect(to).await.expect("the server listens")
}

impl Raw {
    /// Connects without a greeting.
    pub async fn silent(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the server listens"))
    }

    /// A client over a connection that is open already.
    pub fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).expect("a TCP stream");
        Self::around(stream)
    }

    /// Connects and shakes hands.
    pub async fn connect(address: SocketAddr) -> Self {
        let mut raw = Self::silent(address).await;
        raw.greet().await;
        raw
    }

    /// Connects, shakes hands, and returns the server's time too.
    pub async fn welcomed(address: SocketAddr) -> (Self, Timestamp) {
        let mut raw = Self::silent(address).await;
        match raw.ask(&hello()).await.body {
            Body::Welcome(welcome) => (raw, welcome.server_time),
            other => panic!("{other:?}"),
        }
    }

    /// Connects and shakes hands, again if the server's deadline for that passes first. For servers
    /// whose deadline is so short that a busy machine makes an honest client miss it.
    pub async fn connect_in_time(address: SocketAddr) -> Self {
        until_some("a handshake in time", async || {
            let mut raw = Self::silent(address).await;
            raw.try_greet().await.then_some(raw)
        })
        .await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Raw<S> {
    /// A client over anything that carries bytes.
    pub fn around(stream: S) -> Self {
        Self { stream, input: BytesMut::new(), next: 0 }
    }

    pub async fn greet(&mut self) {
        let reply = self.ask(&hello()).await;
        assert!(matches!(reply.body, Body::Welcome(_)), "{reply:?}");
    }

    /// Shakes hands, and tells whether the server has let the client in.
    pub async fn try_greet(&mut self) -> bool {
        let (_, greeting) = self.encode(&hello());
        if self.stream.write_all(&greeting).await.is_err() {
            return false;
        }
        let said = self.receive().await.map(|frame| frame.reply.body);
        matches!(said, Some(Body::Welcome(_)))
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
    }

    /// Sends a request and returns its correlation id.
    pub async fn send(&mut self, request: &Request) -> u32 {
        let (correlation, bytes) = self.encode(request);
        self.send_bytes(&bytes).await;
        correlation
    }

    /// A request's frame, and its correlation id.
    pub fn encode(&mut self, request: &Request) -> (u32, BytesMut) {
        self.next += 1;
        let mut bytes = BytesMut::new();
        ClientCodec.encode((self.next, request), &mut bytes).expect("requests encode");
        (self.next, bytes)
    }

    /// The next reply; none if the server has closed the connection.
    pub async fn receive(&mut self) -> Option<ReplyFrame> {
        let receive = async {
            loop {
                if let Some(frame) = ClientCodec.decode(&mut self.input).expect("replies decode") {
                    return Some(frame);
                }
                match self.stream.read_buf(&mut self.input).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        };
        tokio::time::timeout(PATIENCE, receive).await.expect("an answer in time")
    }

    /// Sends a request and returns its reply, which has to be the next.
    pub async fn ask(&mut self, request: &Request) -> Reply {
        let correlation = self.send(request).await;
        let frame = self.receive().await.expect("the connection stays open");
        assert_eq!(frame.correlation, correlation, "{frame:?}");
        frame.reply
    }

    /// The same on a connection that the server may have closed meanwhile; none if it has.
    pub async fn try_ask(&mut self, request: &Request) -> Option<Reply> {
        let (correlation, bytes) = self.encode(request);
        self.stream.write_all(&bytes).await.ok()?;
        let frame = self.receive().await?;
        assert_eq!(frame.correlation, correlation, "{frame:?}");
        Some(frame.reply)
    }

    /// The refusal that a request gets.
    pub async fn refused(&mut self, request: &Request) -> Refusal {
        match self.ask(request).await.body {
            Body::Refused(refusal) => refusal,
            other => panic!("{request:?} was answered {other:?}"),
        }
    }

    /// How many connections the server has.
    pub async fn connections(&mut self) -> u64 {
        let Body::Stats(stats) = self.ask(&Request::Stats).await.body else { panic!("stats") };
        let found = stats.into_iter().find(|stat| stat.name == "connections").expect("it is told");
        match found.value {
            StatValue::Count(connections) => connections,
            StatValue::Text(text) => panic!("{text}"),
        }
    }

    /// Returns once the server has closed the connection, with the replies that came before.
    pub async fn closed(&mut self) -> Vec<ReplyFrame> {
        let mut said = Vec::new();
        while let Some(frame) = self.receive().await {
            said.push(frame);
        }
        said
    }
}
