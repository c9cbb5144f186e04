//! A proxy between a client and its server that can cut connections instead of passing answers on.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

pub struct CuttingProxy {
    pub address: SocketAddr,
    cut: Arc<Mutex<CutAnswers>>,
}

/// Answers that do not arrive: their connection ends instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CutAnswers {
    None,
    All,
    /// Those to requests with these bytes.
    To(&'static [u8]),
}

impl CuttingProxy {
    /// Listens on a free port, for as long as the runtime is there.
    pub async fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let cut = Arc::new(Mutex::new(CutAnswers::None));
        let shared = Arc::clone(&cut);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("it is up");
                tokio::spawn(pass(client, server, Arc::clone(&shared)));
            }
        });
        Self { address, cut }
    }

    /// From now on connections end where such an answer comes.
    pub fn cut(&self, answers: CutAnswers) {
        *self.cut.lock().unwrap_or_else(PoisonError::into_inner) = answers;
    }
}

async fn pass(client: TcpStream, server: TcpStream, cut: Arc<Mutex<CutAnswers>>) {
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let is_asked = AtomicBool::new(false);
    let cut = || *cut.lock().unwrap_or_else(PoisonError::into_inner);
    let asked = pass_on(from_client, to_server, |bytes| {
        if let CutAnswers::To(of) = cut() {
            let is_one = bytes.windows(of.len()).any(|some| some == of);
            is_asked.store(is_one, Ordering::SeqCst);
        }
        true
    });
    let answered = pass_on(from_server, to_client, |_| match cut() {
        CutAnswers::None => true,
        CutAnswers::All => false,
        CutAnswers::To(_) => !is_asked.load(Ordering::SeqCst),
    });
    tokio::select! { () = asked => {}, () = answered => {} }
}

/// Passes bytes on for as long as they may.
async fn pass_on(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, may: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if !may(&bytes[..count]) || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
