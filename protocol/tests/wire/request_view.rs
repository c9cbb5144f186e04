//! What is seen ahead is what is read then.

use super::samples;
use boxoffice_protocol::frame::{ClientCodec, ServerCodec};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::request_view::new_reservations;
use bytes::BytesMut;
use tokio_util::codec::{Decoder, Encoder};

fn frames(requests: &[Request]) -> BytesMut {
    let mut bytes = BytesMut::new();
    for (correlation, request) in (0..).zip(requests) {
        ClientCodec.encode((correlation, request), &mut bytes).expect("it fits");
    }
    bytes
}

/// What a request asks for anew, as text.
fn names(request: &Request) -> Option<(&str, &str)> {
    match request {
        Request::Hold { event, customer, .. } | Request::Reserve { event, customer, .. } => {
            Some((event.as_str(), customer.as_str()))
        }
        _ => None,
    }
}

#[test]
fn every_request_is_the_same_with_its_names_lent() {
    for request in samples::requests().into_iter().map(|sample| sample.value) {
        let request: Request = request;
        let lent: Request<&str> = request.with_names();
        assert_eq!(lent.with_names(), request);
    }
}

#[test]
fn new_reservations_are_seen_until_something_else_comes() {
    let all: Vec<Request> = samples::requests().into_iter().map(|sample| sample.value).collect();
    let (new, others): (Vec<Request>, Vec<Request>) =
        all.into_iter().partition(|request| names(request).is_some());
    assert!(new.len() >= 2 && others.len() >= 10, "{} and {}", new.len(), others.len());
    for other in &others {
        assert_eq!(new_reservations(&frames(std::slice::from_ref(other))).count(), 0, "{other:?}");
        let mixed = [&new[..], std::slice::from_ref(other), &new[..]].concat();
        let bytes = frames(&mixed);
        let seen: Vec<_> = new_reservations(&bytes).collect();
        let expected: Vec<_> = new.iter().filter_map(names).collect();
        let seen: Vec<(&str, &str)> = seen
            .iter()
            .map(|view| [view.event, view.customer].map(|name| str::from_utf8(name).expect("text")))
            .map(|[event, customer]| (event, customer))
            .collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn whatever_bytes_come_nothing_is_seen_that_is_not_there() {
    let all: Vec<Request> = samples::requests().into_iter().map(|sample| sample.value).collect();
    let new: Vec<Request> = all.into_iter().filter(|request| names(request).is_some()).collect();
    let whole = frames(&new);
    for end in 0..=whole.len() {
        for flip in [0, 1, 0x80, 0xFF] {
            let mut bytes = BytesMut::from(&whole[..end]);
            if let Some(last) = bytes.last_mut() {
                *last ^= flip;
            }
            let seen = new_reservations(&bytes).count();
            let mut read = 0;
            while let Ok(Some(_)) = ServerCodec.decode(&mut bytes) {
                read += 1;
            }
            assert!(seen <= read, "{seen} seen, {read} read, of {end} bytes");
        }
    }
}
