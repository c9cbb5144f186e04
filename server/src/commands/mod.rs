//! What `boxoffice-server` does besides serving: it inspects data folders, makes the tables of
//! shared stores, copies from one store to another, and manages tokens.
//!
//! Data goes to stdout, messages about it to stderr. Exit codes of an inspection: 0 all is well,
//! 1 something is damaged, 2 it could not look.

mod check;
mod copy;
mod data_folder;
mod details;
mod export;
mod migrate;
mod output;
mod records;
mod running;
mod token;
mod visitors;

pub(crate) use check::Check;
pub(crate) use copy::Copy;
pub(crate) use export::Export;
pub(crate) use migrate::Migrate;
pub(crate) use token::Token;
pub(crate) use visitors::Visitors;
