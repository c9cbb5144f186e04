//! What is wrong with a request before the desk sees it, and what to do about it.

use super::limits::{MAX_BODY_BYTES, MAX_HEADERS, MAX_URI_BYTES};
use crate::readiness::NotReady;
use hyper::{Method, StatusCode};
use std::borrow::Cow;

/// What is wrong with a request before it is one of Boxoffice's.
#[derive(Debug)]
pub(super) enum HttpError {
    /// Nothing has this address.
    UnknownPath(String),
    /// What has this address does not do that.
    WrongMethod(Method),
    /// The address is not UTF-8 once it is decoded.
    BadPath,
    /// The body is not called JSON.
    WrongMediaType,
    /// The body is packed.
    EncodedBody,
    /// The body is no JSON.
    NotJson(String),
    /// The body is longer than [`MAX_BODY_BYTES`].
    BodyTooLarge,
    /// The body did not come in time.
    BodyTooSlow,
    /// The body ended before its end.
    BodyBroken,
    /// The address is longer than [`MAX_URI_BYTES`].
    UriTooLong,
    /// There are more header fields than [`MAX_HEADERS`].
    TooManyHeaders,
    /// How the body is transferred is not the one way that is understood.
    BadTransferEncoding,
    /// The request does not say which host it means, or in more than one way.
    BadHost,
    /// The host is not this machine by a name that nobody else can have.
    StrangeHost,
    /// A page of somebody else's asks a browser to change something.
    ForeignOrigin,
    /// There are as many streams as there may be, of this event or of all.
    TooManyStreams,
    /// Nothing is answered before the server has recovered.
    Recovering,
    /// Customers are better sent to another server, or later.
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
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
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
            Self::BodyTooLarge => "BodyTooLarge",
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

    /// What to do about it.
    pub(super) fn explain(&self) -> Cow<'static, str> {
        match self {
            Self::UnknownPath(path) => {
                format!("nothing is at {path:?}; /openapi.json says what there is").into()
            }
            Self::WrongMethod(method) => {
                format!("{method} does nothing here; the header Allow says what does").into()
            }
            Self::NotJson(why) => format!("the body is no JSON: {why}").into(),
            Self::BodyTooLarge => format!("a body has at most {MAX_BODY_BYTES} bytes").into(),
            Self::UriTooLong => format!("an address has at most {MAX_URI_BYTES} bytes").into(),
            Self::TooManyHeaders => {
                format!("a request has at most {MAX_HEADERS} header fields").into()
            }
            Self::BadPath => "what is percent-encoded in a path must be UTF-8".into(),
            Self::WrongMediaType => {
                "send JSON, with the header Content-Type: application/json".into()
            }
            Self::EncodedBody => {
                "send the body as it is, without the header Content-Encoding".into()
            }
            Self::BodyTooSlow => "the body did not come in time; send it at once".into(),
            Self::BodyBroken => "the body ended before its end".into(),
            Self::BadTransferEncoding => {
                "a body is transferred as it is, or chunked, and in no other way".into()
            }
            Self::BadHost => "send the header Host, once, with the host that is meant".into(),
            Self::StrangeHost => "without tokens this server answers as localhost only, or \
                somebody else's page could have its own name lead here; create a token with \
                `boxoffice-server token create`, or, only where everybody who reaches it by this \
                name may do everything, start it with --http-hosts NAME"
                .into(),
            Self::ForeignOrigin => {
                "a browser may change something only from a page of this server's".into()
            }
            Self::TooManyStreams => {
                "as many listen already as may; try again later, or ask for the seats".into()
            }
            Self::Recovering => NotReady::Recovering.explain().into(),
            Self::NotReady(why) => why.explain().into(),
        }
    }
}
