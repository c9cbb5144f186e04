//! Faults of a TLS handshake, for people.

use std::io;
use std::time::Duration;
use thiserror::Error;

/// Why a server is not trusted, or only one side speaks TLS.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TlsFault {
    /// The client speaks plain text, the server TLS.
    #[error("the server speaks TLS only")]
    NeedsTls,
    /// The client speaks TLS, the server does not.
    #[error("what answers there does not speak TLS; name a port that does")]
    NoTls,
    /// The port speaks TLS, but another protocol within it.
    #[error(
        "that port is for another protocol, perhaps HTTP; name the port of the binary protocol"
    )]
    OtherProtocol,
    /// No trusted authority has signed the certificate.
    #[error(
        "no trusted authority has signed its certificate; if the authority is your own, trust its \
         certificate"
    )]
    UnknownIssuer,
    /// The certificate is for another name.
    #[error(
        "its certificate is not for {expected}, but for {}; name the server as its certificate does",
        listed(presented)
    )]
    WrongName {
        /// The name in the configuration.
        expected: String,
        /// The names in the certificate.
        presented: Vec<String>,
    },
    /// The certificate has expired.
    #[error("its certificate expired {} ago; the server needs a new one", roughly(*since))]
    Expired {
        /// The time since then.
        since: Duration,
    },
    /// The certificate is not valid yet.
    #[error("its certificate is valid only in {}; is a clock wrong?", roughly(*until))]
    NotYetValid {
        /// The time until then.
        until: Duration,
    },
    /// The server presents the certificate of an authority as its own.
    #[error(
        "its certificate is an authority's (CA:TRUE), which is for signing others; the server needs \
         one of its own, signed by it"
    )]
    AuthorityAsServer,
    /// The name of the configuration cannot occur in a certificate.
    #[error("{name:?} cannot stand in a certificate; name the server by its host name or address")]
    BadName { name: String },
    /// A fault without a message of its own.
    #[error("no TLS: {0}")]
    Other(String),
}

impl TlsFault {
    /// The fault inside an I/O error, if there is one.
    pub(crate) fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref()
    }
}

impl From<TlsFault> for io::Error {
    fn from(fault: TlsFault) -> Self {
        Self::new(io::ErrorKind::InvalidData, fault)
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "no name".to_owned(),
        names => names.join(", "),
    }
}

/// A span in its largest unit.
fn roughly(span: Duration) -> String {
    const UNITS: [(u64, &str); 3] = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let found = UNITS.into_iter().find(|(length, _)| span.as_secs() >= *length);
    let (length, unit) = found.unwrap_or((1, "second"));
    let number = span.as_secs() / length;
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_again_in_an_error_of_the_network() {
        let error = io::Error::from(TlsFault::NeedsTls);
        assert_eq!(TlsFault::of(&error), Some(&TlsFault::NeedsTls));
        assert_eq!(TlsFault::of(&io::ErrorKind::TimedOut.into()), None);
    }

    #[test]
    fn messages_are_for_people() {
        let expired = |secs| TlsFault::Expired { since: Duration::from_secs(secs) }.to_string();
        assert!(expired(59).contains("expired 59 seconds ago"));
        assert!(expired(86_400).contains("expired 1 day ago"));
        let wrong = TlsFault::WrongName {
            expected: "tickets.example".to_owned(),
            presented: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        };
        let wrong = wrong.to_string();
        assert!(wrong.contains("not for tickets.example, but for localhost, 127.0.0.1"), "{wrong}");
    }
}
