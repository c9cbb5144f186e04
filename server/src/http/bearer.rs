//! The bearer token of a request (RFC 6750).

use boxoffice_protocol::id::Token;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

/// The `Authorization` header of a request.
pub(super) enum Bearer {
    Missing,
    Token(Token),
    /// No readable token, or more than one.
    Unreadable,
}

impl Bearer {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut shown = headers.get_all(AUTHORIZATION).iter();
        let (header, more) = (shown.next(), shown.next());
        let (Some(header), None) = (header, more) else {
            return if header.is_none() { Self::Missing } else { Self::Unreadable };
        };
        let parts = header.to_str().ok().and_then(|text| text.split_once(' '));
        match parts {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => {
                Token::parse(token.trim()).map_or(Self::Unreadable, Self::Token)
            }
            _ => Self::Unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn shown(values: &[&[u8]]) -> Option<Option<String>> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        match Bearer::of(&headers) {
            Bearer::Missing => None,
            Bearer::Unreadable => Some(None),
            Bearer::Token(token) => Some(Some(token.to_string())),
        }
    }

    #[test]
    fn one_bearer_token_is_read_and_nothing_else() {
        assert_eq!(shown(&[]), None);
        for right in [&b"Bearer bxo_1"[..], b"bearer bxo_1", b"BEARER  bxo_1"] {
            assert_eq!(shown(&[right]), Some(Some("bxo_1".to_owned())));
        }
        let long = [b"Bearer ".as_slice(), &[b'x'; 257]].concat();
        for wrong in
            [&b""[..], b"Bearer", b"Bearer ", b"Basic Ym9i", b"bxo_1", b"Bearer \xff", &long]
        {
            assert_eq!(shown(&[wrong]), Some(None), "{wrong:?}");
        }
        assert_eq!(shown(&[b"Bearer a", b"Bearer a"]), Some(None), "which one?");
    }
}
