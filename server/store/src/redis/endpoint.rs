//! Where a server listens.

use std::fmt;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
}

impl Endpoint {
    /// `host`, `host:port`, `[::1]:port`.
    pub(super) fn parse(text: &str, port: u16) -> Option<Self> {
        let (host, port) = match text.rsplit_once(':') {
            Some((host, digits)) if !digits.contains(']') => (host, digits.parse().ok()?),
            _ => (text, port),
        };
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_bare = bare.is_none() && host.contains(':');
        let host = bare.unwrap_or(host);
        (!host.is_empty() && !is_bare).then(|| Self { host: host.to_owned(), port })
    }

    /// What a node says of another one, or of itself: `host:port`, without brackets around an IPv6
    /// address, and without a host where it is the node's own.
    pub(super) fn of_redirect(place: &str, by: &Self) -> Option<Self> {
        let (host, port) = place.rsplit_once(':')?;
        Some(Self::told(host, port.parse().ok()?, by))
    }

    pub(super) fn told(host: &str, port: u16, by: &Self) -> Self {
        let host = if host.is_empty() || host == "?" { &by.host } else { host };
        Self { host: host.to_owned(), port }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_parsed() {
        let parsed = |text| Endpoint::parse(text, 7).map(|it| it.to_string());
        for (text, expected) in [
            ("host", Some("host:7")),
            ("host:8", Some("host:8")),
            ("[::1]", Some("[::1]:7")),
            ("[::1]:8", Some("[::1]:8")),
            ("", None),
            (":8", None),
            ("host:x", None),
            ("::1", None),
        ] {
            assert_eq!(parsed(text).as_deref(), expected, "{text}");
        }
        let by = Endpoint { host: "host".to_owned(), port: 1 };
        let redirect = |place| Endpoint::of_redirect(place, &by).map(|it| it.to_string());
        assert_eq!(redirect("fe80::1:9").as_deref(), Some("[fe80::1]:9"));
        assert_eq!(redirect(":9").as_deref(), Some("host:9"));
    }
}
