//! What carries a session: a TCP connection as it is, or with TLS around it. Either does the same
//! few things, none of which waits unless it says so.

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
    /// The connection below all else.
    pub(super) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.tcp(),
        }
    }

    /// Whether bytes that were written wait here for the network.
    pub(super) fn has_unsent(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Tls(stream) => stream.has_unsent(),
        }
    }

    /// Writes what the network takes now; 0 says that it took some of what [`Self::has_unsent`].
    pub(super) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_write(bytes),
            Self::Tls(stream) => stream.try_write(bytes),
        }
    }

    /// Reads what has arrived; 0 says that nothing more will.
    pub(super) fn try_read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.try_read_buf(input),
            Self::Tls(stream) => stream.try_read_buf(input),
        }
    }

    /// Halves that wait at the same time: one for bytes, one for room for bytes.
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

    /// Says that nothing more will be sent, and waits a moment for the client to have read what was.
    pub(super) async fn linger(&mut self) {
        match self {
            Self::Plain(stream) => linger(stream).await,
            Self::Tls(stream) => linger(stream.close()).await,
        }
    }
}

/// The half that is read.
pub(super) enum SocketReader<'a> {
    Plain(ReadHalf<'a>),
    Tls(TlsReader<'a>),
}

impl SocketReader<'_> {
    /// Waits for bytes and reads them; 0 says that nothing more will come. Nothing is lost if the
    /// future is dropped.
    pub(super) async fn read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read_buf(input).await,
            Self::Tls(stream) => stream.read_buf(input).await,
        }
    }
}
