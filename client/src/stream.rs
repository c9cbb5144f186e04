//! The byte stream of a connection: TCP, with or without TLS.

use crate::config::ClientConfig;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(feature = "tls")]
use tokio_rustls::client::TlsStream;

/// The stream below a [`Wire`](crate::wire::Wire).
#[derive(Debug)]
pub(crate) enum ClientStream {
    Plain(TcpStream),
    #[cfg(feature = "tls")]
    Tls(Box<TlsStream<TcpStream>>),
}

impl ClientStream {
    /// Connects, TLS handshake included.
    pub(crate) async fn open(config: &ClientConfig) -> io::Result<Self> {
        let stream = TcpStream::connect(&config.server).await?;
        stream.set_nodelay(true)?;
        #[cfg(feature = "tls")]
        if let Some(tls) = &config.tls {
            let stream = Box::pin(tls.connect(&config.server, stream)).await?;
            return Ok(Self::Tls(Box::new(stream)));
        }
        Ok(Self::Plain(stream))
    }

    /// Whether the stream is not encrypted.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }
}

#[cfg(feature = "tls")]
impl Drop for ClientStream {
    /// Without a closing notice, the server would take the end for a cut connection (RFC 8446, 6.1).
    fn drop(&mut self) {
        if let Self::Tls(stream) = self {
            let (stream, connection) = stream.get_mut();
            connection.send_close_notify();
            let mut record = Vec::new();
            // Bytes that the network does not take at once are given up: drop cannot wait.
            let _ = connection.write_tls(&mut record).and_then(|_| stream.try_write(&record));
        }
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer).map_err(lost),
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            #[cfg(feature = "tls")]
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

/// A connection that ends without a notice is lost, with TLS as without.
#[cfg(feature = "tls")]
fn lost(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => io::ErrorKind::UnexpectedEof.into(),
        _ => error,
    }
}
