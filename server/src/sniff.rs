//! The protocol that a connection's first bytes look like, for logs and hints.

use boxoffice_protocol::limits::MAGIC;

/// The protocol that bytes look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LooksLike {
    Tls,
    Http,
    /// A `Hello` of the binary protocol, not encrypted.
    Boxoffice,
    Unknown,
}

impl LooksLike {
    /// Looks at a connection's first bytes, however few.
    pub(crate) fn of(first: &[u8]) -> Self {
        const METHODS: [&[u8]; 6] = [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"PATCH ", b"DELETE "];
        match first {
            [0x16] | [0x16, 0x03, ..] => Self::Tls,
            _ if METHODS.iter().any(|method| first.starts_with(method)) => Self::Http,
            // Length, correlation id, the number of `Hello`, and then its magic.
            [_, _, _, _, _, _, _, _, 0, hello @ ..] if hello.starts_with(&MAGIC) => Self::Boxoffice,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tls => "a TLS hello",
            Self::Http => "HTTP",
            Self::Boxoffice => "this protocol without TLS",
            Self::Unknown => "nothing known",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_connection_may_begin_with() {
        let plain = b"\x16\0\0\0\x01\0\0\0\0BXOF\x01\0\x09boxoffice\0";
        for (first, guess) in [
            (&[0x16, 0x03, 0x01, 0x02][..], LooksLike::Tls),
            (b"\x16", LooksLike::Tls),
            (b"PATCH /v1/events/dune HTTP/1.1", LooksLike::Http),
            (plain, LooksLike::Boxoffice),
            (b"SSH-2.0-OpenSSH_9.7", LooksLike::Unknown),
            (b"", LooksLike::Unknown),
        ] {
            assert_eq!(LooksLike::of(first), guess, "{first:?}");
        }
    }
}
