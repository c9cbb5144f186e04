//! A socket before PostgreSQL's that is slow, and whose connections can be cut.

use fastrand::Rng;
use std::io;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast;

/// The name of PostgreSQL's socket in its folder.
const NAME: &str = ".s.PGSQL.5432";

/// The longest delay of a part of what is sent.
const SLOWEST_MS: u64 = 8;

/// The socket, in a folder of its own.
pub(super) struct SlowSocket {
    folder: TempDir,
    cut: broadcast::Sender<()>,
}

impl SlowSocket {
    /// A socket before that in `host`. Has to be called inside a runtime.
    pub(super) fn before(host: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let listener = UnixListener::bind(folder.path().join(NAME)).expect("the folder is ours");
        let (cut, _) = broadcast::channel(1);
        let (engine, cuts) = (host.join(NAME), cut.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(engine) = UnixStream::connect(&engine).await else { continue };
                let mut cut = cuts.subscribe();
                let ((from_client, to_client), (from_engine, to_engine)) =
                    (client.into_split(), engine.into_split());
                tokio::spawn(async move {
                    tokio::select! {
                        _ = carry(from_client, to_engine) => {}
                        _ = carry(from_engine, to_client) => {}
                        _ = cut.recv() => {}
                    }
                });
            }
        });
        Self { folder, cut }
    }

    /// The folder, which stands for a host's name in an address.
    pub(super) fn host(&self) -> &Path {
        self.folder.path()
    }

    /// Cuts all connections, in the midst of what they carry.
    pub(super) fn cut(&self) {
        // There may be none.
        let _ = self.cut.send(());
    }
}

async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf) -> io::Result<()> {
    let (mut bytes, mut rng) = (vec![0; 1 << 16], Rng::new());
    loop {
        let read = from.read(&mut bytes).await?;
        if read == 0 {
            return Ok(());
        }
        #[expect(clippy::disallowed_methods, reason = "it is what makes it slow")]
        tokio::time::sleep(Duration::from_millis(rng.u64(..SLOWEST_MS))).await;
        to.write_all(&bytes[..read]).await?;
    }
}
