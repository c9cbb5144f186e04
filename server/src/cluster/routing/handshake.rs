//! How a connection between two servers begins: each sends random bytes, and then a first sealed frame, by
//! which the other one knows that it has the secret.

use super::sealed::{PeerError, SealedStream, Seals};
use super::secret::ClusterSecret;
use crate::randomness::Randomness;
use boxoffice_protocol::frame::{complete_frame, decode, encode, put_frame};
use boxoffice_protocol::limits::PROTOCOL_VERSION;
use bytes::{Buf, BytesMut};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the wire and the changes are the same is known of the same version only.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// No longer frame is a hello.
const HELLO_BYTES: usize = 256;

const NONCE_BYTES: usize = 32;

/// What a server says first: its versions, and random bytes.
type Hello = (u16, String, [u8; NONCE_BYTES]);

/// Which of the two servers this one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It connected, to forward requests.
    Forwards,
    /// It was connected to, and decides them.
    Decides,
}

/// Begins a connection. The other server has the secret when this returns.
pub(super) async fn begin(
    stream: TcpStream,
    side: Side,
    secret: &ClusterSecret,
    randomness: Randomness,
) -> Result<SealedStream, PeerError> {
    let begun = tokio::time::timeout(PATIENCE, shake_hands(stream, side, secret, randomness)).await;
    begun.unwrap_or(Err(PeerError::Silent))
}

async fn shake_hands(
    mut stream: TcpStream,
    side: Side,
    secret: &ClusterSecret,
    randomness: Randomness,
) -> Result<SealedStream, PeerError> {
    stream.set_nodelay(true)?;
    let own = randomness.bytes::<NONCE_BYTES>().map_err(io::Error::other)?;
    let mut outbound = BytesMut::new();
    let hello: Hello = (PROTOCOL_VERSION, VERSION.to_owned(), own);
    put_frame(&mut outbound, 0, |out| encode(&hello, out));
    stream.write_all_buf(&mut outbound).await?;
    let mut inbound = BytesMut::new();
    let (protocol, version, others) = loop {
        if let Some(frame) = complete_frame(&inbound, HELLO_BYTES)? {
            let hello = decode::<Hello>(frame.message);
            let hello = hello.map_err(|malformed| PeerError::Message(malformed.to_string()))?;
            inbound.advance(frame.bytes());
            break hello;
        }
        if stream.read_buf(&mut inbound).await? == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
    };
    if (protocol, version.as_str()) != (PROTOCOL_VERSION, VERSION) {
        return Err(PeerError::Version);
    }
    let nonces: [&[u8]; 2] = match side {
        Side::Forwards => [&own, &others],
        Side::Decides => [&others, &own],
    };
    let requests = Seals::new(secret, b"boxoffice: requests between servers, 1", nonces);
    let replies = Seals::new(secret, b"boxoffice: replies between servers, 1", nonces);
    let seals = match side {
        Side::Forwards => (requests, replies),
        Side::Decides => (replies, requests),
    };
    let mut sealed = SealedStream::new(stream, (inbound, outbound), seals);
    sealed.put(0, |_| {});
    let mut is_proven = sealed.received(|_, _| Ok(()))?.is_some();
    while !is_proven || !sealed.outbound.is_empty() {
        sealed.progress().await?;
        is_proven = is_proven || sealed.received(|_, _| Ok(()))?.is_some();
    }
    Ok(sealed)
}
