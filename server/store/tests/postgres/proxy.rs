//! A proxy between a store and its server, which does to connections what networks do.

use std::path::PathBuf;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    Fair,
    /// What clients send arrives, and no answer does.
    AnswersHeld,
    /// No bytes arrive, in either direction; connections stay.
    Still,
    /// Clients have said their last word: the server is told so, and may still answer.
    HalfClosed,
}

/// The weather, and how often connections were cut.
#[derive(Debug, Clone, Copy)]
struct Now {
    weather: Weather,
    cuts: u64,
}

/// The proxy. It ends when it is dropped.
pub(crate) struct Proxy {
    port: u16,
    weather: watch::Sender<Now>,
    task: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// One before the server whose socket is in this folder.
    pub(crate) async fn start(folder: &std::path::Path) -> Self {
        let socket = folder.join(".s.PGSQL.5432");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let weather = watch::channel(Now { weather: Weather::Fair, cuts: 0 }).0;
        let task = tokio::spawn(accept(listener, socket, weather.subscribe()));
        Self { port, weather, task }
    }

    pub(crate) fn address(&self) -> String {
        format!("host=127.0.0.1 port={} user=postgres dbname=postgres sslmode=disable", self.port)
    }

    pub(crate) fn set(&self, weather: Weather) {
        self.weather.send_modify(|now| now.weather = weather);
    }

    /// Breaks all connections. New ones have fair weather.
    pub(crate) fn cut(&self) {
        let fair = |now: &mut Now| *now = Now { weather: Weather::Fair, cuts: now.cuts + 1 };
        self.weather.send_modify(fair);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, socket: PathBuf, weather: watch::Receiver<Now>) {
    while let Ok((client, _)) = listener.accept().await {
        if let Ok(server) = UnixStream::connect(&socket).await {
            tokio::spawn(pass(client, server, weather.clone()));
        }
    }
}

/// Passes bytes on for as long as the weather lets it.
async fn pass(mut client: TcpStream, mut server: UnixStream, weather: watch::Receiver<Now>) {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let mut seen = weather.clone();
    let cuts = seen.borrow().cuts;
    let broken = async { drop(seen.wait_for(|now| now.cuts > cuts).await) };
    let mut seen = weather.clone();
    let there = async {
        let mut bytes = vec![0; 1 << 16];
        loop {
            let read = tokio::select! {
                read = from_client.read(&mut bytes) => read.unwrap_or_default(),
                _ = seen.wait_for(|now| now.weather == Weather::HalfClosed) => 0,
            };
            if read == 0 {
                return drop(to_server.shutdown().await);
            }
            let moves = |now: &Now| now.weather != Weather::Still;
            drop(seen.wait_for(moves).await);
            if to_server.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    };
    let mut seen = weather;
    let back = async {
        let mut bytes = vec![0; 1 << 16];
        loop {
            let read = from_server.read(&mut bytes).await.unwrap_or_default();
            if read == 0 {
                return drop(to_client.shutdown().await);
            }
            let moves = |now: &Now| !matches!(now.weather, Weather::Still | Weather::AnswersHeld);
            drop(seen.wait_for(moves).await);
            if to_client.write_all(&bytes[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        biased;
        () = broken => {}
        _ = async { tokio::join!(there, back) } => {}
    }
}
