//! A client of the binary protocol on a thread of its own.

use anyhow::{Context, ensure};
use boxoffice_protocol::frame::{ClientCodec, ReplyFrame};
use boxoffice_protocol::id::Token;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::Request;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::hello_with;
use bytes::BytesMut;
use socket2::{Domain, Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};
use tokio_util::codec::{Decoder, Encoder};

/// How long any reply is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Wire {
    pub(crate) stream: TcpStream,
    input: BytesMut,
    last: u32,
    server_time: Timestamp,
    welcomed: Instant,
}

/// Connects from an address of this machine.
pub(crate) fn connect_from(from: Ipv4Addr, to: SocketAddr) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((from, 0)).into())?;
    socket.connect_timeout(&to.into(), PATIENCE)?;
    socket.set_tcp_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket.into())
}

impl Wire {
    /// Connects and shows a token.
    pub(crate) fn enter(address: SocketAddr, token: &Token) -> anyhow::Result<Self> {
        Self::enter_from(Ipv4Addr::LOCALHOST, address, token)
    }

    pub(crate) fn enter_from(
        from: Ipv4Addr,
        address: SocketAddr,
        token: &Token,
    ) -> anyhow::Result<Self> {
        let mut wire = Self {
            stream: connect_from(from, address)?,
            input: BytesMut::new(),
            last: 0,
            server_time: Timestamp::default(),
            welcomed: Instant::now(),
        };
        match wire.ask(&hello_with(Some(token)))? {
            Body::Welcome(welcome) => wire.server_time = welcome.server_time,
            other => anyhow::bail!("not welcome: {other:?}"),
        }
        wire.welcomed = Instant::now();
        Ok(wire)
    }

    /// The server's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.server_time.plus(self.welcomed.elapsed())
    }

    pub(crate) fn send(&mut self, requests: &[Request]) -> anyhow::Result<()> {
        let mut bytes = BytesMut::new();
        for request in requests {
            self.last += 1;
            ClientCodec.encode((self.last, request), &mut bytes)?;
        }
        Ok(self.stream.write_all(&bytes)?)
    }

    pub(crate) fn receive(&mut self) -> anyhow::Result<ReplyFrame> {
        let mut buffer = [0; 16 << 10];
        loop {
            if let Some(frame) = ClientCodec.decode(&mut self.input)? {
                return Ok(frame);
            }
            let read = self.stream.read(&mut buffer)?;
            let read = buffer.get(..read).filter(|read| !read.is_empty());
            self.input.extend_from_slice(read.context("the server closed the connection")?);
        }
    }

    pub(crate) fn ask(&mut self, request: &Request) -> anyhow::Result<Body> {
        self.send(std::slice::from_ref(request))?;
        Ok(self.receive()?.reply.body)
    }

    /// Asks for what the server must do.
    pub(crate) fn ask_all(&mut self, requests: &[Request]) -> anyhow::Result<()> {
        for some in requests.chunks(32) {
            self.send(some)?;
            for _ in some {
                let body = self.receive()?.reply.body;
                ensure!(!matches!(body, Body::Refused(_)), "refused: {body:?}");
            }
        }
        Ok(())
    }
}
