//! The names under which a server is reached.

use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A host's name or address, without a scheme or a port.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostName(String);

impl HostName {
    /// Whether it is this one.
    pub fn is(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for HostName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let is_address = text.parse::<std::net::IpAddr>().is_ok();
        if is_address || (!text.is_empty() && text.chars().all(is_part)) {
            return Ok(Self(text.trim_end_matches('.').to_owned()));
        }
        Err(format!(
            "{text:?} is no host's name; say it like tickets.example.org, without a scheme or a port"
        ))
    }
}

impl TryFrom<String> for HostName {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_nothing_else() {
        for right in ["tickets.example.org", "Tickets.Example.", "box_office-1", "::1", "10.0.0.7"]
        {
            right.parse::<HostName>().unwrap();
        }
        for wrong in
            ["", "*", "a b", "https://a.example", "a.example:80", "a/b", "[::1]", "é.example"]
        {
            wrong.parse::<HostName>().unwrap_err();
        }
        assert!("tickets.example.".parse::<HostName>().unwrap().is("Tickets.EXAMPLE"));
    }
}
