//! The HTTP API: JSON in and out, over HTTP/1.1.
//!
//! `listener` lets connections in; `connection` serves one, over a `deadline_stream` that minds the deadlines
//! of a client that says or reads too little. A request passes the `gate`, which knows by the `host`
//! that it names whether this server is meant, and goes through the `router` to the handlers of its
//! resource (`events`, `reservations`, `server`). `asked` reads what the client said into the
//! protocol's types; `caller` knows by the `bearer` of a token who asks, takes it to the desk and
//! waits until the answer may be told; `reads` answers from cached views, `stream` tells what
//! happens to an event as it happens. Whatever goes wrong becomes a `problem`; what the desk never
//! hears of is a `error` before that. The description of all of it, `openapi`, is made from the
//! handlers, and the `swagger_ui` shows it. Browsers are given a `page`, which uses the rest, and on
//! their `visit` act for a customer of their own.

#![allow(unused_qualifications, reason = "utoipa's macros qualify what they name")]

mod bearer;
mod caller;
mod connection;
mod deadline_stream;
mod events;
mod extract;
mod front;
mod host;
mod http_error;
mod limits;
mod openapi;
mod operating;
mod problem;
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

pub(crate) use front::Front;
