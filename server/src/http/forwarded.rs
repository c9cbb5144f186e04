//! The client of a request that comes through proxies (`Forwarded`, RFC 7239, and
//! `X-Forwarded-For`).
//!
//! Each proxy adds the address that it was asked from to the right. So the client is the first one
//! from the right that is no trusted proxy; what is left of it is the client's own invention.

use hyper::HeaderMap;
use hyper::header::{FORWARDED, HeaderName, HeaderValue};
use std::net::{IpAddr, SocketAddr};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address as a trusted proxy says it; none if it says nothing readable.
pub(super) fn client(headers: &HeaderMap, is_proxy: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    if headers.contains_key(FORWARDED) {
        return first_client(texts(headers, &FORWARDED).map(for_parameter), is_proxy);
    }
    first_client(texts(headers, &X_FORWARDED_FOR).map(Some), is_proxy)
}

fn first_client<'a>(
    nodes: impl DoubleEndedIterator<Item = Option<&'a str>>,
    is_proxy: impl Fn(IpAddr) -> bool,
) -> Option<IpAddr> {
    let mut last = None;
    for node in nodes.rev() {
        let address = node.and_then(address)?;
        last = Some(address);
        if !is_proxy(address) {
            break;
        }
    }
    last
}

/// The elements of all headers of this name, from the left.
fn texts<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl DoubleEndedIterator<Item = &'a str> + use<'a> {
    // An unreadable value hides what is left of it.
    let text = |value: &'a HeaderValue| value.to_str().unwrap_or("?");
    headers.get_all(name).iter().flat_map(move |value| text(value).split(','))
}

/// The parameter `for` of an element like `for=192.0.2.60;proto=http`.
fn for_parameter(element: &str) -> Option<&str> {
    let named = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut named = named.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    named.next().map(|(_, node)| node)
}

/// The address of `192.0.2.60`, `192.0.2.60:80`, `2001:db8::1` and `"[2001:db8::1]:80"`.
fn address(node: &str) -> Option<IpAddr> {
    let node = node.trim().trim_matches('"');
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let with_port = || node.parse().ok().map(|address: SocketAddr| address.ip());
    bare.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client_of(name: &HeaderName, values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let is_proxy = |address| address == IpAddr::from([10, 0, 0, 1]);
        client(&headers, is_proxy).map(|address| address.to_string())
    }

    #[test]
    fn the_first_from_the_right_that_is_no_proxy_is_the_client() {
        for (values, found) in [
            (&["192.0.2.1"][..], Some("192.0.2.1")),
            (&["203.0.113.9, 192.0.2.1"], Some("192.0.2.1")),
            (&["203.0.113.9, 192.0.2.1, 10.0.0.1"], Some("192.0.2.1")),
            (&["203.0.113.9", "192.0.2.1"], Some("192.0.2.1")),
            (&["192.0.2.1:4711"], Some("192.0.2.1")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            (&["[2001:db8::1]:80"], Some("2001:db8::1")),
            (&["10.0.0.1"], Some("10.0.0.1")),
            (&["192.0.2.1, unknown"], None),
            (&["192.0.2.1,"], None),
            (&[], None),
        ] {
            let found = found.map(str::to_owned);
            assert_eq!(client_of(&X_FORWARDED_FOR, values), found, "{values:?}");
        }
    }

    #[test]
    fn forwarded_is_read_as_its_standard_says() {
        for (values, found) in [
            (&["for=192.0.2.60;proto=http;by=203.0.113.43"][..], Some("192.0.2.60")),
            (&["for=203.0.113.9, For=\"192.0.2.60:80\""], Some("192.0.2.60")),
            (&["proto=https; for=\"[2001:db8:cafe::17]:4711\""], Some("2001:db8:cafe::17")),
            (&["for=192.0.2.43", "for=10.0.0.1"], Some("192.0.2.43")),
            (&["for=192.0.2.43, for=_hidden"], None),
            (&["proto=https"], None),
        ] {
            assert_eq!(client_of(&FORWARDED, values), found.map(str::to_owned), "{values:?}");
        }
    }
}
