//! Clients that ask for much and read nothing: what the kernel holds for them.

use boxoffice_protocol::reply::Body;
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::process::Process;
use boxoffice_testing::{Raw, create, film, seat_map, until_some};
use std::net::SocketAddr;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};

/// Clients that read nothing.
const SILENT: usize = 120;

/// What one of them asks for at once. A tenth of the answers is more than any buffer takes.
const ASKED: usize = 100;

/// What the kernel may hold of a connection by default.
const SOCKET_BYTES: u64 = 2 * 64 * 1024;

/// Bytes of a connection that do not count: the long answer that the kernel took last.
const UNCOUNTED: u64 = 80 * 1024;

/// A port of the server that is attacked.
#[derive(Debug, Clone, Copy)]
enum Port {
    Tcp,
    Http,
}

impl Port {
    fn address(self, process: &Process) -> SocketAddr {
        match self {
            Self::Tcp => process.address,
            Self::Http => process.http.expect("it is on"),
        }
    }

    /// Asks for many seat maps, and reads none.
    async fn ask_and_read_nothing(self, process: &Process) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        // What is not read stays with the server.
        socket.set_recv_buffer_size(4_096).expect("a size");
        let stream = socket.connect(self.address(process)).await.expect("the server listens");
        match self {
            Self::Tcp => {
                let mut client = Raw::over(stream);
                client.greet().await;
                let asked: Vec<_> =
                    (0..ASKED).flat_map(|_| client.encode(&seat_map("night")).1).collect();
                // The server may end it meanwhile.
                let _ = client.stream.write_all(&asked).await;
                client.stream
            }
            Self::Http => {
                let mut stream = stream;
                let get = "GET /v1/events/night/seats HTTP/1.1\r\nHost: localhost\r\n\r\n";
                let _ = stream.write_all(get.repeat(ASKED).as_bytes()).await;
                stream
            }
        }
    }
}

/// Bytes in both directions that the kernel holds for each connection of a port: see `proc_net_tcp`
/// in the kernel's documentation. Connections that the server has closed count, too.
fn held_by_the_kernel(process: &Process, port: SocketAddr) -> Vec<u64> {
    let table = std::fs::read_to_string(format!("/proc/{}/net/tcp", process.id()));
    let local = format!(":{:04X}", port.port());
    let connections = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_servers = fields.get(1)?.ends_with(&local) && *fields.get(3)? != "0A";
        let (sent, received) = fields.get(4).filter(|_| is_servers)?.split_once(':')?;
        let bytes = |hex| u64::from_str_radix(hex, 16).expect("a hexadecimal number");
        Some(bytes(sent) + bytes(received))
    };
    table.expect("it runs").lines().filter_map(connections).collect()
}

async fn with_large_event(arguments: &[&str]) -> (Process, Raw) {
    let process = Process::start(arguments);
    let mut polite = Raw::connect(process.address).await;
    polite.ask(&create("night", film(1_000, 100))).await;
    (process, polite)
}

async fn is_served(polite: &mut Raw) {
    let reply = polite.ask(&seat_map("night")).await;
    assert!(matches!(reply.body, Body::Seats(_)), "{:?}", reply.body);
}

async fn each_is_bounded(port: Port) {
    let (process, mut polite) = with_large_event(&[]).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(port.ask_and_read_nothing(&process).await);
    }
    until_some("they are sent what they do not read", async || {
        is_served(&mut polite).await;
        let held = held_by_the_kernel(&process, port.address(&process));
        (held.iter().filter(|&&bytes| bytes > 0).count() >= SILENT).then_some(())
    })
    .await;
    for _ in 0..50 {
        is_served(&mut polite).await;
    }
    let held = held_by_the_kernel(&process, port.address(&process));
    let most = held.iter().max().copied().unwrap_or(0);
    println!("{port:?}: {} bytes, {most} of one connection", held.iter().sum::<u64>());
    assert!(most <= 2 * SOCKET_BYTES, "the kernel holds {most} bytes of one connection");
    drop(silent);
}

#[tokio::test]
async fn row_48_a_client_that_never_reads_has_a_bounded_buffer() {
    each_is_bounded(Port::Tcp).await;
}

#[tokio::test]
async fn row_48_a_client_that_never_reads_has_a_bounded_buffer_over_http() {
    each_is_bounded(Port::Http).await;
}

/// Connections that were closed as their clients read too little.
async fn closed(process: &Process) -> f64 {
    let metrics = Exposed::scrape(process.http).await;
    let of = |listener| {
        format!("boxoffice_connections_closed_total{{listener=\"{listener}\",cause=\"unread\"}}")
    };
    metrics.value(&of("tcp")) + metrics.value(&of("http"))
}

async fn all_are_bounded(port: Port) {
    const ALL: u64 = 4 << 20;
    let (process, mut polite) = with_large_event(&["--unsent-mb", "4"]).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(port.ask_and_read_nothing(&process).await);
        is_served(&mut polite).await;
        let held = held_by_the_kernel(&process, port.address(&process));
        let (all, bound) = (held.iter().sum::<u64>(), ALL + UNCOUNTED * held.len() as u64);
        assert!(all <= bound, "the kernel holds {all} bytes of {} connections", held.len());
    }
    let ended = until_some("the ones with most end", async || {
        is_served(&mut polite).await;
        Some(closed(&process).await).filter(|&ended| ended > 0.0)
    })
    .await;
    println!("{port:?}: {ended} of {SILENT} connections were closed");
    assert!(ended < SILENT as f64, "there is room for some");
    drop(silent);
    until_some("the memory is free", async || {
        is_served(&mut polite).await;
        let held = held_by_the_kernel(&process, port.address(&process));
        let unsent = Exposed::scrape(process.http).await.value("boxoffice_unsent_bytes");
        (held.iter().all(|&bytes| bytes < UNCOUNTED) && unsent == 0.0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn row_48_all_that_is_unread_is_bounded_and_the_worst_reader_goes_first() {
    all_are_bounded(Port::Tcp).await;
}

#[tokio::test]
async fn row_48_all_that_is_unread_is_bounded_over_http_too() {
    all_are_bounded(Port::Http).await;
}
