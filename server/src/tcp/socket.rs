//! The socket of a session: plain TCP, or TLS over it. No function waits unless it is `async`.

use crate::sockets::linger;
use crate::tls::{TlsReader, TlsStream};
use bytes::BytesMut;
use std::io;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

pub(super) enum Socket {
    Plain(TcpStream),
    Tls(Box<TlsStream>),
}

impl Socket {
    /// The TCP connection, below TLS.
    pub(super) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.tcp(),
        }
    }

    /// Whether written bytes wait for the network in a buffer of TLS.
    pub(super) fn has_unsent(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.has_unsent(),
        }
    }

    /// Writes what the network takes now; 0 if it took only some of what [`Self::has_unsent`].
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_write(bytes),
            Self::Tls(stream) => stream.try_write(bytes),
        }
    }

    /// Reads what has arrived; 0 at the end of the input.
    pub(super) fn try_read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_read_buf(input),
            Self::Tls(stream) => stream.try_read_buf(input),
        }
    }

    /// Two halves that can be awaited at the same time: for input, and for room for output.
    pub(super) fn split(&mut self) -> (SocketReader<'_>, WriteHalf<'_>) {
        match self {
            Self::Plain(stream) => {
                let (reader, writer) = stream.split();
                (SocketReader::Plain(reader), writer)
            }
            Self::Tls(stream) => {
                let (reader, writer) = stream.split();
                (SocketReader::Tls(reader), writer)
            }
        }
    }

    /// Ends the output, and waits a moment for the client to have read it.
    pub(super) async fn linger(&mut self) {
        match self {
            Self::Plain(stream) => linger(stream).await,
            Self::Tls(stream) => linger(stream.close()).await,
        }
    }
}

pub(super) enum SocketReader<'a> {
    Plain(ReadHalf<'a>),
    Tls(TlsReader<'a>),
}

impl SocketReader<'_> {
    /// Waits for input and reads it; 0 at its end. Nothing is lost if the future is dropped.
    pub(super) async fn read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read_buf(input).await,
            Self::Tls(stream) => stream.read_buf(input).await,
        }
    }
}
