//! The HTTP API: JSON in and out, over HTTP/1.1.
//!
//! `listener` lets connections in; `connection` serves one, over a `line` that minds the deadlines
//! of a client that says or reads too little. A request passes the `gate`, which knows by the `host`
//! that it names whether this server is meant, and goes through the `router` to the handlers of its
//! resource (`events`, `reservations`, `server`). `asked` reads what the client said into the
//! protocol's types; `asker` knows by the `bearer` of a token who asks, takes it to the desk and
//! waits until the answer may be told; `reads` answers from cached views, `stream` tells what
//! happens to an event as it happens. Whatever goes wrong becomes a `problem`; what the desk never
//! hears of is a `fault` before that. The description of all of it, `openapi`, is made from the
//! handlers, and the `explorer` shows it. Browsers are given a `page`, which uses the rest, and on
//! their `visit` act for a customer of their own.

#![allow(unused_qualifications, reason = "utoipa's macros qualify what they name")]

mod answers;
mod asked;
mod asker;
mod bearer;
mod connection;
mod door;
mod events;
mod explorer;
mod fault;
mod gate;
mod host;
mod limits;
mod line;
mod listener;
mod openapi;
mod operating;
mod page;
mod problem;
mod query;
mod reads;
mod reservations;
mod router;
mod server;
mod stream;
mod visit;

pub(crate) use door::Door;
pub(crate) use listener::listen;
