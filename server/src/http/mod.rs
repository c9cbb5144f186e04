//! The HTTP API: JSON in and out, over HTTP/1.1.
//!
//! The `service` of the listener is a `front`: the `router` of a server, or of one that still
//! recovers. A `connection` reads and writes a `deadline_stream`, which checks the `line_ends` of
//! what it reads. A request passes the
//! `request_checks`, which compare the `host` that it names, and goes through the router to the
//! handlers of its resource (`events`, `reservations`, `server`). `extract` decodes its path, query
//! and body; a `bearer` token or a `visitor_cookie` makes its `caller`, which sends it through
//! dispatch and waits until the answer is durable. Answers are `responses`, or a `view_response`
//! from a cached view, or the `stream` of an event; failures are a `problem`, or an `http_error`
//! that dispatch never sees.
//!
//! `openapi` describes the API from its handlers, and `swagger_ui` shows the description.
//! `static_files` has the web page, which uses nothing but the API; `operating` answers probes and
//! scrapers.

#![allow(unused_qualifications, reason = "utoipa's macros qualify what they name")]

mod bearer;
mod caller;
mod connection;
mod cross_origin;
mod deadline_stream;
mod events;
mod exchanges;
mod extract;
mod forwarded;
mod front;
mod host;
mod http_error;
mod limits;
mod line_ends;
mod openapi;
mod operating;
mod operating_paths;
mod plan_body;
mod plan_labels;
mod plans;
mod problem;
mod query;
mod request_checks;
mod reservations;
mod responses;
mod router;
mod server;
mod service;
mod static_files;
mod stream;
mod swagger_ui;
mod view_response;
mod visitor_cookie;
mod visitor_requests;

pub(crate) use front::{Audience, Front};
