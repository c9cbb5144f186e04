//! The shell: the same commands at a prompt, with history, completion and a countdown of holds; or
//! from a script on stdin.
//!
//! - [`mod@line`] parses a line without a server, [`session`] runs it.
//! - [`other_shells`] completes lines that are typed elsewhere.
//! - [`terminal`] and [`script`] are the two sources of lines; [`mod@run`] chooses between them.

mod completion;
mod customer_holds;
mod line;
mod other_shells;
mod run;
mod script;
mod session;
mod terminal;

pub(crate) use other_shells::{complete, completions};
pub(crate) use run::run;
