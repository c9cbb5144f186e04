//! The load generator: `boxoffice bench`.
//!
//! - [`workload`] says what is asked, [`pacing`] when. Both are pure.
//! - [`worker`] is a thread: one epoll loop over its [`lines`], each a [`connection`] with the
//!   [`slots`] of what it waits for. Its [`asker`] joins workload, pace and [`tally`].
//! - [`crew`] is all threads; [`run`](mod@run) is what happens from the first event to the table.
//! - [`record`] keeps the [`history`] of replies, [`verify`] judges it.
//! - [`result`](mod@result) is what a run came to; [`summary`] makes it, [`table`], [`report`] and
//!   [`compare`] show it.

mod args;
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
mod timer;
mod verify;
mod worker;
mod workload;

pub(crate) use args::BenchArgs;
pub(crate) use error::BenchError;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::help::NO_TLS_BENCH;
use crate::output::{Output, Table, left, text};
use args::Instead;
use std::io;

/// Does what `bench` says.
///
/// # Errors
/// [`Failure`] says why it was not done.
pub(crate) async fn run(global: Global, args: BenchArgs, output: &Output) -> Result<Exit, Failure> {
    if let Some(Instead::Compare { a, b }) = &args.instead {
        let unusable = |error: compare::CompareError| Failure::Usage(error.to_string());
        let (a, b) = (compare::read(a).map_err(unusable)?, compare::read(b).map_err(unusable)?);
        compare::show(&compare::compare(&a, &b), output)?;
        return Ok(Exit::Done);
    }
    if args.list {
        list(output)?;
        return Ok(Exit::Done);
    }
    if global.wants_tls() {
        return Err(Failure::Usage(NO_TLS_BENCH.to_owned()));
    }
    run::run(global, args, output).await
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
