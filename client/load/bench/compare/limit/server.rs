//! The limit's server: one thread, one poll.

use super::connection::{EchoConnection, OtherEnd};
use crate::compare::subject::Durability;
use mio::net::TcpListener;
use mio::{Events, Interest, Poll, Token};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The file is written in a circle. Its blocks are there and written from the beginning, so that
/// a sync has no metadata to write.
const FILE_BYTES: u64 = 256 * 1024 * 1024;

/// A write begins on a new block, so that it rewrites nothing that was durable.
const BLOCK_BYTES: u64 = 4 * 1024;

const LISTENER: Token = Token(usize::MAX);

/// Echoes frames until the process is killed.
///
/// # Errors
/// The file's, the listener's or the poll's. A connection's errors end the connection only.
pub(crate) fn serve(file: &Path, durability: Durability, port: u16) -> anyhow::Result<()> {
    let file = EchoFile::create(file, durability)?;
    let poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    Echo { poll, listener, file, connections: HashMap::new(), next: 0 }.run()
}

struct Echo {
    poll: Poll,
    listener: TcpListener,
    file: EchoFile,
    connections: HashMap<Token, EchoConnection>,
    next: usize,
}

impl Echo {
    fn run(mut self) -> anyhow::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut ready = Vec::new();
        loop {
            self.poll.poll(&mut events, None)?;
            ready.clear();
            for event in &events {
                match event.token() {
                    LISTENER => self.accept()?,
                    token => {
                        self.receive(token);
                        ready.push(token);
                    }
                }
            }
            self.file.commit()?;
            for token in &ready {
                self.send(*token);
            }
        }
    }

    fn accept(&mut self) -> anyhow::Result<()> {
        while let Ok((stream, _)) = self.listener.accept() {
            let token = Token(self.next);
            self.next += 1;
            let mut connection = EchoConnection::new(stream)?;
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(connection.stream(), token, interest)?;
            self.connections.insert(token, connection);
        }
        Ok(())
    }

    fn receive(&mut self, token: Token) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        let begin = self.file.turn.len();
        let peer = connection.receive(|frames| self.file.turn.extend_from_slice(frames));
        connection.push(&self.file.turn[begin..]);
        if !matches!(peer, Ok(OtherEnd::There)) {
            self.connections.remove(&token);
        }
    }

    fn send(&mut self, token: Token) {
        let Some(connection) = self.connections.get_mut(&token) else { return };
        if connection.send().is_err() {
            self.connections.remove(&token);
        }
    }
}

/// Where a turn's frames go before they are answered.
struct EchoFile {
    file: File,
    durability: Durability,
    position: u64,
    turn: Vec<u8>,
}

impl EchoFile {
    fn create(path: &Path, durability: Durability) -> anyhow::Result<Self> {
        let file = OpenOptions::new().create_new(true).write(true).open(path)?;
        let zeros = vec![0; 1024 * 1024];
        for position in (0..FILE_BYTES).step_by(zeros.len()) {
            file.write_all_at(&zeros, position)?;
        }
        file.sync_all()?;
        Ok(Self { file, durability, position: 0, turn: Vec::with_capacity(zeros.len()) })
    }

    /// Writes what the turn has gathered, if anything, and waits until it is durable.
    fn commit(&mut self) -> anyhow::Result<()> {
        if self.turn.is_empty() {
            return Ok(());
        }
        let length = self.turn.len() as u64;
        if self.position + length > FILE_BYTES {
            self.position = 0;
        }
        self.file.write_all_at(&self.turn, self.position)?;
        if self.durability == Durability::Synced {
            self.file.sync_data()?;
        }
        self.position += length.next_multiple_of(BLOCK_BYTES);
        self.turn.clear();
        Ok(())
    }
}
