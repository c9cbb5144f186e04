//! Errors of calls.

use crate::tls::TlsFault;
use crate::wire::SpeaksHttp;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Reply;
use std::io;
use thiserror::Error;

/// A refusal, or a call without an answer.
#[derive(Debug, Error)]
#[expect(missing_docs, reason = "names, types and messages explain the fields")]
pub enum ClientError {
    /// The server understood and refused.
    #[error("{refusal}")]
    Refused {
        refusal: Refusal,
        /// The version at the decision: the event's, or the catalog's.
        version: u64,
    },
    /// The server was not reached within the deadline. Nothing was sent, so nothing was applied.
    #[error("no server at {server} ({source}); start one with boxoffice-server")]
    Unreachable {
        server: String,
        /// The error of the last attempt.
        source: io::Error,
    },
    /// The server cannot be trusted, or only one side speaks TLS. Nothing was sent, so nothing was
    /// applied.
    #[error("no connection to {server}: {fault}")]
    Tls { server: String, fault: TlsFault },
    /// The port is that of HTTP. Nothing was applied.
    #[error("{server} speaks HTTP; name the port of the binary protocol")]
    SpeaksHttp { server: String },
    /// The request was sent and not answered within the deadline. It may have been applied or not; the
    /// same request with the same id tells, and never applies it twice.
    #[error(
        "the outcome is unknown: the request was sent and not answered; send it again with the same id"
    )]
    OutcomeUnknown,
    /// The time for all calls together, of [`Client::until`](crate::Client::until), was over before
    /// this one. Nothing was sent.
    #[error("the time is up, and there is more to ask for")]
    TimeIsUp,
    /// The reply is not of this protocol, or does not belong to the request. The outcome is unknown.
    #[error("{0}; are client and server of one version?")]
    Protocol(String),
    /// The runtime in which the client was made has ended.
    #[error("the client's runtime has ended; connect again")]
    Closed,
}

impl ClientError {
    /// The refusal, unless it is another error.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// No connection to `server`. Many calls may share one `error`.
    pub(crate) fn unreachable(server: &str, error: &io::Error) -> Self {
        let server = server.to_owned();
        if let Some(fault) = TlsFault::of(error) {
            return Self::Tls { server, fault: fault.clone() };
        }
        if error.get_ref().is_some_and(|inner| inner.is::<SpeaksHttp>()) {
            return Self::SpeaksHttp { server };
        }
        let source = io::Error::new(error.kind(), error.to_string());
        Self::Unreachable { server, source }
    }

    /// A list whose next page would not be behind this one has no end.
    pub(crate) fn endless() -> Self {
        Self::Protocol("the server's next page is not behind the last one".to_owned())
    }

    /// The reply does not belong to the request.
    pub(crate) fn unexpected(reply: &Reply) -> Self {
        let text = format!("{:?}", reply.body);
        let kind = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        Self::Protocol(format!("the server gave an answer to another question: {kind}"))
    }
}
