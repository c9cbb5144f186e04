//! How a connection begins: the client's hello, the server's certificate, keys. What is no TLS is
//! told so, where it can be told, and closed.

use super::Tls;
use crate::guess::Guess;
use crate::linger::linger;
use rustls::ServerConfig;
use std::io;
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Enough to guess what somebody speaks.
const FIRST_BYTES: usize = 16;

/// What a browser is told that was sent to `http://`.
const USE_HTTPS: &[u8] = b"HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 47\r\n\r\n\
    This port speaks TLS only: begin with https://\n";

/// There will be no connection. Why is in the log; it is the client's business or the network's.
#[derive(Debug)]
pub(crate) struct NotTls;

impl Tls {
    /// Shakes hands with a client of the binary protocol. Whatever the client does, it is over at
    /// the deadline, but for the moment in which it is told what was wrong.
    pub(crate) async fn binary(
        &self,
        stream: TcpStream,
        until: Instant,
    ) -> Result<TlsStream<TcpStream>, NotTls> {
        accept(&self.binary, stream, until).await
    }
}

async fn accept(
    config: &Arc<ServerConfig>,
    mut stream: TcpStream,
    until: Instant,
) -> Result<TlsStream<TcpStream>, NotTls> {
    let mut first = [0; FIRST_BYTES];
    let bytes = timeout_at(until, stream.peek(&mut first)).await;
    let guess = Guess::at(&first[..bytes.map_or(0, |peeked| peeked.unwrap_or_default())]);
    if guess == Guess::Http {
        // A client that does not take these few bytes at once has not waited for them.
        let _ = stream.try_write(USE_HTTPS);
        tracing::debug!(looks_like = guess.name(), "no TLS handshake");
        linger(&mut stream).await;
        return Err(NotTls);
    }
    let accepted = TlsAcceptor::from(Arc::clone(config)).accept(stream).into_fallible();
    match timeout_at(until, accepted).await {
        Ok(Ok(accepted)) => Ok(accepted),
        Ok(Err((error, mut stream))) => {
            tracing::debug!(%error, looks_like = guess.name(), "no TLS handshake");
            if error.kind() == io::ErrorKind::InvalidData {
                linger(&mut stream).await;
            }
            Err(NotTls)
        }
        Err(_) => {
            tracing::debug!("the client did not finish its TLS handshake in time");
            Err(NotTls)
        }
    }
}
