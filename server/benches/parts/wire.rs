//! Messages to bytes and back.

use boxoffice_protocol::frame::{ClientCodec, ServerCodec, decode, encode};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::{PlaceCount, Selection};
use boxoffice_protocol::time::Timestamp;
use bytes::BytesMut;
use criterion::{BatchSize, Criterion};
use std::hint::black_box;
use tokio_util::codec::{Decoder, Encoder};

/// Requests that arrive together.
const TOGETHER: u32 = 64;

fn request() -> Request {
    Request::Reserve {
        id: ReservationId::new(Timestamp::from_ms(1_800_000_000_000), [7; 10]),
        event: EventId::parse("dune-2").expect("a slug"),
        customer: CustomerId::parse("cust00000001").expect("a name"),
        selection: Selection::Standing { places: PlaceCount::ONE, section: None },
        order: None,
    }
}

/// A request encoded, one decoded alone, and as many as arrive together decoded from one buffer.
pub(crate) fn messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a message");
    let (request, mut bytes) = (request(), BytesMut::new());
    group.bench_function("encode", |bencher| {
        bencher.iter(|| {
            bytes.clear();
            encode(black_box(&request), &mut bytes);
        });
    });
    group.bench_function("decode", |bencher| {
        bencher.iter(|| decode::<Request>(black_box(&bytes)).expect("a request"));
    });
    group.bench_function("decode a bufferful", |bencher| {
        bencher.iter_batched_ref(|| bufferful(&request), drain, BatchSize::SmallInput);
    });
}

fn bufferful(request: &Request) -> BytesMut {
    let mut bytes = BytesMut::new();
    for correlation in 0..TOGETHER {
        ClientCodec.encode((correlation, request), &mut bytes).expect("memory");
    }
    bytes
}

fn drain(bytes: &mut BytesMut) {
    while let Some(frame) = ServerCodec.decode(bytes).expect("frames") {
        black_box(frame);
    }
}
