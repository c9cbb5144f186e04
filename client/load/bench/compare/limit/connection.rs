//! One connection of either end: frames of 64 bytes, received and sent without waiting.

use anyhow::ensure;
use mio::net::TcpStream;
use std::io::{self, ErrorKind, Read, Write};

/// The size of a frame: a little-endian length of what follows it, a number, and padding.
pub(super) const FRAME_BYTES: usize = 64;

/// What a frame begins with.
const LENGTH: [u8; 4] = 60_u32.to_le_bytes();

/// More than what 1,000 frames need: what is in flight arrives with one read.
const BUFFER_BYTES: usize = 64 * 1024;

/// Whether the other end is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OtherEnd {
    There,
    Gone,
}

#[derive(Debug)]
pub(super) struct EchoConnection {
    stream: TcpStream,
    received: Box<[u8]>,
    /// How much of `received` is there: less than a frame, between two turns.
    length: usize,
    unsent: Vec<u8>,
    sent: usize,
}

/// A frame with a number.
pub(super) fn frame(number: u64) -> [u8; FRAME_BYTES] {
    let mut frame = [0; FRAME_BYTES];
    frame[..4].copy_from_slice(&LENGTH);
    frame[8..16].copy_from_slice(&number.to_le_bytes());
    frame
}

impl EchoConnection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let received = vec![0; BUFFER_BYTES].into_boxed_slice();
        Ok(Self { stream, received, length: 0, unsent: Vec::new(), sent: 0 })
    }

    /// What a poll watches.
    pub(super) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Adds bytes to what the next [`Self::send`] sends.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
    }

    /// Sends what it can of what was pushed. The rest goes when the stream is writable again.
    pub(super) fn send(&mut self) -> io::Result<()> {
        while self.sent < self.unsent.len() {
            match self.stream.write(&self.unsent[self.sent..]) {
                Ok(bytes) => self.sent += bytes,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        self.unsent.clear();
        self.sent = 0;
        Ok(())
    }

    /// Receives what is there and hands over the whole frames of it, of one read at a time. A read
    /// that does not fill the buffer took everything (epoll(7), question 9), so none follows it.
    ///
    /// # Errors
    /// The stream's, or the first that is no frame.
    pub(super) fn receive(&mut self, mut take: impl FnMut(&[u8])) -> anyhow::Result<OtherEnd> {
        loop {
            let room = &mut self.received[self.length..];
            let (read, full) = match self.stream.read(room) {
                Ok(0) => return Ok(OtherEnd::Gone),
                Ok(read) => (read, read == room.len()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(OtherEnd::There),
                Err(error) => return Err(error.into()),
            };
            self.length += read;
            let whole = self.length / FRAME_BYTES * FRAME_BYTES;
            for frame in self.received[..whole].chunks_exact(FRAME_BYTES) {
                ensure!(frame[..4] == LENGTH, "this is no frame");
            }
            take(&self.received[..whole]);
            self.received.copy_within(whole..self.length, 0);
            self.length -= whole;
            if !full {
                return Ok(OtherEnd::There);
            }
        }
    }
}
