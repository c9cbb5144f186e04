//! Why a call has no answer.

use crate::tls::TlsFault;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::Reply;
use std::io;
use thiserror::Error;

/// Why a call has no answer, or has one that says no.
#[derive(Debug, Error)]
pub enum ClientError {
    /// The server understood and says no.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The version that it was decided at: the event's, or the catalog's.
        version: u64,
    },
    /// The server was not reached within the deadline. Nothing was sent, so nothing was applied.
    #[error("no server at {server} ({source}); start one with boxoffice-server")]
    Unreachable {
        /// Where it was looked for.
        server: String,
        /// What went wrong at last.
        source: io::Error,
    },
    /// What answers there is not the server that was meant, or client and server do not both speak
    /// TLS. Nothing was sent, so nothing was applied.
    #[error("no connection to {server}: {fault}")]
    Tls {
        /// Where.
        server: String,
        /// What is wrong.
        fault: TlsFault,
    },
    /// The request was sent and no answer came within the deadline. It may have been applied or
    /// not; the same request with the same id tells, and never does it twice.
    #[error(
        "the outcome is unknown: the request was sent and not answered; send it again with the same id"
    )]
    OutcomeUnknown,
    /// The server answered something that is not of this protocol, or not an answer to what it was
    /// asked. The outcome of the request is unknown.
    #[error("{0}; are client and server of one version?")]
    Protocol(String),
    /// The runtime that the client was made in has ended.
    #[error("the client's runtime has ended; connect again")]
    Closed,
}

impl ClientError {
    /// The refusal, if it is one.
    pub const fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// That `server` was not reached, for the reason of `error`, which many calls may share.
    pub(crate) fn unreachable(server: &str, error: &io::Error) -> Self {
        let server = server.to_owned();
        if let Some(fault) = TlsFault::of(error) {
            return Self::Tls { server, fault: fault.clone() };
        }
        let source = io::Error::new(error.kind(), error.to_string());
        Self::Unreachable { server, source }
    }

    /// The reply does not belong to the request.
    pub(crate) fn unexpected(reply: &Reply) -> Self {
        let text = format!("{:?}", reply.body);
        let kind = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        Self::Protocol(format!("the server gave an answer to another question: {kind}"))
    }
}
