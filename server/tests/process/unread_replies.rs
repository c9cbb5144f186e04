//! Clients that ask for much and read nothing: what the kernel holds for them.

use boxoffice_protocol::reply::{Body, StatValue};
use boxoffice_protocol::request::Request;
use boxoffice_testing::openmetrics::Exposed;
use boxoffice_testing::pki::{Pki, localhost};
use boxoffice_testing::process::Process;
use boxoffice_testing::{Raw, create, film, seat_map, until_some};
use std::net::SocketAddr;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Port {
    Tcp,
    /// The same port of a server that speaks TLS.
    Tls,
    Http,
}

trait Stream: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// A connection of a client, over TLS where the server speaks it.
type Connection = Box<dyn Stream>;

/// Addresses of parties: without a token each is a principal.
const POLITE: [u8; 4] = [127, 0, 0, 1];
const SILENT_PARTY: [u8; 4] = [127, 0, 0, 2];
const SLOW_PARTY: [u8; 4] = [127, 0, 0, 3];

/// A server with a large event, one of whose ports is attacked.
struct Attacked {
    process: Process,
    port: Port,
    pki: Option<Pki>,
}

impl Attacked {
    /// Starts it, and connects a client that reads what it asks for.
    async fn start(port: Port, arguments: &[&str]) -> (Self, Raw<Connection>) {
        let pki = (port == Port::Tls).then(Pki::new);
        let tls = pki.as_ref().map(Pki::arguments);
        let tls = tls.iter().flatten().map(String::as_str);
        let arguments: Vec<&str> = arguments.iter().copied().chain(tls).collect();
        let server = Self { process: Process::start(&arguments), port, pki };
        let stream = server.socket(POLITE).connect(server.process.address).await;
        let mut polite = server.greeted(stream.expect("the server listens")).await;
        polite.ask(&create("night", film(1_000, 100))).await;
        (server, polite)
    }

    fn address(&self) -> SocketAddr {
        match self.port {
            Port::Tcp | Port::Tls => self.process.address,
            Port::Http => self.process.http.expect("it is on"),
        }
    }

    fn socket(&self, from: [u8; 4]) -> TcpSocket {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::from((from, 0))).expect("all of 127/8 is this machine's");
        socket
    }

    async fn greeted(&self, stream: TcpStream) -> Raw<Connection> {
        stream.set_nodelay(true).expect("a TCP stream");
        let connection: Connection = match &self.pki {
            Some(pki) => {
                let connected = pki.connector(&[]).connect(localhost(), stream).await;
                Box::new(connected.expect("a handshake"))
            }
            None => Box::new(stream),
        };
        let mut client = Raw::around(connection);
        client.greet().await;
        client
    }

    /// Asks for many seat maps, and reads none.
    async fn ask_and_read_nothing(&self, from: [u8; 4]) -> Raw<Connection> {
        let socket = self.socket(from);
        // What is not read stays with the server.
        socket.set_recv_buffer_size(4_096).expect("a size");
        let mut stream = socket.connect(self.address()).await.expect("the server listens");
        if self.port == Port::Http {
            let get = "GET /v1/events/night/seats HTTP/1.1\r\nHost: localhost\r\n\r\n";
            let _ = stream.write_all(get.repeat(ASKED).as_bytes()).await;
            return Raw::around(Box::new(stream));
        }
        let mut client = self.greeted(stream).await;
        let asked: Vec<_> = (0..ASKED).flat_map(|_| client.encode(&seat_map("night")).1).collect();
        // The server may end it meanwhile.
        let _ = client.stream.write_all(&asked).await;
        let _ = client.stream.flush().await;
        client
    }

    /// Bytes that the kernel holds for each connection of the port.
    fn held(&self) -> Vec<u64> {
        held_by_the_kernel(&self.process, self.address())
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

async fn is_served(polite: &mut Raw<Connection>) {
    let reply = polite.ask(&seat_map("night")).await;
    assert!(matches!(reply.body, Body::Seats(_)), "{:?}", reply.body);
}

async fn each_is_bounded(port: Port) {
    let (server, mut polite) = Attacked::start(port, &[]).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(server.ask_and_read_nothing(SILENT_PARTY).await);
    }
    until_some("they are sent what they do not read", async || {
        is_served(&mut polite).await;
        (server.held().iter().filter(|&&bytes| bytes > 0).count() >= SILENT).then_some(())
    })
    .await;
    for _ in 0..50 {
        is_served(&mut polite).await;
    }
    let held = server.held();
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
async fn row_48_a_client_that_never_reads_has_a_bounded_buffer_over_tls() {
    each_is_bounded(Port::Tls).await;
}

#[tokio::test]
async fn row_48_a_client_that_never_reads_has_a_bounded_buffer_over_http() {
    each_is_bounded(Port::Http).await;
}

impl Attacked {
    /// Connections that were closed as their clients read too little.
    async fn closed(&self, polite: &mut Raw<Connection>) -> f64 {
        if self.port == Port::Http {
            let name = "boxoffice_connections_closed_total{listener=\"http\",cause=\"unread\"}";
            return Exposed::scrape(self.process.http).await.value(name);
        }
        let Body::Stats(stats) = polite.ask(&Request::Stats).await.body else { panic!("stats") };
        let closed = stats.into_iter().find(|stat| stat.name == "closed_unread");
        match closed.expect("it is told").value {
            StatValue::Count(closed) => closed as f64,
            StatValue::Text(text) => panic!("{text}"),
        }
    }

    /// Bytes that clients leave unread, by the metric; over TLS it is not looked at.
    async fn unsent(&self) -> f64 {
        match self.port {
            Port::Tls => 0.0,
            Port::Tcp | Port::Http => {
                Exposed::scrape(self.process.http).await.value("boxoffice_unsent_bytes")
            }
        }
    }
}

async fn all_are_bounded(port: Port) {
    const ALL: u64 = 4 << 20;
    let (server, mut polite) = Attacked::start(port, &["--unsent-mb", "4"]).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT {
        silent.push(server.ask_and_read_nothing(SILENT_PARTY).await);
        is_served(&mut polite).await;
        let held = server.held();
        let (all, bound) = (held.iter().sum::<u64>(), ALL + UNCOUNTED * held.len() as u64);
        assert!(all <= bound, "the kernel holds {all} bytes of {} connections", held.len());
    }
    let ended = until_some("the ones with most end", async || {
        is_served(&mut polite).await;
        Some(server.closed(&mut polite).await).filter(|&ended| ended > 0.0)
    })
    .await;
    println!("{port:?}: {ended} of {SILENT} connections were closed");
    assert!(ended < SILENT as f64, "there is room for some");
    drop(silent);
    is_served(&mut polite).await;
    // Nothing is asked for meanwhile: a long reply that has just been written is unsent, too.
    until_some("the memory is free", async || {
        let held = server.held();
        let unsent = server.unsent().await;
        (held.iter().all(|&bytes| bytes < UNCOUNTED) && unsent == 0.0).then_some(())
    })
    .await;
    is_served(&mut polite).await;
}

#[tokio::test]
async fn row_48_all_that_is_unread_is_bounded_and_the_worst_reader_goes_first() {
    all_are_bounded(Port::Tcp).await;
}

#[tokio::test]
async fn row_48_all_that_is_unread_is_bounded_over_http_too() {
    all_are_bounded(Port::Http).await;
}

#[tokio::test]
async fn row_48_all_that_is_unread_is_bounded_over_tls_too() {
    all_are_bounded(Port::Tls).await;
}

#[tokio::test]
async fn row_48_a_party_beyond_its_own_bound_loses_connections_and_another_keeps_its_own() {
    let arguments = ["--max-principal-unsent-mb", "1", "--write-timeout", "1h"];
    let (server, mut polite) = Attacked::start(Port::Tcp, &arguments).await;
    let mut slow = server.ask_and_read_nothing(SLOW_PARTY).await;
    let mut silent = Vec::new();
    for _ in 0..SILENT / 4 {
        silent.push(server.ask_and_read_nothing(SILENT_PARTY).await);
        is_served(&mut polite).await;
    }
    until_some("the ones with most end", async || {
        is_served(&mut polite).await;
        Some(server.closed(&mut polite).await).filter(|&ended| ended > 0.0)
    })
    .await;
    for number in 0..ASKED {
        let reply = slow.receive().await.expect("it is open still").reply;
        assert!(matches!(reply.body, Body::Seats(_)), "{number}: {:?}", reply.body);
    }
}
