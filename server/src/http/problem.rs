//! Failures as RFC 9457 has them: one form for refusals and for HTTP's own errors.

pub(super) use super::http_error::HttpError;
use crate::auth::AuthError;
use crate::listener::RETRY_AFTER_MS;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use boxoffice_protocol::InvalidField;
use boxoffice_protocol::json::{self, ProblemRecord};
use boxoffice_protocol::refusal::Refusal;
use hyper::StatusCode;
use hyper::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"boxoffice\"");
const INVALID_TOKEN: HeaderValue =
    HeaderValue::from_static("Bearer realm=\"boxoffice\", error=\"invalid_token\"");

/// Seconds that a client waits before it tries again.
const RETRY_AFTER_S: u64 = 1;

/// The same for a stream: streams last long.
const STREAM_RETRY_AFTER_S: u64 = 10;

/// Why a request failed.
#[derive(Debug)]
pub(super) enum Problem {
    Refused {
        refusal: Refusal,
        /// The version that the refusal rests on; 0 for none.
        version: u64,
    },
    /// A condition in the request's headers no longer holds.
    Precondition {
        refusal: Refusal,
        /// The version that the refusal rests on.
        version: u64,
    },
    /// The ledger has failed. The connection ends with this answer.
    LedgerFailed(Refusal),
    Unauthenticated(AuthError),
    /// The caller's party has as many connections as there are for it. This one ends.
    TooManyConnections,
    /// It never became a request of the protocol.
    HttpError(HttpError),
}

impl Problem {
    /// A refusal that rests on no version.
    pub(super) const fn refused(refusal: Refusal) -> Self {
        Self::Refused { refusal, version: 0 }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Refused { refusal, .. } | Self::LedgerFailed(refusal) => status_of(refusal),
            Self::Precondition { .. } => StatusCode::PRECONDITION_FAILED,
            Self::Unauthenticated(AuthError::TooMany { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::TooManyConnections => StatusCode::SERVICE_UNAVAILABLE,
            Self::HttpError(error) => error.status(),
        }
    }

    /// Whether the connection ends: its further bytes cannot be trusted, or would not be answered.
    const fn closes(&self) -> bool {
        matches!(
            self,
            Self::LedgerFailed(_)
                | Self::TooManyConnections
                | Self::HttpError(
                    HttpError::BodyTooLarge(_)
                        | HttpError::BodyTooSlow
                        | HttpError::BodyBroken
                        | HttpError::BadTransferEncoding
                )
        )
    }

    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::HttpError(HttpError::TooManyStreams) => Some(STREAM_RETRY_AFTER_S),
            Self::Refused { refusal: Refusal::Busy { retry_after_ms }, .. } => {
                Some(u64::from(*retry_after_ms).div_ceil(1_000))
            }
            Self::Refused { refusal: Refusal::Unavailable { .. }, .. }
            | Self::LedgerFailed(_)
            | Self::TooManyConnections
            | Self::HttpError(HttpError::Recovering | HttpError::NotReady(_)) => {
                Some(RETRY_AFTER_S)
            }
            Self::Unauthenticated(AuthError::TooMany { retry_after }) => {
                Some(retry_after.as_secs() + u64::from(retry_after.subsec_nanos() > 0))
            }
            _ => None,
        }
    }

    /// The challenge of an unauthenticated request (RFC 6750, 3).
    const fn challenge(&self) -> Option<HeaderValue> {
        match self {
            Self::Unauthenticated(AuthError::NoToken) => Some(CHALLENGE),
            Self::Unauthenticated(AuthError::Unknown | AuthError::Expired) => Some(INVALID_TOKEN),
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
            Self::Unauthenticated(refused) => {
                let (refusal, detail) = (Refusal::from(*refused), refused.to_string());
                return json::to_vec(&ProblemRecord::refused(status, &refusal, &detail, 0));
            }
            Self::TooManyConnections => {
                let refusal = Refusal::Busy { retry_after_ms: RETRY_AFTER_MS };
                let detail = refusal.to_string();
                return json::to_vec(&ProblemRecord::refused(status, &refusal, &detail, 0));
            }
            Self::HttpError(error) => {
                return json::to_vec(&ProblemRecord::new(status, error.name(), &error.explain()));
            }
        };
        let detail = match refusal {
            // The protocol's text names the command line.
            Refusal::EventNotFound => "there is no such event; GET /v1/events lists them".into(),
            // On a served connection only the rate limit of visitors is told so.
            Refusal::Busy { retry_after_ms } => format!(
                "places are taken too fast from this address; try again in {retry_after_ms} ms"
            ),
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

impl From<HttpError> for Problem {
    fn from(error: HttpError) -> Self {
        Self::HttpError(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.to_json()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, MEDIA_TYPE);
        // The answer may soon be another, and caches store some statuses unasked.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if matches!(self, Self::HttpError(HttpError::EncodedBody)) {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        if self.closes() {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

const fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid { .. } | Refusal::Unsupported { .. } | Refusal::NoSuchSeat { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::Busy { .. } => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unavailable { .. } | Refusal::OutcomeUnknown => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::EventNotFound | Refusal::ReservationNotFound | Refusal::PlanNotFound => {
            StatusCode::NOT_FOUND
        }
        Refusal::NotYours | Refusal::NotAllowed { .. } => StatusCode::FORBIDDEN,
        Refusal::HoldExpired => StatusCode::GONE,
        Refusal::BackupFailed { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::EventExists
        | Refusal::IdConflict
        | Refusal::SalesClosed { .. }
        | Refusal::EventCancelled
        | Refusal::NotForSale { .. }
        | Refusal::PriceChanged { .. }
        | Refusal::LimitExceeded { .. }
        | Refusal::AlreadyConfirmed
        | Refusal::WrongStatus { .. }
        | Refusal::SeatsTaken { .. }
        | Refusal::SoldOut { .. }
        | Refusal::NotTogether { .. }
        | Refusal::ReservationsLive { .. }
        | Refusal::VersionConflict { .. }
        | Refusal::RevisionConflict { .. }
        | Refusal::OrderConflict { .. }
        | Refusal::NoBackupFolder
        | Refusal::BackupExists
        | Refusal::BackupRunning => StatusCode::CONFLICT,
    }
}
