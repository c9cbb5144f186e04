//! Who is asking, and what they may do.
//!
//! A *token* is a secret of 256 random bits; an [`Entry`] is what the server keeps of one: its name,
//! its [`Role`] and a [`struct@Hash`]. Entries come from [`Sources`]: a file that commands change and a
//! running server follows (`follow`), and the environment. `Auth` gives whoever shows a token a
//! [`Grant`], and only a grant turns a request into an `Admitted` one, which is all that the desk
//! takes. What each role may ask is in `permission`, and nowhere else.
//!
//! A browser that shows no token may be one of the `visitors`, each of whom acts for a customer of its
//! own. They keep a `pace`, by where they come from; so does whoever shows wrong tokens.
//!
//! Without tokens everybody may do everything, and so the server listens on loopback only
//! ([`Tokens::may_listen`]).

mod entry;
mod file;
mod follow;
mod grant;
mod known;
mod pace;
mod permission;
mod role;
mod secret;
mod sources;
mod visitors;

pub use entry::{Entry, MAX_TOKENS};
pub use file::{TokenFile, TokensError};
pub(crate) use follow::follow;
pub use grant::Grant;
pub(crate) use known::Auth;
pub use known::Refused;
pub(crate) use permission::Admitted;
pub use role::{Role, RoleName};
pub use secret::Hash;
pub use sources::{Place, Sources, Tokens, Unprotected};
pub(crate) use visitors::Visitors;
