//! Whatever bytes come, reading them never panics, never costs more memory than came, and says
//! which field is wrong. The connection goes on wherever the next frame can be found.

mod allocated;
mod wire;

use super::random::Random;
use super::samples;
use allocated::allocated;
use bincode::{BorrowDecode, Encode};
use boxoffice_protocol::change::Recorded;
use boxoffice_protocol::frame::{ClientCodec, FrameError, Malformed, ServerCodec, decode, encode};
use boxoffice_protocol::limits::{MAX_REPLY_FRAME_BYTES, MAX_REQUEST_FRAME_BYTES};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Reply;
use boxoffice_protocol::request::{Request, RequestKind};
use bytes::BytesMut;
use compact_str::CompactString;
use std::fmt::Debug;
use tokio_util::codec::Decoder;
use wire::{Wire, create, create_with, framed, one_section, reserve, seats, select};

/// How often the random tests try.
const ROUNDS: usize = if cfg!(debug_assertions) { 20_000 } else { 1_000_000 };

/// What reading `bytes` bytes may allocate: room for an error's text, and for lists of entries that
/// are larger in memory than on the wire, grown by doubling.
const fn memory_for(bytes: usize) -> usize {
    4_096 + 128 * bytes
}

#[test]
fn random_bytes_never_panic() {
    let mut random = Random::seeded();
    for _ in 0..ROUNDS {
        let bytes = random.bytes(96);
        read_as_stream(&bytes);
        read_as_message::<Reply>(&bytes);
        read_as_message::<Recorded>(&bytes);
        let mut request = vec![random.byte() % kinds()];
        request.extend(bytes);
        read_as_message::<Request>(&request);
        read_as_stream(&framed(1, &request));
    }
}

#[test]
fn mutated_golden_messages_never_panic() {
    let mut random = Random::seeded();
    let requests = messages(&samples::requests());
    let changes = messages(&samples::changes());
    let mut replies = messages(&samples::replies());
    for refusal in messages(&samples::refusals()) {
        replies.push([&[0, 0, 0], refusal.as_slice()].concat());
    }
    for _ in 0..ROUNDS {
        let [request, reply, change] = [&requests, &replies, &changes].map(|golden| {
            let mut bytes = random.pick(golden).clone();
            random.mutate(&mut bytes);
            bytes
        });
        read_as_message::<Request>(&request);
        read_as_message::<Reply>(&reply);
        read_as_message::<Recorded>(&change);
        let mut frame = framed(1, &request).to_vec();
        random.mutate(&mut frame);
        read_as_stream(&frame);
    }
}

#[test]
fn a_length_is_judged_before_anything_is_kept_for_it() {
    for length in 0..=4 {
        let error = first_error(ServerCodec, length);
        assert!(matches!(error, FrameError::TooShort { .. }), "{length}: {error}");
    }
    let over = |limit: usize| u32::try_from(limit + 1).expect("small");
    for length in [over(MAX_REQUEST_FRAME_BYTES), u32::from_le_bytes(*b"GET "), u32::MAX] {
        let error = first_error(ServerCodec, length);
        assert!(matches!(error, FrameError::TooLong { .. }), "{length}: {error}");
    }
    for length in [over(MAX_REPLY_FRAME_BYTES), u32::MAX] {
        let error = first_error(ClientCodec, length);
        assert!(matches!(error, FrameError::TooLong { .. }), "{length}: {error}");
    }
}

#[test]
fn a_frame_of_exactly_the_limit_is_read() {
    let mut message = message(&Request::<CompactString>::Ping);
    message.resize(MAX_REQUEST_FRAME_BYTES - 4, 0);
    let mut frame = framed(9, &message);
    let last = frame.split_off(frame.len() - 1);
    assert_eq!(ServerCodec.decode(&mut frame).expect("no fault"), None);
    frame.unsplit(last);
    let read = ServerCodec.decode(&mut frame).expect("a frame").expect("all of it");
    assert!(matches!(read.request, Err(Refusal::Invalid { field, .. }) if field == "frame"));
    assert!(frame.is_empty());
}

#[test]
fn a_message_that_does_not_fill_its_frame_is_refused_and_the_stream_goes_on() {
    for sample in samples::requests() {
        let whole = message(&sample.value);
        let longer = [&whole[..], &[0]].concat();
        let shorter = (1..whole.len()).map(|end| whole[..end].to_vec());
        for wrong in shorter.chain([longer]) {
            let mut stream = framed(1, &wrong);
            stream.unsplit(framed(2, &message(&Request::<CompactString>::Ping)));
            let first = ServerCodec.decode(&mut stream).expect("a frame").expect("all of it");
            let field = match first.request {
                Err(Refusal::Invalid { field, .. }) => field,
                other => panic!("{}: {wrong:02x?} was read as {other:?}", sample.name),
            };
            assert_eq!((first.correlation, &*field), (1, "frame"), "{}", sample.name);
            let next = ServerCodec.decode(&mut stream).expect("a frame").expect("all of it");
            assert_eq!((next.correlation, next.request), (2, Ok(Request::Ping)));
        }
    }
}

#[test]
fn an_unknown_request_is_unsupported() {
    for number in kinds()..=u8::MAX {
        let refused = Wire::request(number).raw(b"whatever follows").read();
        let Err(Refusal::Unsupported { what, versions }) = refused else {
            panic!("request {number} was read as {refused:?}");
        };
        assert_eq!((&*what, versions.as_slice()), (&*format!("request {number}"), &[1][..]));
    }
}

#[test]
fn an_unknown_number_inside_a_request_is_invalid() {
    let wrong = [
        ("request", Wire::request(7).text("dune-2").int(2)),
        ("request", Wire::request(4).text("dune-2").int(70_000)),
        ("request", select(&Wire::default().int(4).int(1))),
        ("request", select(&Wire::default().int(3).int(3))),
        ("request", select(&Wire::default().int(1).int(1).raw(&[0]).int(9))),
        ("request", create_with(&Wire::default().int(1).text("stalls").int(1).int(2).int(1))),
        ("frame", select(&Wire::default().int(2).int(1).raw(&[2]))),
        ("frame", Wire::request(4).text("dune-2").raw(&[0xFE; 17])),
        ("frame", Wire::request(4).text("dune-2").raw(&[0xFF])),
        ("frame", Wire::request(4).text("dune-2").raw(&[0xFD; 9])),
    ];
    check_fields(&wrong);
}

#[test]
fn texts_that_deceive_are_refused_for_their_field() {
    let one = seats(1, &["A1"]);
    let long = "x".repeat(60_000);
    let texts: [&[u8]; 8] = [
        b"",
        b"\xFF\xFE",
        b"a\0b",
        b"a\nb",
        " a".as_bytes(),
        "a\u{202E}b".as_bytes(),
        "a\u{200B}".as_bytes(),
        long.as_bytes(),
    ];
    let hello = |token: Wire, client: &[u8]| {
        Wire::request(0).raw(b"BXOF").int(1).raw(&token.0).text(client).int(0)
    };
    for text in texts {
        check_fields(&[
            ("event", Wire::request(3).text(text).int(0)),
            ("event", reserve(&wire::ID, text, b"ann", &one)),
            ("customer", reserve(&wire::ID, b"dune-2", text, &one)),
            ("section", select(&Wire::default().int(2).int(1).raw(&[1]).text(text))),
            ("seats", select(&Wire::default().int(0).int(1).text(text))),
            ("section", create_with(&one_section(text, 1, &[1]))),
            ("name", create(text, 1, "EUR", None, &one_section(b"stalls", 1, &[1]))),
            ("client", hello(Wire::default().raw(&[0]), text)),
            ("token", hello(Wire::default().raw(&[1]).text(text), b"golden")),
            ("backup", Wire::request(19).text(text)),
        ]);
    }
}

#[test]
fn a_backup_that_would_be_a_path_is_refused() {
    for name in ["..", ".", "/etc", "a/b", "a/../..", "-rf", ".hidden", "a.", "a\\b", "~"] {
        check_fields(&[("backup", Wire::request(19).text(name))]);
    }
}

#[test]
fn numbers_out_of_bounds_are_refused_for_their_field() {
    let best = |count| select(&Wire::default().int(1).int(count).raw(&[0]).int(0));
    let standing = |count| select(&Wire::default().int(2).int(count).raw(&[0]));
    let stalls = |price, rows: &[u64]| create_with(&one_section(b"stalls", price, rows));
    let floor = |capacity, blocked| {
        let section = Wire::default().int(1).text("floor").int(1).int(1);
        create_with(&section.int(capacity).int(blocked))
    };
    let good = one_section(b"stalls", 1, &[1]);
    let mut version_4 = wire::ID;
    version_4[6] = 0x4D;
    check_fields(&[
        ("places", best(0)),
        ("places", best(101)),
        ("places", standing(0)),
        ("places", standing(u32::MAX.into())),
        ("frame", standing(1 << 32)),
        ("limit", Wire::request(2).raw(&[0]).int(0).int(0)),
        ("limit", Wire::request(2).raw(&[0]).int(1_001).int(0)),
        ("id", reserve(&version_4, b"dune-2", b"ann", &seats(1, &["A1"]))),
        ("sections", stalls(1_000_000_000_001, &[1])),
        ("sections", stalls(1, &[])),
        ("sections", stalls(1, &[5, 0])),
        ("sections", stalls(1, &[4_097])),
        ("sections", stalls(1, &[1; 4_097])),
        ("sections", floor(0, 0)),
        ("sections", floor(1_000_000_001, 0)),
        ("sections", floor(9, 10)),
        ("sections", create_with(&Wire::default().int(0))),
        ("starts_at", create(b"Dune", 253_402_300_800_000, "EUR", None, &good)),
        ("currency", create(b"Dune", 1, "eur", None, &good)),
        ("max_per_customer", create(b"Dune", 1, "EUR", Some(0), &good)),
    ]);
    let last = create(b"Dune", 253_402_300_799_999, "EUR", Some(1), &good);
    assert!(last.raw(&[0; 8]).read().is_ok(), "without all that is optional");
}

#[test]
fn lists_out_of_bounds_are_refused_for_their_field() {
    let labels: Vec<_> = (1..=10_000).map(|number| format!("A{}", number % 4_096 + 1)).collect();
    let labels: Vec<_> = labels.iter().map(String::as_str).collect();
    check_fields(&[
        ("seats", select(&seats(0, &[]))),
        ("seats", select(&seats(101, &labels[..101]))),
        ("seats", select(&seats(10_000, &labels))),
        ("sections", update(&[256, 0, 0])),
        ("block", update(&[0, 2_001, 0])),
        ("unblock", update(&[0, 0, 2_001])),
    ]);
    assert!(select(&seats(100, &labels[..100])).raw(&[0]).read().is_ok(), "without an order");
}

#[test]
fn a_list_that_lies_about_its_length_costs_no_memory() {
    for claimed in [251, 65_536, 1 << 20, 1 << 32, 1 << 48, u64::MAX >> 1, u64::MAX] {
        let lies = [
            Wire::request(3).int(claimed),
            create_with(&Wire::default().int(claimed)),
            create_with(&Wire::default().int(1).text("stalls").int(1).int(0).int(claimed)),
            select(&seats(claimed, &["A1"])),
            update(&[claimed, 0, 0]),
            update(&[0, claimed, 0]),
            update(&[0, 0, claimed]),
        ];
        for lie in lies {
            lie.refused_for();
            let bytes = allocated(|| decode::<Request>(&lie.0)).1;
            assert!(bytes <= 4_096, "{:02x?} made {bytes} bytes", lie.0);
        }
        for body in [3, 8, 9, 10, 14] {
            let lie = Wire::default().int(0).int(0).int(body).int(claimed);
            let (read, bytes) = allocated(|| decode::<Reply>(&lie.0));
            assert!(read.is_err() && bytes <= 4_096, "{:02x?} made {bytes} bytes", lie.0);
        }
    }
}

/// An `UpdateEvent` whose lists of sections, of seats to block and to unblock claim such lengths.
fn update(claims: &[u64; 3]) -> Wire {
    let nothing = Wire::request(6).text("dune-2").raw(&[0; 5]);
    claims.iter().fold(nothing, |wire, &claim| wire.int(claim))
}

fn check_fields(wrong: &[(&str, Wire)]) {
    for (field, wire) in wrong {
        assert_eq!(wire.refused_for(), *field, "{:02x?}", &wire.0[..wire.0.len().min(200)]);
    }
}

fn first_error<C: Decoder<Error = FrameError>>(mut codec: C, length: u32) -> FrameError
where
    C::Item: Debug,
{
    let mut stream = BytesMut::from(&length.to_le_bytes()[..]);
    let (read, bytes) = allocated(|| codec.decode(&mut stream));
    assert_eq!(bytes, 0, "a length of {length}");
    read.expect_err("a length out of bounds")
}

/// Reads bytes as both ends of a connection would, until they are used up or not trusted.
fn read_as_stream(bytes: &[u8]) {
    fn read<C: Decoder>(mut codec: C, bytes: &[u8]) {
        let mut stream = BytesMut::from(bytes);
        let (_, memory) = allocated(|| while let Ok(Some(_)) = codec.decode(&mut stream) {});
        // A frame of five bytes can cost an error's text.
        let most = (bytes.len() / 9 + 1) * memory_for(9);
        assert!(memory <= most, "{bytes:02x?} made {memory} bytes");
    }
    read(ServerCodec, bytes);
    read(ClientCodec, bytes);
}

/// Reads bytes as a message. What can be read is written and read again.
fn read_as_message<T>(bytes: &[u8])
where
    T: for<'a> BorrowDecode<'a, ()> + Encode + PartialEq + Debug,
{
    let (read, memory): (Result<T, Malformed>, _) = allocated(|| decode(bytes));
    assert!(memory <= memory_for(bytes.len()), "{bytes:02x?} made {memory} bytes");
    match read {
        Ok(value) => assert_eq!(decode::<T>(&message(&value)).as_ref(), Ok(&value)),
        Err(fault) => assert!(!fault.field.is_empty() && !fault.why.is_empty()),
    }
}

fn kinds() -> u8 {
    u8::try_from(RequestKind::ALL.len()).expect("below the integers of two bytes")
}

fn messages<T: Encode>(samples: &[samples::Sample<T>]) -> Vec<Vec<u8>> {
    samples.iter().map(|sample| message(&sample.value)).collect()
}

fn message<T: Encode>(value: &T) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    encode(value, &mut bytes);
    bytes.to_vec()
}
