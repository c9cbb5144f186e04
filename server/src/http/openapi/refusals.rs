//! The refusals of every operation, each with its JSON as an example.

use crate::auth::AuthError;
use crate::http::limits::MAX_BODY_BYTES;
use crate::http::problem::{HttpError, Problem};
use boxoffice_protocol::id::SeatLabel;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reservation::Status;
use std::collections::BTreeMap;
use std::time::Duration;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{Content, Ref};

const MEDIA_TYPE: &str = "application/problem+json";

/// The version at which the examples are.
const VERSION: u64 = 7;

/// Adds its refusals to an operation.
pub(super) fn describe(name: &str, operation: &mut Operation) {
    let mut of_status = BTreeMap::<String, Vec<Problem>>::new();
    let own = of(name);
    let of_body = if operation.request_body.is_some() { of_bodies() } else { Vec::new() };
    let changes = operation.request_body.is_some() || name == "delete_event";
    let of_change = changes.then(|| HttpError::ForeignOrigin.into());
    for problem in own.into_iter().chain(of_body).chain(of_change).chain(of_everything()) {
        of_status.entry(problem.status().as_str().to_owned()).or_default().push(problem);
    }
    for (status, problems) in of_status {
        operation.responses.responses.insert(status, response(&problems).into());
    }
    let other = ResponseBuilder::new().description("Whatever else goes wrong");
    let other = other.content(MEDIA_TYPE, content(&[])).build();
    operation.responses.responses.insert("default".to_owned(), other.into());
}

fn response(problems: &[Problem]) -> utoipa::openapi::Response {
    let titles: Vec<_> = problems.iter().map(title).collect();
    ResponseBuilder::new()
        .description(titles.join(", "))
        .content(MEDIA_TYPE, content(problems))
        .build()
}

fn content(problems: &[Problem]) -> Content {
    let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
    for problem in problems {
        let example = ExampleBuilder::new().value(Some(json(problem))).build();
        content.examples.insert(title(problem), example.into());
    }
    content
}

fn json(problem: &Problem) -> serde_json::Value {
    serde_json::from_slice(&problem.to_json()).expect("a problem is JSON")
}

fn title(problem: &Problem) -> String {
    json(problem)["title"].as_str().unwrap_or_default().to_owned()
}

/// The refusals of one operation only.
///
/// # Panics
/// The operation has no entry here.
fn of(operation: &str) -> Vec<Problem> {
    use Refusal::{
        EventCancelled, EventExists, EventNotFound, IdConflict, NotYours, ReservationNotFound,
    };
    let seats = || vec!["A1".parse::<SeatLabel>().expect("a seat")];
    let conflict = || Refusal::VersionConflict { current: VERSION };
    let refusals = match operation {
        "get_server" | "get_stats" => vec![],
        "become_visitor" => vec![too_many()],
        "list_events" => vec![Refusal::invalid("limit", "must be 1 to 1000")],
        "post_plan" => vec![
            Refusal::invalid("plan", "line 4: section[0].capacity: has to be 1 or more"),
            too_many(),
        ],
        "get_plan" | "get_drawing" | "get_plan_labels" => {
            vec![Refusal::invalid("digest", "64 hexadecimal digits"), Refusal::PlanNotFound]
        }
        "get_event" | "get_seats" => vec![invalid(), EventNotFound],
        "post_event" | "put_event" => {
            vec![invalid(), Refusal::PlanNotFound, EventExists, too_many()]
        }
        "patch_event" => vec![
            invalid(),
            EventNotFound,
            conflict(),
            Refusal::NoSuchSeat { seats: seats().into() },
            Refusal::SeatsTaken { seats: seats().into() },
            too_many(),
        ],
        "delete_event" => vec![invalid(), EventNotFound, Refusal::ReservationsLive { live: 3 }],
        "stream" => vec![invalid(), EventNotFound],
        "list_reservations" => vec![invalid(), EventNotFound],
        "reserve" => vec![
            invalid(),
            EventNotFound,
            IdConflict,
            Refusal::CLOSED,
            EventCancelled,
            Refusal::NoSuchSeat { seats: seats().into() },
            Refusal::NotForSale { category: "stalls".into(), ticket_type: "child".into() },
            limit(),
            Refusal::SeatsTaken { seats: seats().into() },
            Refusal::SoldOut { free: 1 },
            Refusal::NotTogether { largest: 3 },
            Refusal::PriceChanged { total: 9_000 },
            Refusal::Busy { retry_after_ms: 500 },
            too_many(),
        ],
        "get_reservation" | "leave" => {
            vec![invalid(), EventNotFound, ReservationNotFound, NotYours]
        }
        "confirm" | "release" | "extend" | "cancel" | "transfer" | "set_order" => {
            of_step(operation)
        }
        "exchange" => of_exchange(),
        "confirm_order" => of_order(),
        other => panic!("{other} has no refusals here"),
    };
    let mut problems: Vec<_> = refusals.into_iter().map(at_version).collect();
    match operation {
        "patch_event" => {
            problems.push(Problem::Precondition { refusal: conflict(), version: VERSION });
        }
        "stream" => problems.push(HttpError::TooManyStreams.into()),
        _ => {}
    }
    problems
}

/// The refusals of an operation that changes a reservation.
fn of_step(operation: &str) -> Vec<Refusal> {
    use Refusal::{AlreadyConfirmed, EventNotFound, HoldExpired, NotYours, ReservationNotFound};
    let wrong = |status| Refusal::WrongStatus { status };
    let mut refusals = vec![invalid(), EventNotFound, ReservationNotFound, NotYours];
    refusals.extend(match operation {
        "confirm" => vec![HoldExpired, wrong(Status::Forfeited), Refusal::EventCancelled],
        "cancel" => vec![wrong(Status::Held)],
        "set_order" => {
            let order = "2026-000123".parse().expect("an order number");
            let conflict = Refusal::OrderConflict { order };
            vec![conflict, HoldExpired, wrong(Status::Released), limit()]
        }
        "transfer" => {
            let revision = Refusal::RevisionConflict { current: 2 };
            vec![HoldExpired, wrong(Status::Released), revision, limit()]
        }
        _ => vec![HoldExpired, AlreadyConfirmed, wrong(Status::Released)],
    });
    refusals
}

/// The refusals of an exchange: those of a step, then those of new places.
fn of_exchange() -> Vec<Refusal> {
    let seats = || vec!["A1".parse::<SeatLabel>().expect("a seat")];
    let mut refusals = of_step("transfer");
    refusals.extend([
        Refusal::CLOSED,
        Refusal::EventCancelled,
        Refusal::NoSuchSeat { seats: seats().into() },
        Refusal::NotForSale { category: "stalls".into(), ticket_type: "child".into() },
        Refusal::SeatsTaken { seats: seats().into() },
        Refusal::SoldOut { free: 1 },
        Refusal::PriceChanged { total: 9_000 },
        Refusal::Busy { retry_after_ms: 500 },
    ]);
    refusals
}

/// The refusals of a confirmation of an order.
fn of_order() -> Vec<Refusal> {
    use Refusal::{EventCancelled, EventNotFound, HoldExpired, ReservationNotFound};
    let wrong = Refusal::WrongStatus { status: Status::Released };
    vec![invalid(), EventNotFound, ReservationNotFound, HoldExpired, wrong, EventCancelled]
}

fn limit() -> Refusal {
    Refusal::LimitExceeded { limit: 8, have: 6 }
}

fn invalid() -> Refusal {
    Refusal::invalid("event", "must be lower-case letters, digits and hyphens")
}

fn too_many() -> Refusal {
    Refusal::Unavailable { why: UnavailableWhy::TooMany }
}

fn at_version(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Invalid { .. } | Refusal::Unavailable { .. } | Refusal::Busy { .. } => {
            Problem::refused(refusal)
        }
        refusal => Problem::Refused { refusal, version: VERSION },
    }
}

/// The refusals of every operation with a body.
fn of_bodies() -> Vec<Problem> {
    let not_json = HttpError::NotJson("expected value at line 1 column 1".to_owned());
    [
        not_json,
        HttpError::BadTransferEncoding,
        HttpError::WrongMediaType,
        HttpError::EncodedBody,
        HttpError::BodyTooLarge(MAX_BODY_BYTES),
        HttpError::BodyTooSlow,
        HttpError::BodyBroken,
    ]
    .map(Problem::from)
    .into()
}

/// The refusals of every operation.
fn of_everything() -> Vec<Problem> {
    let mut problems: Vec<_> = [
        HttpError::BadPath,
        HttpError::BadHost,
        HttpError::UriTooLong,
        HttpError::TooManyHeaders,
        HttpError::StrangeHost,
    ]
    .map(Problem::from)
    .into();
    problems.push(Problem::LedgerFailed(Refusal::OutcomeUnknown));
    problems.push(Problem::Unauthenticated(AuthError::NoToken));
    let retry_after = Duration::from_secs(1);
    problems.push(Problem::Unauthenticated(AuthError::TooMany { retry_after }));
    let why = "the token is for the customer ann only".to_owned();
    problems.push(Problem::refused(Refusal::NotAllowed { why: why.into() }));
    problems
}
