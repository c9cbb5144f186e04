//! Whatever goes wrong, as RFC 9457 has it: one shape for the desk's refusals and HTTP's own faults.

use super::limits::{MAX_BODY_BYTES, MAX_HEADERS, MAX_URI_BYTES};
use crate::auth::Refused;
use crate::json::{self, ProblemRecord};
use crate::readiness::NotReady;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::refusal::Refusal;
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{Method, StatusCode};
use std::fmt::Write as _;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"boxoffice\"");
const INVALID_TOKEN: HeaderValue =
    HeaderValue::from_static("Bearer realm=\"boxoffice\", error=\"invalid_token\"");

/// How many seconds a client waits before it tries again what is not available now.
const RETRY_AFTER_S: u64 = 1;

/// The same for a stream: they last long.
const STREAM_RETRY_AFTER_S: u64 = 10;

/// Why a request was not done.
#[derive(Debug)]
pub(super) enum Problem {
    /// The desk says no.
    Refused {
        /// Why.
        refusal: Refusal,
        /// The version that it looked at; 0 where it looked at none.
        version: u64,
    },
    /// A condition of the request's head does not hold any more.
    Precondition {
        /// Why.
        refusal: Refusal,
        /// What it looked at.
        version: u64,
    },
    /// The ledger has failed. Nothing more is said on this connection.
    LedgerFailed(Refusal),
    /// Whoever asks shows no token that lets him in.
    NotLetIn(Refused),
    /// It got no further than HTTP.
    Fault(Fault),
}

/// What is wrong with a request before it is one of Boxoffice's.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing has this address.
    UnknownPath(String),
    /// What has this address does not do that.
    WrongMethod(Method),
    /// The address is not UTF-8 once it is decoded.
    BadPath,
    /// The body is not called JSON.
    WrongMediaType,
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
    /// A page of somebody else's asks a browser to change something.
    ForeignOrigin,
    /// There are as many streams as there may be, of this event or of all.
    TooManyStreams,
    /// Nothing is answered before the server has recovered.
    Recovering,
    /// Customers are better sent to another server, or later.
    NotReady(NotReady),
}

impl Problem {
    /// A refusal that looked at nothing.
    pub(super) const fn refused(refusal: Refusal) -> Self {
        Self::Refused { refusal, version: 0 }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Refused { refusal, .. } | Self::LedgerFailed(refusal) => status_of(refusal),
            Self::Precondition { .. } => StatusCode::PRECONDITION_FAILED,
            Self::NotLetIn(Refused::TooMany { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotLetIn(_) => StatusCode::UNAUTHORIZED,
            Self::Fault(fault) => fault.about().0,
        }
    }

    /// Whether what follows on the connection cannot be trusted, or would not be answered.
    const fn closes(&self) -> bool {
        matches!(
            self,
            Self::LedgerFailed(_)
                | Self::Fault(Fault::BodyTooLarge | Fault::BodyTooSlow | Fault::BodyBroken)
        )
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Fault(Fault::TooManyStreams) => Some(STREAM_RETRY_AFTER_S),
            Self::Refused { refusal: Refusal::Busy { retry_after_ms }, .. } => {
                Some(u64::from(*retry_after_ms).div_ceil(1_000))
            }
            Self::Refused { refusal: Refusal::Unavailable { .. }, .. }
            | Self::LedgerFailed(_)
            | Self::Fault(Fault::Recovering | Fault::NotReady(_)) => Some(RETRY_AFTER_S),
            Self::NotLetIn(Refused::TooMany { retry_after }) => {
                Some(retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0))
            }
            _ => None,
        }
    }

    /// How to show who asks (RFC 6750, 3).
    const fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::NotLetIn(Refused::NoToken) => Some(CHALLENGE),
            Self::NotLetIn(Refused::Unknown | Refused::Expired) => Some(INVALID_TOKEN),
            _ => None,
        }
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let status = self.status().as_u16();
        let (refusal, version) = match self {
            Self::Refused { refusal, version } | Self::Precondition { refusal, version } => {
                (refusal, *version)
            }
            Self::LedgerFailed(refusal) => (refusal, 0),
            Self::NotLetIn(refused) => {
                let (refusal, detail) = (Refusal::from(*refused), refused.to_string());
                return json::to_vec(&ProblemRecord::refused(status, &refusal, &detail, 0));
            }
            Self::Fault(fault) => {
                let (_, title, detail) = fault.about();
                return json::to_vec(&ProblemRecord::new(status, title, &detail));
            }
        };
        let detail = match refusal {
            // The protocol names the command line.
            Refusal::EventNotFound => "there is no such event; GET /v1/events lists them".into(),
            refusal => refusal.to_string(),
        };
        json::to_vec(&ProblemRecord::refused(status, refusal, &detail, version))
    }
}

impl From<InvalidField> for Problem {
    fn from(error: InvalidField) -> Self {
        Self::refused(error.into())
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, MEDIA_TYPE);
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if self.closes() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl Fault {
    /// Its status, its name, and what to do about it.
    fn about(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::Recovering => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Unavailable",
                NotReady::Recovering.explain().to_owned(),
            ),
            Self::NotReady(why) => {
                (StatusCode::SERVICE_UNAVAILABLE, why.name(), why.explain().to_owned())
            }
            Self::UnknownPath(path) => (
                StatusCode::NOT_FOUND,
                "UnknownPath",
                format!("nothing is at {path:?}; /openapi.json says what there is"),
            ),
            Self::WrongMethod(method) => (
                StatusCode::METHOD_NOT_ALLOWED,
                "WrongMethod",
                format!("{method} does nothing here; the header Allow says what does"),
            ),
            Self::BadPath => (
                StatusCode::BAD_REQUEST,
                "BadPath",
                "what is percent-encoded in a path must be UTF-8".to_owned(),
            ),
            Self::WrongMediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "WrongMediaType",
                "send JSON, with the header Content-Type: application/json".to_owned(),
            ),
            Self::NotJson(why) => {
                (StatusCode::BAD_REQUEST, "NotJson", format!("the body is no JSON: {why}"))
            }
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "BodyTooLarge",
                format!("a body has at most {MAX_BODY_BYTES} bytes"),
            ),
            Self::BodyTooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "BodyTooSlow",
                "the body did not come in time; send it at once".to_owned(),
            ),
            Self::BodyBroken => {
                (StatusCode::BAD_REQUEST, "BodyBroken", "the body ended before its end".to_owned())
            }
            Self::UriTooLong => (
                StatusCode::URI_TOO_LONG,
                "UriTooLong",
                format!("an address has at most {MAX_URI_BYTES} bytes"),
            ),
            Self::TooManyHeaders => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                "TooManyHeaders",
                format!("a request has at most {MAX_HEADERS} header fields"),
            ),
            Self::ForeignOrigin => (
                StatusCode::FORBIDDEN,
                "ForeignOrigin",
                "a browser may change something only from a page of this server's".to_owned(),
            ),
            Self::TooManyStreams => (
                StatusCode::SERVICE_UNAVAILABLE,
                "TooManyStreams",
                "as many listen already as may; try again later, or ask for the seats".to_owned(),
            ),
        }
    }
}

const fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid { .. } | Refusal::Unsupported { .. } | Refusal::NoSuchSeat { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unavailable { .. } | Refusal::OutcomeUnknown => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::EventNotFound | Refusal::ReservationNotFound => StatusCode::NOT_FOUND,
        Refusal::NotYours | Refusal::NotAllowed { .. } => StatusCode::FORBIDDEN,
        Refusal::HoldExpired => StatusCode::GONE,
        Refusal::BackupFailed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::EventExists
        | Refusal::IdConflict
        | Refusal::SalesClosed
        | Refusal::LimitExceeded { .. }
        | Refusal::AlreadyConfirmed
        | Refusal::WrongStatus { .. }
        | Refusal::SeatsTaken { .. }
        | Refusal::SoldOut { .. }
        | Refusal::NotTogether { .. }
        | Refusal::ReservationsLive { .. }
        | Refusal::VersionConflict { .. }
        | Refusal::NoBackupFolder
        | Refusal::BackupExists
        | Refusal::BackupRunning => StatusCode::CONFLICT,
    }
}

/// The whole answer to a connection that is one too many, which nobody will listen to.
pub(super) fn busy(retry_after_ms: u32) -> Vec<u8> {
    let refusal = Refusal::Busy { retry_after_ms };
    let status = StatusCode::SERVICE_UNAVAILABLE.as_u16();
    let detail = refusal.to_string();
    let body = json::to_vec(&ProblemRecord::refused(status, &refusal, &detail, 0));
    let mut answer = format!("HTTP/1.1 {status} Service Unavailable\r\n");
    let seconds = retry_after_ms.div_ceil(1_000);
    // Writing into a text does not fail.
    let _ = write!(
        answer,
        "content-type: application/problem+json\r\ncontent-length: {}\r\n\
         retry-after: {seconds}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut answer = answer.into_bytes();
    answer.extend(body);
    answer
}
