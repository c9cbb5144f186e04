//! The description of the API, made from its handlers.

use super::{constraints, problem_pages, refusals};
use crate::http::responses::JSON;
use crate::server_state::ServerState;
use axum::Router;
use axum::routing::get;
use boxoffice_protocol::id::{CustomerId, EventId, PlanDigest, ReservationId};
use boxoffice_protocol::json::{self, PlacesChangedRecord, ProblemRecord, Version};
use boxoffice_protocol::request::PageLimit;
use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{OpenApi as Description, RefOr, Required};

/// Operations that are answered from cached views.
const VIEWS: [&str; 3] = ["list_events", "get_event", "get_seats"];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Boxoffice",
        description = "Reserve tickets: never oversold, never lost, every answer at a version.\n\n\
            Ids are chosen by the client before it sends, so that sending again never does \
            anything twice. Every change is durable before it is answered. What goes wrong is told \
            as `application/problem+json` (RFC 9457); its `refused` is the refusal's name, and its \
            `type` the address of a page about it. Answers have the one form that is described, \
            whatever `Accept` says. Whole numbers are written without a point.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    servers((url = "/", description = "this server")),
    tags(
        (name = "events", description = "What there is to reserve"),
        (name = "plans", description = "The halls that events take place in"),
        (name = "reservations", description = "What was taken, by whom"),
        (name = "server", description = "The server itself")
    ),
    components(schemas(
        PlacesChangedRecord,
        ProblemRecord,
        CustomerId,
        EventId,
        PageLimit,
        PlanDigest,
        ReservationId,
        Version
    ))
)]
struct Api;

/// The description without the paths.
pub(in crate::http) fn about() -> Description {
    Api::openapi()
}

/// The routes of the description, given with all its paths, and of the pages of its problems.
pub(in crate::http) fn routes(description: Description) -> Router<Arc<ServerState>> {
    let mut description = serde_json::to_value(whole(description)).expect("it is JSON");
    constraints::add(&mut description);
    let body = Bytes::from(json::to_vec(&description));
    let headers = [(CONTENT_TYPE, JSON), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
    Router::new()
        .route("/openapi.json", get(async move || (headers, body)))
        .merge(problem_pages::routes(&description))
}

/// Adds the parts that many operations share.
fn whole(mut description: Description) -> Description {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = description.components.get_or_insert_default();
    components.security_schemes.insert("token".to_owned(), RefOr::T(bearer));
    let nobody = SecurityRequirement::default();
    let token = SecurityRequirement::new("token", Vec::<String>::new());
    description.security = Some(vec![token, nobody]);
    for operation in operations(&mut description) {
        let name = operation.operation_id.clone().unwrap_or_default();
        if VIEWS.contains(&name.as_str()) {
            describe_view(operation);
        }
        refusals::describe(&name, operation);
    }
    description
}

fn operations(description: &mut Description) -> impl Iterator<Item = &mut Operation> {
    description.paths.paths.values_mut().flat_map(|path| {
        let methods =
            [&mut path.get, &mut path.put, &mut path.post, &mut path.delete, &mut path.patch];
        methods.into_iter().filter_map(|method| method.as_mut())
    })
}

/// Adds the headers of a view's request and response.
fn describe_view(operation: &mut Operation) {
    let text = || ObjectBuilder::new().schema_type(Type::String).build();
    let number = || ObjectBuilder::new().schema_type(Type::Integer).build();
    let known = ParameterBuilder::new()
        .name("If-None-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("The ETag of what the client has already"))
        .schema(Some(text()))
        .build();
    operation.parameters.get_or_insert_default().push(RefOr::T(known));
    let tag = "Changes whenever the version does";
    let tag = HeaderBuilder::new().schema(Some(text())).description(Some(tag)).build();
    let age = "How old it is, in milliseconds; 0 where nothing has changed since";
    let age = HeaderBuilder::new().schema(Some(number())).description(Some(age)).build();
    let responses = &mut operation.responses.responses;
    if let Some(RefOr::T(found)) = responses.get_mut("200") {
        found.headers.insert("ETag".to_owned(), RefOr::T(tag.clone()));
        found.headers.insert("Boxoffice-Age-Ms".to_owned(), RefOr::T(age));
    }
    let same = ResponseBuilder::new().description("the client has it already").header("ETag", tag);
    responses.insert("304".to_owned(), same.build().into());
}
