//! A server that a test plays itself: it listens on a port of its own, and the test says what is
//! read, answered, refused or cut off, and when.

mod fake_server;

pub use fake_server::*;
