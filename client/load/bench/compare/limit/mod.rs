//! The limit: what a server could do at best that has to write and sync before it answers. It
//! echoes frames of 64 bytes and does nothing else: a loop turn reads what has arrived, writes it
//! to a file with one write and one fdatasync, and answers. Server and load generator are this
//! program started again, so they are two processes, like those of the peers.

mod connection;
mod load;
mod measure;
mod server;

pub(crate) use load::{LimitLoad, load};
pub(crate) use measure::measure;
pub(crate) use server::serve;
