//! The address of a server, as people write it.

use boxoffice_client::DEFAULT_SERVER;
use std::net::Ipv6Addr;
use std::str::FromStr;

/// A server: `localhost`, `tickets.example.org:7117`, `::1`, or the address of its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerName {
    /// Host and port.
    pub(crate) address: String,
    /// Whether it was written with a scheme that means TLS.
    pub(crate) is_encrypted: bool,
}

impl FromStr for ServerName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("", text.trim()));
        if !["", "http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return Err(wrong());
        }
        let place =
            if scheme.is_empty() { rest } else { rest.split(['/', '?', '#']).next().unwrap_or("") };
        Ok(Self {
            address: address_of(place).ok_or_else(wrong)?,
            is_encrypted: scheme.eq_ignore_ascii_case("https"),
        })
    }
}

fn wrong() -> String {
    "must be a host, or a host and a port, like localhost or tickets.example.org:7117".to_owned()
}

/// Host and port; none if it is neither a host nor both.
fn address_of(place: &str) -> Option<String> {
    let default = DEFAULT_SERVER.rsplit_once(':').map_or("", |(_, port)| port);
    if place.parse::<Ipv6Addr>().is_ok() {
        return Some(format!("[{place}]:{default}"));
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => (place, default),
    };
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match bare {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => is_host_name(host),
    };
    let port: u16 = port.parse().ok()?;
    is_host.then(|| format!("{host}:{port}"))
}

fn is_host_name(host: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || "-._".contains(c);
    !host.is_empty() && host.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_named_as_people_do() {
        for (text, expected) in [
            ("localhost", "localhost:7117"),
            ("tickets.example.org:8000", "tickets.example.org:8000"),
            (" 127.0.0.1:1 ", "127.0.0.1:1"),
            ("::1", "[::1]:7117"),
            ("[::1]", "[::1]:7117"),
            ("[::1]:7000", "[::1]:7000"),
            ("http://127.0.0.1:7118/events/dune-2?x=y", "127.0.0.1:7118"),
            ("HTTPS://tickets.example.org", "tickets.example.org:7117"),
        ] {
            let name: ServerName = text.parse().expect(text);
            assert_eq!(name.address, expected, "{text}");
            assert_eq!(name.is_encrypted, text.starts_with("HTTPS"), "{text}");
        }
        for text in
            ["", "a b", "host:", "host:x", "host:70000", "user@host", "ftp://host", "http://"]
        {
            assert!(text.parse::<ServerName>().is_err(), "{text}");
        }
    }
}
