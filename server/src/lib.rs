//! A ticket reservation server that never sells a seat twice and never loses what it acknowledged.
//!
//! [`Server::start`] is the whole program but for its command line; tests bind port 0. The way of
//! a request: `tcp` or `http` reads and decodes it, `dispatch` finds its part of the server, the
//! [`catalog`] finds the event, the inventory decides, the [`ledger`] records, the inventory applies,
//! and the reply leaves when its position in the ledger is durable. [`views`] serve frequent reads,
//! the [`sweeper`] expires holds. Where several servers share a store, `cluster` has events decide
//! over that instead; `engines` opens it, and [`copying`] moves everything to another one. [`plans`]
//! keeps the plans of halls.

mod admission;
pub mod auth;
mod backups;
pub mod catalog;
pub mod clock;
mod cluster;
pub mod config;
pub mod copying;
mod deadline_timer;
mod dependencies;
pub mod descriptors;
mod dispatch;
pub mod engines;
mod event_watch;
mod exposition;
pub mod fairness;
mod http;
pub mod inspect;
pub mod ledger;
mod listener;
mod login;
pub mod metrics;
pub mod open;
pub mod plans;
pub mod randomness;
mod readiness;
mod reports;
mod server;
pub mod server_state;
mod serving;
mod sniff;
mod sockets;
mod start_error;
mod stats;
pub mod sweeper;
pub mod tcp;
mod terms_check;
pub mod tls;
mod view_lookup;
pub mod views;

pub use dependencies::Dependencies;
pub use server::Server;
pub use serving::Stopped;
pub use start_error::StartError;
