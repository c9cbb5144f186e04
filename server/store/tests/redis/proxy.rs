//! A connection between a store and its server that cuts instead of passing answers on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Proxy {
    pub(crate) address: String,
    cuts: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("redis://{}", listener.local_addr().expect("it is bound"));
        let cuts = Arc::new(AtomicBool::new(false));
        let shared = Arc::clone(&cuts);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("it is up");
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { address, cuts }
    }

    /// From now on each connection ends where an answer comes.
    pub(crate) fn cut_answers(&self, cuts: bool) {
        self.cuts.store(cuts, Ordering::SeqCst);
    }
}

async fn pass(client: TcpStream, server: TcpStream, cuts: Arc<AtomicBool>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asked = async {
        drop(tokio::io::copy(&mut from_client, &mut to_server).await);
    };
    let answered = async {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
            if cuts.load(Ordering::SeqCst) || to_client.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! { () = asked => {}, () = answered => {} }
}
