//! The origins of pages that may ask the server.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A page's origin, as browsers write it in the header `Origin`: a scheme, a host and a port that is
/// not the scheme's own (RFC 6454, 6.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct WebOrigin(String);

impl WebOrigin {
    /// Whether a header has this origin.
    pub fn is(&self, header: &[u8]) -> bool {
        self.0.as_bytes() == header
    }
}

impl fmt::Display for WebOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for WebOrigin {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        let is_host = |c: char| c.is_ascii_alphanumeric() || "-._[]:".contains(c);
        let schemes = [("https://", ":443"), ("http://", ":80")];
        for (scheme, port) in schemes {
            let Some(host) = lower.strip_prefix(scheme) else { continue };
            let host = host.strip_suffix(port).unwrap_or(host);
            if !host.is_empty() && host.chars().all(is_host) {
                return Ok(Self(format!("{scheme}{host}")));
            }
        }
        Err(format!(
            "{text:?} is no origin; say it like https://shop.example, with a scheme and without a path"
        ))
    }
}

impl TryFrom<String> for WebOrigin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (typed, sent) in [
            ("https://shop.example", "https://shop.example"),
            ("HTTPS://Shop.Example:443", "https://shop.example"),
            ("http://shop.example:8080", "http://shop.example:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert!(typed.parse::<WebOrigin>().unwrap().is(sent.as_bytes()), "{typed}");
        }
        for wrong in
            ["", "*", "null", "shop.example", "https://", "https://a.example/", "ftp://a.example"]
        {
            wrong.parse::<WebOrigin>().unwrap_err();
        }
    }
}
