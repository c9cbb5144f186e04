//! A ticket reservation server that never sells a seat twice and never loses what it acknowledged.
//!
//! [`Server::start`] is the whole program but for its command line; tests bind port 0. The way of
//! a request: `tcp` reads and decodes it, the [`catalog`] finds the event, the inventory decides,
//! the [`ledger`] records, the inventory applies, and the reply leaves when its position in the
//! ledger is durable. [`views`] serve what is read often, the [`sweeper`] expires holds.

pub mod auth;
mod backups;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod descriptors;
mod desk;
mod exposition;
mod guess;
mod http;
pub mod inspect;
pub mod ledger;
pub mod metrics;
pub mod open;
mod readiness;
mod server;
mod serving;
pub mod shared;
mod sockets;
mod start_error;
mod stats;
pub mod sweeper;
pub mod tcp;
pub mod tls;
pub mod views;

pub use server::Server;
pub use serving::Stopped;
pub use start_error::StartError;
