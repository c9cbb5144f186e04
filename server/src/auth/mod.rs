//! Authentication and permissions.
//!
//! A *token* is a secret of 256 random bits. The server keeps a [`TokenEntry`] of each: its name, its
//! [`Role`] and a [`struct@Hash`]. Entries come from [`Sources`]: the environment, and a file that
//! commands change and a running server follows (`follow`). The `registry` turns a token into a
//! [`Grant`], and a grant turns a request into an `Admitted` one, which is all that dispatch takes.
//! The `permission` table says what each role may request.
//!
//! A browser without a token may be one of the `visitors`, each with a customer of its own, which its
//! pass names. The keys that sign passes are a file of their own (`visitor_keys`). A
//! `rate_limit` by address bounds their new reservations, and attempts with wrong tokens.
//!
//! Without tokens every client may do everything, so the server listens on loopback only
//! ([`Tokens::may_listen`]).

mod admitted;
mod entry;
mod file;
mod follow;
mod grant;
mod locked_file;
mod network;
mod permission;
mod rate_limit;
mod registry;
mod role;
mod secret;
mod sources;
mod visitor_keys;
mod visitor_limits;
mod visitor_places;
mod visitors;
mod whole_file;

pub(crate) use admitted::Admitted;
pub use entry::{MAX_TOKENS, TokenEntry};
pub use file::{TokenFile, TokensError};
pub(crate) use follow::follow;
pub use grant::Grant;
pub(crate) use network::Network;
pub use registry::AuthError;
pub(crate) use registry::TokenRegistry;
pub use role::{Role, RoleName};
pub use secret::Hash;
pub use sources::{Sources, Tokens, Unprotected};
pub use visitor_keys::{VisitorKey, VisitorKeyFile, VisitorKeysError};
pub(crate) use visitor_limits::VisitorLimits;
pub use visitors::VisitorKeys;
pub(crate) use visitors::Visitors;
