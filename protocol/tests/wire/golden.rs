//! The golden vectors: the bytes of every kind of message, in `protocol/golden/`, which no change
//! to this crate may alter within a version of the protocol.
//!
//! With `BOXOFFICE_BLESS=1` in the environment the files are written anew. Look at the difference:
//! a changed line breaks every client that is out there; only new ones do not.

use super::samples;
use super::samples::Sample;
use bincode::{BorrowDecode, Encode};
use boxoffice_protocol::change::Change;
use boxoffice_protocol::frame::{ClientCodec, ServerCodec, decode, encode, put_reply};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::RequestKind;
use bytes::BytesMut;
use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::path::PathBuf;
use tokio_util::codec::{Decoder, Encoder};

/// Names the variant of a value, and all variants in the order of the wire. A variant that is missing
/// here does not compile; one that no sample shows fails [`check_variants`].
macro_rules! variants {
    ($function:ident, $all:ident, $type:ident: $($variant:ident)*) => {
        const fn $function(value: &$type) -> &'static str {
            match value { $($type::$variant { .. } => stringify!($variant)),* }
        }
        const $all: &[&str] = &[$(stringify!($variant)),*];
    };
}

variants!(body_name, BODIES, Body:
    Refused Welcome Pong Events Event Seats EventSaved Reservation Reservations Snapshot
    PlacesChanged Gap WatchEnded Unwatched Stats BackedUp PlanPartTaken PlanSaved PlanPart
    OrderConfirmed);
variants!(change_name, CHANGES, Change:
    Created Updated Held Reserved Confirmed Extended Released Expired Cancelled Deleted
    Transferred SalesMoved Ordered ConfirmedTogether Reinstated Forfeited
    Exchanged);

fn request_names() -> Vec<&'static str> {
    RequestKind::ALL.iter().map(|kind| kind.name()).collect()
}

fn refusal_names() -> Vec<&'static str> {
    (1..=Refusal::KINDS).filter_map(Refusal::name_of).collect()
}

#[test]
fn requests_have_their_golden_bytes() {
    let samples = samples::requests();
    check("requests", &samples, message);
    let requests = samples.iter().map(|sample| &sample.value);
    check_variants(requests, &request_names(), |request| request.kind().name());
}

#[test]
fn replies_have_their_golden_bytes() {
    let samples = samples::replies();
    check("replies", &samples, message);
    check_variants(samples.iter().map(|sample| &sample.value.body), BODIES, body_name);
}

#[test]
fn refusals_have_their_golden_bytes() {
    let samples = samples::refusals();
    check("refusals", &samples, message);
    let refusals = samples.iter().map(|sample| &sample.value);
    check_variants(refusals, &refusal_names(), Refusal::name);
    for sample in &samples {
        assert_eq!(Refusal::name_of(sample.value.code()), Some(sample.value.name()));
    }
}

#[test]
fn changes_have_their_golden_bytes() {
    let samples = samples::changes();
    check("changes", &samples, message);
    check_variants(samples.iter().map(|sample| &sample.value.change), CHANGES, change_name);
}

/// The session that SPEC.md walks through: whole frames, as they pass over a connection.
#[test]
fn a_session_has_its_golden_bytes() {
    let mut text = String::from("# A whole session, frame by frame; see SPEC.md.\n");
    let requests = samples::requests();
    let replies = samples::replies();
    for (correlation, request, reply) in
        [(1, "hello", "welcome"), (2, "reserve-seats", "reservation-confirmed")]
    {
        let request = requests.iter().find(|sample| sample.name == request).expect("a sample");
        let mut frame = BytesMut::new();
        ClientCodec.encode((correlation, &request.value), &mut frame).expect("a request fits");
        entry(&mut text, request.name, "client to server", &request.value, &frame);
        let read = ServerCodec.decode(&mut frame).expect("a frame").expect("all of it");
        assert_eq!((read.correlation, read.request.as_ref()), (correlation, Ok(&request.value)));

        let reply = replies.iter().find(|sample| sample.name == reply).expect("a sample");
        put_reply(&mut frame, correlation, &reply.value);
        entry(&mut text, reply.name, "server to client", &reply.value, &frame);
        let read = ClientCodec.decode(&mut frame).expect("a frame").expect("all of it");
        assert_eq!((read.correlation, &read.reply), (correlation, &reply.value));
        assert!(frame.is_empty());
    }
    compare("session", &text);
}

/// Whatever SPEC.md numbers, it numbers as the code does.
#[test]
fn the_specification_numbers_every_variant() {
    let spec = std::fs::read_to_string(folder().join("../SPEC.md")).expect("SPEC.md is there");
    let mut missing = Vec::new();
    let (requests, refusals) = (request_names(), refusal_names());
    for (first, names) in [(0, &*requests), (0, BODIES), (1, &*refusals), (0, CHANGES)] {
        for (number, name) in (first..).zip(names) {
            let row = format!("| {number} | `{name}` |");
            if !spec.contains(&row) {
                missing.push(row);
            }
        }
    }
    assert!(missing.is_empty(), "SPEC.md has no rows that begin with {missing:#?}");
}

fn message<T: Encode>(value: &T) -> BytesMut {
    let mut bytes = BytesMut::new();
    encode(value, &mut bytes);
    bytes
}

/// Both directions: the samples encode to the file's bytes, and these decode to the samples.
fn check<T: for<'a> BorrowDecode<'a, ()> + Encode + PartialEq + Debug>(
    file: &str,
    samples: &[Sample<T>],
    encoded: impl Fn(&T) -> BytesMut,
) {
    let mut text =
        format!("# Golden vectors of {file}, without a frame around them; see SPEC.md.\n");
    for sample in samples {
        entry(&mut text, sample.name, sample.says, &sample.value, &encoded(&sample.value));
    }
    let vectors = vectors(&compare(file, &text));
    assert_eq!(vectors.len(), samples.len(), "two samples of {file} have one name");
    for sample in samples {
        let bytes = &vectors[sample.name];
        assert_eq!(decode::<T>(bytes).as_ref(), Ok(&sample.value), "{file}: {}", sample.name);
    }
}

/// Every variant is there, at its place of the list.
fn check_variants<'a, T: Encode + 'a>(
    values: impl Iterator<Item = &'a T>,
    names: &[&'static str],
    name: impl Fn(&T) -> &'static str,
) {
    let found: BTreeMap<_, _> = values.map(|value| (name(value), message(value)[0])).collect();
    for (index, name) in names.iter().enumerate() {
        let tag = found.get(name).unwrap_or_else(|| panic!("{name} has no golden vector"));
        assert_eq!(usize::from(*tag), index, "the tag of {name}");
    }
}

/// One vector as the files have it.
fn entry(text: &mut String, name: &str, says: &str, value: &impl Debug, bytes: &[u8]) {
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    write!(text, "\n{name}: {says}\n  value: {value:?}\n  bytes: {hex}\n")
        .expect("a string takes any text");
}

/// The file's text, which must be `text`, or is made so where that is asked for.
fn compare(file: &str, text: &str) -> String {
    let path = folder().join(format!("{file}.txt"));
    if std::env::var_os("BOXOFFICE_BLESS").is_some() {
        std::fs::write(&path, text).expect("the golden folder can be written");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    let different = golden.lines().zip(text.lines()).find(|(golden, now)| golden != now);
    assert!(
        golden == text,
        "{} is not what this crate writes now, first here (file, now): {different:#?}; if only new \
         vectors are missing, BOXOFFICE_BLESS=1 adds them",
        path.display(),
    );
    golden
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden")
}

/// Reads the vectors of a file: name and bytes.
fn vectors(text: &str) -> BTreeMap<String, Vec<u8>> {
    let mut vectors = BTreeMap::new();
    let mut name = "";
    for line in text.lines() {
        if let Some(hex) = line.strip_prefix("  bytes: ") {
            let bytes =
                (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
            vectors.insert(name.to_owned(), bytes.map(|byte| byte.expect("hex")).collect());
        } else if !line.starts_with([' ', '#']) {
            name = line.split_once(':').map_or("", |(name, _)| name);
        }
    }
    vectors
}
