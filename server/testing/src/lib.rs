//! What the tests of both programs share, and what needs no code of the server: builders of
//! requests, clients that send exactly what a test says, programs as processes, browsers, and
//! machines that misbehave (a full disk, failing system calls, a wall clock that is set).
//!
//! Nothing here names the server's library, so that every package can use it in its tests. A test
//! with a server in its own process brings that server itself.

#![allow(missing_docs, reason = "a helper of tests is named so that most need no sentence")]
#![allow(clippy::new_without_default, reason = "a default certificate or clock has no meaning")]

mod alone;
mod binaries;
mod cutting_proxy;
mod database_server;
mod database_user;
mod mongo_server;
mod patience;
mod raw;
mod redis_server;
mod requests;
mod run;
mod test_name;

pub mod browser;
pub mod cli;
pub mod http;
pub mod installed;
pub mod openmetrics;
pub mod pki;
pub mod plans;
pub mod process;
pub mod reserved_port;
pub mod skip;
pub mod small_disk;
pub mod sse;
pub mod strace;
pub mod tokens;
pub mod wall_clock;
pub mod webdriver;

pub use alone::alone;
pub use binaries::{boxoffice, boxoffice_server, measured_server, repository, target_folder};
pub use cutting_proxy::{CutAnswers, CuttingProxy};
pub use database_server::DatabaseServer;
pub use database_user::DatabaseUser;
pub use mongo_server::MongoServer;
pub use patience::{PATIENCE, nothing_of, seed, until, until_some};
pub use raw::{Raw, client_at, connect_from};
pub use redis_server::RedisServer;
pub use requests::{
    START, best, concert, create, customer, event, exchange, film, hello, hello_with, hold, key,
    new_id, reserve, seat_map, seats, section, spec, standing, transfer,
};
pub use run::Run;
pub use test_name::name_of;
