//! The `Host` of a request, checked against DNS rebinding.
//!
//! A browser takes two pages for the same site if their hosts have the same name, wherever that
//! leads. So another site can point its own name at this machine once a browser has its page, and
//! then send requests as if the page was this server's. Without tokens only names are accepted that
//! no other site can have.

use super::problem::HttpError;
use crate::config::HostName;
use axum::body::Body;
use hyper::header::{HOST, HeaderValue};
use hyper::{Request, Version};
use std::net::IpAddr;

/// The host that a request names, with its port if there is one; HTTP/1.0 may name none.
///
/// # Errors
/// The header is missing, there twice, or no host (RFC 9112, 3.2).
pub(super) fn of_request(request: &Request<Body>) -> Result<Option<&str>, HttpError> {
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) if request.version() <= Version::HTTP_10 => None,
        (Some(host), None) => Some(text(host).ok_or(HttpError::BadHost)?),
        _ => return Err(HttpError::BadHost),
    };
    // The host of an absolute address takes precedence.
    Ok(request.uri().authority().map_or(host, |authority| Some(authority.as_str())))
}

fn text(host: &HeaderValue) -> Option<&str> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-._~%!$&'()*+,;=:[]".contains(c);
    host.to_str().ok().filter(|host| host.chars().all(is_part))
}

/// Whether a host is this machine by a name that no other site can have, or a configured name. A
/// request without a host comes from no browser.
pub(super) fn is_trusted(host: Option<&str>, ours: &[HostName]) -> bool {
    let Some(name) = host.map(without_port) else { return true };
    let name = name.strip_suffix('.').unwrap_or(name);
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().is_loopback() || ours.iter().any(|our| our.is(bare)),
        Err(_) => name.eq_ignore_ascii_case("localhost") || ours.iter().any(|our| our.is(name)),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_lead_here_for_everybody_are_taken() {
        let ours = ["tickets.example".parse().unwrap(), "192.0.2.7".parse().unwrap()];
        for here in [
            "localhost",
            "LOCALHOST:7118",
            "localhost.",
            "127.0.0.1",
            "127.0.0.1:7118",
            "127.9.9.9",
            "[::1]",
            "[::1]:7118",
            "[::ffff:127.0.0.1]:80",
            "tickets.example",
            "Tickets.Example.:8080",
            "192.0.2.7:80",
        ] {
            assert!(is_trusted(Some(here), &ours), "{here}");
        }
        assert!(is_trusted(None, &[]), "no browser");
        for elsewhere in [
            "",
            ":7118",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "evil.localhost:80:80",
            "a.tickets.example",
            "0.0.0.0",
            "192.0.2.8",
            "[::]",
            "2130706433",
            "0x7f.1",
            "[::1].evil.example",
            "user@localhost",
        ] {
            assert!(!is_trusted(Some(elsewhere), &ours), "{elsewhere}");
        }
    }
}
