//! Errors of HTTP requests that never become requests of the protocol.

use super::limits::{MAX_HEADERS, MAX_URI_BYTES};
use crate::readiness::NotReady;
use hyper::{Method, StatusCode};
use std::borrow::Cow;

/// Why a request never becomes one of the protocol.
#[derive(Debug)]
pub(super) enum HttpError {
    UnknownPath(String),
    WrongMethod(Method),
    BadPath,
    WrongMediaType,
    /// The body has a content encoding.
    EncodedBody,
    NotJson(String),
    /// The most bytes that it may have.
    BodyTooLarge(usize),
    BodyTooSlow,
    BodyBroken,
    UriTooLong,
    TooManyHeaders,
    /// The body's transfer encoding is not `chunked`.
    BadTransferEncoding,
    /// The request names no host, or several.
    BadHost,
    /// The host is not this machine by a name that no other site can have.
    StrangeHost,
    /// A browser sends a change for a page of another site.
    ForeignOrigin,
    /// As many streams are open as may be, of this event or of all.
    TooManyStreams,
    Recovering,
    NotReady(NotReady),
}

impl HttpError {
    pub(super) const fn status(&self) -> StatusCode {
        match self {
            Self::BadHost
            | Self::BadPath
            | Self::BadTransferEncoding
            | Self::BodyBroken
            | Self::NotJson(_) => StatusCode::BAD_REQUEST,
            Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::UnknownPath(_) => StatusCode::NOT_FOUND,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::EncodedBody | Self::WrongMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::StrangeHost => StatusCode::MISDIRECTED_REQUEST,
            Self::TooManyHeaders => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::NotReady(_) | Self::Recovering | Self::TooManyStreams => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::BadHost => "BadHost",
            Self::BadPath => "BadPath",
            Self::BadTransferEncoding => "BadTransferEncoding",
            Self::BodyBroken => "BodyBroken",
            Self::BodyTooLarge(_) => "BodyTooLarge",
            Self::BodyTooSlow => "BodyTooSlow",
            Self::EncodedBody => "EncodedBody",
            Self::ForeignOrigin => "ForeignOrigin",
            Self::NotJson(_) => "NotJson",
            Self::NotReady(why) => why.name(),
            Self::Recovering => "Unavailable",
            Self::StrangeHost => "StrangeHost",
            Self::TooManyHeaders => "TooManyHeaders",
            Self::TooManyStreams => "TooManyStreams",
            Self::UnknownPath(_) => "UnknownPath",
            Self::UriTooLong => "UriTooLong",
            Self::WrongMediaType => "WrongMediaType",
            Self::WrongMethod(_) => "WrongMethod",
        }
    }

    /// The explanation for the client, with what to do.
    pub(super) fn explain(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownPath(path) => {
                format!("nothing is at {path:?}; /openapi.json lists the addresses").into()
            }
            Self::WrongMethod(method) => {
                format!("{method} is not allowed here; the header Allow lists the methods that are")
                    .into()
            }
            Self::NotJson(why) => format!("the body is no JSON: {why}").into(),
            Self::BodyTooLarge(most) => format!("a body has at most {most} bytes").into(),
            Self::UriTooLong => format!("an address has at most {MAX_URI_BYTES} bytes").into(),
            Self::TooManyHeaders => {
                format!("a request has at most {MAX_HEADERS} header fields").into()
            }
            Self::BadPath => "a percent-encoded path must be UTF-8".into(),
            Self::WrongMediaType => {
                "send JSON, with the header Content-Type: application/json".into()
            }
            Self::EncodedBody => {
                "send the body as it is, without the header Content-Encoding".into()
            }
            Self::BodyTooSlow => "the body did not come in time; send it at once".into(),
            Self::BodyBroken => "the body ended before its end".into(),
            Self::BadTransferEncoding => "the only transfer encoding of a body is chunked".into(),
            Self::BadHost => "send the header Host, once, with the host that is meant".into(),
            Self::StrangeHost => "without tokens this server answers as localhost only, or \
                another site could point its own name here; create a token with \
                `boxoffice-server token create`, or, only where any client that reaches it by this \
                name may do everything, start it with --http-hosts NAME"
                .into(),
            Self::ForeignOrigin => {
                "a browser may send changes only from a page of this server".into()
            }
            Self::TooManyStreams => {
                "too many streams are open; try again later, or read the seats".into()
            }
            Self::Recovering => NotReady::Recovering.explain().into(),
            Self::NotReady(why) => why.explain().into(),
        }
    }
}
