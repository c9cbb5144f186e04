//! How a connection ends whose client shall still read what it was told: bytes that arrive after a
//! socket is closed make the kernel throw away what it has not delivered.

use std::io;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// How long a closed connection's last bytes are waited for, so that the client can read what it
/// was told before it learns that nobody listens any more.
pub(crate) const LINGER: Duration = Duration::from_millis(500);

/// Bytes that are thrown away while lingering.
const LINGER_BYTES: usize = 256 * 1024;

/// Says that nothing more will be sent, and throws away what still comes, for a while.
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
