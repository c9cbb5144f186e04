//! The body of a request that puts a plan: larger than any other, and in one of two forms.

use super::extract::{is_encoded, is_media_type, read_body};
use super::problem::{HttpError, Problem};
use crate::server_state::ServerState;
use axum::body::Body;
use axum::extract::FromRequest;
use boxoffice_plan::PlanFormat;
use boxoffice_protocol::limits::MAX_PLAN_BYTES;
use bytes::Bytes;
use hyper::Request;
use hyper::header::CONTENT_TYPE;
use std::borrow::Cow;
use std::sync::Arc;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

/// How much longer than another body this one may take.
const LONGER: u32 = 6;

/// A plan that has not been read yet.
pub(super) struct PlanBody {
    format: PlanFormat,
    body: Body,
}

/// Its form in TOML: bytes to generated clients, which send a text of JSON in quotes.
impl PartialSchema for PlanBody {
    fn schema() -> RefOr<Schema> {
        let bytes = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)));
        bytes.description(Some("A plan in TOML.")).build().into()
    }
}

impl ToSchema for PlanBody {
    fn name() -> Cow<'static, str> {
        "PlanFile".into()
    }
}

impl FromRequest<Arc<ServerState>> for PlanBody {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, _: &Arc<ServerState>) -> Result<Self, Problem> {
        let headers = request.headers();
        let is = |media_type| is_media_type(headers.get(CONTENT_TYPE), media_type);
        let format = match () {
            () if is("application/json") => PlanFormat::Json,
            () if is("application/toml") => PlanFormat::Toml,
            () => return Err(HttpError::WrongMediaType.into()),
        };
        if is_encoded(headers) {
            return Err(HttpError::EncodedBody.into());
        }
        Ok(Self { format, body: request.into_body() })
    }
}

impl PlanBody {
    /// Reads it.
    pub(super) async fn read(self, shared: &ServerState) -> Result<(PlanFormat, Bytes), Problem> {
        let deadline = shared.config.frame_timeout * LONGER;
        let text = tokio::time::timeout(deadline, read_body(self.body, MAX_PLAN_BYTES)).await;
        Ok((self.format, text.map_err(|_| HttpError::BodyTooSlow)??))
    }
}
