//! What a run shows while it goes on: one line on stderr, only at a terminal.

use super::live::Live;
use crate::output::Output;
use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, interval};

/// How often the line is drawn.
const EVERY: Duration = Duration::from_millis(200);

/// A line that tells how a run goes. It is gone when the last clone is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    output: Output,
}

impl Progress {
    /// A line that says nothing yet.
    pub(crate) fn new(output: &Output) -> Self {
        // Hidden by itself where stderr is no terminal.
        let bar = ProgressBar::new_spinner().with_style(
            ProgressStyle::with_template("{spinner} {elapsed:>3} {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_spinner()),
        );
        Self { bar, output: *output }
    }

    /// Says what is being done.
    pub(crate) fn say(&self, what: &'static str) {
        self.bar.set_message(what);
        self.bar.tick();
    }

    /// A message that stays.
    pub(crate) fn note(&self, message: &str) {
        self.bar.suspend(|| self.output.note(message));
    }

    /// Follows a run until the handle is aborted.
    pub(crate) fn follow(&self, live: Arc<Live>) -> AbortHandle {
        let bar = self.bar.clone();
        let follow = async move {
            let mut ticks = interval(EVERY);
            let mut before = (live.so_far(), ticks.tick().await);
            loop {
                let now: Instant = ticks.tick().await;
                let (answers, refusals) = live.so_far();
                let ((answers_before, _), then) = before;
                let rate = (answers - answers_before) as f64 / (now - then).as_secs_f64();
                bar.set_message(format!("{rate:>9.0}/s  {answers} answers, {refusals} refused"));
                bar.tick();
                before = ((answers, refusals), now);
            }
        };
        tokio::spawn(follow).abort_handle()
    }

    /// Takes the line away.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
