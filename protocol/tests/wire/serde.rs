//! What bincode's derives read and write is what bincode does through serde: for every golden message,
//! and for whatever its bytes become.

use super::random::Random;
use super::samples;
use bincode::{BorrowDecode, Encode};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::frame::{decode, encode};
use boxoffice_protocol::reply::Reply;
use boxoffice_protocol::request::Request;
use bytes::BytesMut;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// How often each kind of message is tried.
const ROUNDS: usize = if cfg!(debug_assertions) { 50_000 } else { 1_000_000 };

/// What serde reads may break a bound that JSON has no part in.
const BOUNDS_OF_THE_WIRE: [&str; 7] =
    ["starts_at", "sections", "block", "unblock", "seats", "types", "prices"];

fn by_serde<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    const LIMIT: usize = 8 * boxoffice_protocol::limits::MAX_REPLY_FRAME_BYTES;
    let wire = bincode::config::standard().with_limit::<LIMIT>();
    let (message, read) = bincode::serde::borrow_decode_from_slice(bytes, wire).ok()?;
    (read == bytes.len()).then_some(message)
}

fn compare<T: Message>(bytes: &[u8]) {
    match decode::<T>(bytes) {
        Ok(message) => {
            let mut written = BytesMut::new();
            encode(&message, &mut written);
            let expected = bincode::serde::encode_to_vec(&message, bincode::config::standard());
            assert_eq!(written[..], expected.expect("a message")[..], "{message:?}");
            assert_eq!(by_serde::<T>(bytes), Some(message), "{bytes:02x?}");
        }
        Err(fault) if BOUNDS_OF_THE_WIRE.contains(&fault.field.as_str()) => {}
        // JSON has names in any spelling and lines with any line breaks, which are mended; the wire has the
        // one that each then has.
        Err(fault) if fault.why.contains("normal form C") || fault.field == "description" => {
            let mended = by_serde::<T>(bytes).map(|message| bytes_of(&message));
            assert_ne!(mended.as_deref(), Some(bytes), "{fault}");
        }
        Err(fault) => assert_eq!(by_serde::<T>(bytes), None, "{bytes:02x?}: {fault}"),
    }
}

/// What both can read and write.
trait Message:
    Encode + for<'a> BorrowDecode<'a, ()> + Serialize + DeserializeOwned + PartialEq + Debug
{
}

impl Message for Request {}
impl Message for Reply {}
impl Message for Recorded {}

fn fuzz<T: Message>(samples: &[Vec<u8>]) {
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

fn bytes_of<T: Encode>(message: &T) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    encode(message, &mut bytes);
    bytes.to_vec()
}

#[test]
fn requests_are_what_serde_makes_of_them() {
    let samples: Vec<_> =
        samples::requests().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Request>(&samples);
}

#[test]
fn replies_are_what_serde_makes_of_them() {
    let samples: Vec<_> = samples::replies().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Reply>(&samples);
}

#[test]
fn changes_are_what_serde_makes_of_them() {
    let samples: Vec<_> = samples::changes().iter().map(|sample| bytes_of(&sample.value)).collect();
    fuzz::<Recorded>(&samples);
}
