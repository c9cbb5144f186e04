//! What is read and written quickly is what bincode reads and writes: for any bytes the same value,
//! or none. In release builds too, where nothing else compares them.

#[path = "hostile/random.rs"]
#[allow(dead_code, reason = "a part of it is for other tests")]
mod random;
#[allow(dead_code, unused_imports, reason = "a part of it is for other tests")]
mod samples;

use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::reply::Reply;
use boxoffice_protocol::request::Request;
use bytes::BytesMut;
use random::Random;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// How often each kind of message is tried.
const ROUNDS: usize = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

/// bincode, with the limit on claimed lengths that the wire has.
fn by_bincode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    const LIMIT: usize = 8 * boxoffice_protocol::limits::MAX_REPLY_FRAME_BYTES;
    let wire = bincode::config::standard().with_limit::<LIMIT>();
    let (message, read) = bincode::serde::borrow_decode_from_slice(bytes, wire).ok()?;
    (read == bytes.len()).then_some(message)
}

fn compare<T: Serialize + DeserializeOwned + PartialEq + Debug>(bytes: &[u8]) {
    let quick = decode::<T>(bytes).ok();
    assert_eq!(quick, by_bincode(bytes), "{bytes:?}");
    if let Some(message) = quick {
        let mut written = BytesMut::new();
        encode(&message, &mut written);
        let expected = bincode::serde::encode_to_vec(&message, bincode::config::standard());
        assert_eq!(written[..], expected.expect("a message")[..], "{message:?}");
    }
}

fn fuzz<T: Serialize + DeserializeOwned + PartialEq + Debug>(samples: &[Vec<u8>]) {
    let mut random = Random::seeded();
    for sample in samples {
        compare::<T>(sample);
        for end in 0..sample.len() {
            compare::<T>(&sample[..end]);
        }
    }
    for _ in 0..ROUNDS {
        let mut bytes = random.pick(samples).clone();
        random.mutate(&mut bytes);
        compare::<T>(&bytes);
        compare::<T>(&random.bytes(64));
    }
}

fn bytes_of<T: Serialize>(message: &T) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    encode(message, &mut bytes);
    bytes.to_vec()
}

#[test]
fn requests_are_bincode() {
    let samples: Vec<_> =
        samples::requests().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Request>(&samples);
}

#[test]
fn replies_are_bincode() {
    let samples: Vec<_> = samples::replies().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Reply>(&samples);
}

#[test]
fn changes_are_bincode() {
    let samples: Vec<_> = samples::changes().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Recorded>(&samples);
}
