//! The load generator of Boxoffice: `boxoffice bench`.
//!
//! - [`workload`] says what is asked, [`pacing`] when. Both are pure.
//! - [`worker`] is a thread: one epoll loop over its [`lines`], each a [`connection`] with the
//!   [`slots`] of what it waits for. Its [`asker`] joins workload, pace and [`tally`].
//! - [`crew`] is all threads; [`run`](mod@run) is what happens from the first event to the table.
//! - [`record`] keeps the [`history`] of replies, [`verify`] judges it.
//! - [`result`](mod@result) is what a run came to; [`summary`] makes it, [`table`], [`report`] and
//!   [`compare`] show it.

#![forbid(unsafe_code)]

pub mod args;
mod asker;
mod clock;
mod compare;
mod connection;
mod cpu;
mod crew;
mod error;
mod events;
mod exchange;
mod find_max;
mod history;
mod lines;
mod live;
mod numbers;
pub mod output;
mod pacing;
mod progress;
mod record;
mod report;
mod result;
mod run;
mod slots;
mod summary;
mod table;
mod tally;
pub mod time;
mod timer;
mod verify;
mod worker;
mod workload;

pub use connection::Target;
pub use error::LoadError;
pub use workload::Mix;

use args::{BenchArgs, Instead};
use output::{Output, Table, left, text};
use std::io;

/// How a run ended that could be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did all that it was asked for.
    Done,
    /// The server was not right.
    Wrong,
    /// A person ended it early.
    Interrupted,
}

/// Does what `bench` says.
///
/// # Errors
/// [`LoadError`] says why it was not done.
pub async fn run(target: Target, args: BenchArgs, output: &Output) -> Result<Ended, LoadError> {
    if args.list {
        list(output).map_err(LoadError::Output)?;
        return Ok(Ended::Done);
    }
    if let Some(Instead::Compare { a, b }) = &args.instead {
        let comparison = compare::compare(&compare::read(a)?, &compare::read(b)?);
        compare::show(&comparison, output).map_err(LoadError::Output)?;
        return Ok(Ended::Done);
    }
    run::run(target, args, output).await
}

impl BenchArgs {
    /// Whether a server is needed.
    pub fn is_run(&self) -> bool {
        self.instead.is_none() && !self.list
    }
}

/// Explains every workload.
fn list(output: &Output) -> io::Result<()> {
    if output.is_json() {
        return workload::ALL.iter().try_for_each(|about| {
            output.json(&serde_json::json!({ "workload": about.word, "asks": about.asks }))
        });
    }
    let mut table =
        Table::new(&[left("workload"), text("asks for"), text("if not said otherwise")]);
    for about in &workload::ALL {
        let events = if about.events == 1 { "event" } else { "events" };
        let places = about.size.places();
        let size = format!("{} {events} of {places} places", about.events);
        table.row([about.word.to_owned(), about.asks.to_owned(), size]);
    }
    table.print(output)
}
