//! A TLS connection after its handshake, for a session that does all its input and output itself
//! and waits only where it means to.
//!
//! Written bytes become records, of which a bounded number of bytes waits for the network: the next
//! bytes are taken only when these have left. So a client that does not read is noticed as it would
//! be without TLS.

use crate::sockets::OverTcp;
use bytes::BytesMut;
use rustls::ServerConnection;
use std::future::poll_fn;
use std::io::{self, BufRead, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio_rustls::server::TlsStream as Accepted;

/// A connection whose handshake is over.
#[derive(Debug)]
pub(crate) struct TlsStream {
    stream: TcpStream,
    connection: ServerConnection,
}

impl From<Accepted<TcpStream>> for TlsStream {
    fn from(accepted: Accepted<TcpStream>) -> Self {
        let (stream, connection) = accepted.into_inner();
        Self { stream, connection }
    }
}

impl OverTcp for Accepted<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

impl TlsStream {
    /// The TCP connection that carries the records.
    pub(crate) fn tcp(&self) -> &TcpStream {
        &self.stream
    }

    /// Whether written bytes have not left.
    pub(crate) fn has_unsent(&self) -> bool {
        self.connection.wants_write()
    }

    /// Takes bytes to send as far as there is room, and sends what the network takes. None are
    /// taken while earlier ones wait; 0 if only some of these left.
    ///
    /// # Errors
    /// `WouldBlock` if nothing was taken and nothing left; otherwise the connection is broken.
    pub(crate) fn try_write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let left = self.flush()?;
        if self.has_unsent() {
            return if left > 0 { Ok(0) } else { Err(io::ErrorKind::WouldBlock.into()) };
        }
        let taken = self.connection.writer().write(bytes)?;
        self.flush()?;
        Ok(taken)
    }

    /// Sends records as far as the network takes them. Returns the number of bytes that it took.
    fn flush(&mut self) -> io::Result<usize> {
        let mut left = 0;
        while self.connection.wants_write() {
            match self.connection.write_tls(&mut Unblocked(&self.stream)) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(bytes) => left += bytes,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(left)
    }

    /// Reads what has arrived, as far as `input` has room.
    ///
    /// # Errors
    /// `WouldBlock` if nothing has; otherwise as of [`TlsReader::read_buf`].
    pub(crate) fn try_read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        take(&mut self.connection, Unblocked(&self.stream), input)
    }

    /// Two halves that can be awaited at the same time: for input, and for room for output.
    pub(crate) fn split(&mut self) -> (TlsReader<'_>, WriteHalf<'_>) {
        let (stream, writer) = self.stream.split();
        (TlsReader { stream, connection: &mut self.connection }, writer)
    }

    /// Ends the output, and returns the TCP connection.
    pub(crate) fn close(&mut self) -> &mut TcpStream {
        self.connection.send_close_notify();
        // Like the records before it, it leaves now or never.
        let _ = self.flush();
        &mut self.stream
    }
}

impl Drop for TlsStream {
    /// Without a closing record the client would have to think that the connection was cut.
    fn drop(&mut self) {
        self.close();
    }
}

pub(crate) struct TlsReader<'a> {
    stream: ReadHalf<'a>,
    connection: &'a mut ServerConnection,
}

impl TlsReader<'_> {
    /// Waits for input and reads it as far as `input` has room; 0 at its end. Nothing is lost if
    /// the future is dropped.
    ///
    /// # Errors
    /// The input was changed on its way, or ended without a closing record; or the network failed.
    pub(crate) async fn read_buf(&mut self, input: &mut BytesMut) -> io::Result<usize> {
        poll_fn(|context| {
            match take(self.connection, Waking { stream: &mut self.stream, context }, input) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
                read => Poll::Ready(read),
            }
        })
        .await
    }
}

/// Moves decrypted bytes into `input`, until there is no more room or `records` is exhausted.
fn take(
    connection: &mut ServerConnection,
    mut records: impl Read,
    input: &mut BytesMut,
) -> io::Result<usize> {
    let before = input.len();
    loop {
        let room = input.capacity() - input.len();
        if room == 0 {
            return Ok(input.len() - before);
        }
        let mut plain = connection.reader();
        let outcome = match plain.fill_buf() {
            Ok([]) => return Ok(input.len() - before),
            Ok(chunk) => {
                let taken = chunk.len().min(room);
                input.extend_from_slice(&chunk[..taken]);
                plain.consume(taken);
                continue;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => connection
                .read_tls(&mut records)
                .and_then(|_| connection.process_new_packets().map_err(io::Error::other)),
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            // The bytes before the error count; the next call meets it again.
            return if input.len() > before { Ok(input.len() - before) } else { Err(error) };
        }
    }
}

/// A socket that returns `WouldBlock` rather than wait.
struct Unblocked<'a>(&'a TcpStream);

impl Read for Unblocked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(buffer)
    }
}

impl Write for Unblocked<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, bytes: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A socket that registers the task for input before it returns `WouldBlock`.
struct Waking<'a, 'b, 'c> {
    stream: &'a mut ReadHalf<'b>,
    context: &'a mut Context<'c>,
}

impl Read for Waking<'_, '_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        match Pin::new(&mut *self.stream).poll_read(self.context, &mut buffer) {
            Poll::Ready(read) => read.map(|()| buffer.filled().len()),
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}
