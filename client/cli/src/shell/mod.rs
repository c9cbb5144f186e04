//! The shell: the same commands at a prompt, with history, completion and a countdown of holds; or
//! from a script on stdin.
//!
//! - [`mod@line`] parses a line without a server, [`session`] runs it.
//! - [`terminal`] and [`script`] are the two sources of lines; [`mod@run`] chooses between them.

mod completion;
mod customer_holds;
mod line;
mod run;
mod script;
mod session;
mod terminal;

pub(crate) use run::run;
