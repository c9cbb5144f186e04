//! Options of the sockets of both listeners.

#[cfg(target_os = "linux")]
use nix::sys::socket::getsockopt;
#[cfg(target_os = "linux")]
use nix::{getsockopt_impl, libc, sockopt_impl};
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Connections that the kernel keeps until they are accepted. In a rush all clients come at once,
/// and a client that finds no room tries again only after a second.
const BACKLOG: u32 = 4_096;

/// The wait before accepting again when the process is out of descriptors or memory.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// The kernel's shortest interval between probes.
const SHORTEST_PROBE: Duration = Duration::from_secs(1);

/// How long the last bytes of a closed connection are waited for. The client reads them before it
/// learns of the close.
pub(crate) const LINGER: Duration = Duration::from_millis(500);

/// Bytes of input that are discarded meanwhile.
pub(crate) const LINGER_BYTES: usize = 256 * 1024;

/// Bytes that the kernel takes beyond those that are on their way to the client. A client that reads
/// slowly has its replies wait in the process, where they are counted.
#[cfg(target_os = "linux")]
const NOT_SENT_BYTES: u32 = 16 * 1024;

#[cfg(target_os = "linux")]
sockopt_impl!(
    /// What a socket takes of the kernel's memory, as `sock_diag(7)` lists it.
    SocketMemory,
    GetOnly,
    libc::SOL_SOCKET,
    libc::SO_MEMINFO,
    [u32; 9]
);

/// A TCP connection, or what is built on one.
pub(crate) trait OverTcp {
    fn tcp(&self) -> &TcpStream;
}

impl OverTcp for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

/// Listens at `address`. The kernel may hold so many bytes of a connection in each direction, and
/// about as many to keep account of them.
///
/// # Errors
/// The error of the operating system.
pub(crate) fn bind(address: SocketAddr, buffer_bytes: u32) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    // Connections inherit them, and the window that is offered to their clients is made by them.
    socket.set_send_buffer_size(buffer_bytes)?;
    socket.set_recv_buffer_size(buffer_bytes)?;
    #[cfg(target_os = "linux")]
    SockRef::from(&socket).set_tcp_notsent_lowat(NOT_SENT_BYTES)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Waits a moment after an error that is not the connection's own.
pub(crate) async fn back_off(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset => {}
        _ => {
            tracing::warn!(%error, "cannot accept connections just now");
            #[expect(clippy::disallowed_methods, reason = "nothing tells of a free descriptor")]
            tokio::time::sleep(ACCEPT_BACKOFF).await;
        }
    }
}

/// Sends replies at once, and detects a vanished peer: by the user timeout while it owes an
/// acknowledgement, by probes otherwise.
///
/// # Errors
/// The connection is lost already.
pub(crate) fn configure(stream: &TcpStream, peer_timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time((peer_timeout / 3).max(SHORTEST_PROBE))
        .with_interval((peer_timeout / 6).max(SHORTEST_PROBE))
        .with_retries(4);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(peer_timeout))?;
    Ok(())
}

/// Bytes of memory that the kernel has for a connection now: output that its client has not
/// acknowledged, and input that was not read.
#[cfg(target_os = "linux")]
pub(crate) fn kernel_bytes(stream: &TcpStream) -> usize {
    const UNREAD: usize = 0;
    const QUEUED: usize = 5;
    let memory = getsockopt(stream, SocketMemory).unwrap_or_default();
    memory[UNREAD] as usize + memory[QUEUED] as usize
}

/// The most that it has where the kernel cannot be asked.
#[cfg(not(target_os = "linux"))]
pub(crate) fn kernel_bytes(stream: &TcpStream) -> usize {
    SockRef::from(stream).send_buffer_size().unwrap_or_default()
}

/// Has the kernel drop what the client has not acknowledged when the connection is closed.
pub(crate) fn drop_unsent(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Has the kernel go on with it then.
pub(crate) fn keep_unsent(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(None);
}

/// Ends the output, and discards input for a while: bytes that arrive after a close make the kernel
/// drop what it has not delivered.
pub(crate) async fn linger(stream: &mut TcpStream) {
    let _ = stream.shutdown().await;
    let drain = async {
        let mut scratch = [0; 4096];
        for _ in 0..LINGER_BYTES / scratch.len() {
            if stream.readable().await.is_err() {
                return;
            }
            match stream.try_read(&mut scratch) {
                Ok(0) => return,
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => return,
                _ => {}
            }
        }
    };
    let _ = tokio::time::timeout(LINGER, drain).await;
}
