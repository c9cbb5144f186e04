//! Which server is asked, and as whom: by options, variables and contexts, resolved before anything is
//! sent.
//!
//! [`contexts`] is the file of contexts, [`token_file`] that of a secret; [`mod@connection`] weighs all of
//! them, [`open`] connects, and [`caller`] is what commands need to know of it.

mod caller;
mod connection;
mod contexts;
mod open;
mod token_file;

pub(crate) use caller::Caller;
pub(crate) use connection::{Connection, Trust};
pub(crate) use contexts::{Context, Contexts};
pub(crate) use token_file::{TokenFileError, read as read_token};
