//! How much happened, so that a run can tell that it tested something.

use crate::claims::Heard;
use std::fmt;
use std::ops::AddAssign;

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Counts of what happened.
        #[derive(Debug, Clone, Copy, Default)]
        pub(crate) struct Figures {
            $($(#[$doc])* pub(crate) $name: u64,)*
        }

        impl Figures {
            /// Every figure with its name.
            pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }
        }

        impl AddAssign for Figures {
            fn add_assign(&mut self, other: Self) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

figures! {
    /// Runs, each with a seed of its own.
    seeds,
    /// Choices of what happens next.
    steps,
    /// Requests that were sent, those included that were sent again.
    requests,
    /// Replies that reached their clients.
    replies,
    applied,
    unchanged,
    refused,
    /// Requests that their principal may not make.
    not_allowed,
    /// Replies that said that the outcome is unknown.
    unknown,
    /// Requests that were sent again because their outcome was unknown.
    asked_again,
    /// Pushes that watchers were sent.
    pushes,
    gaps,
    /// Changes that became durable.
    changes,
    /// Holds that the sweeper expired, and visits of it in all.
    sweeps,
    /// Connections that were cut.
    cuts,
    kills,
    power_losses,
    clean_stops,
    /// Stops that met a failing or full disk.
    failed_stops,
    starts,
    /// Starts that met a failing disk, or died.
    failed_starts,
    /// Faults that the disk was told to have.
    faults,
    /// Ledgers that failed of them.
    failures,
}

impl Figures {
    pub(crate) fn hear(&mut self, heard: Heard) {
        match heard {
            Heard::Applied => self.applied += 1,
            Heard::Unchanged => self.unchanged += 1,
            Heard::Refused => self.refused += 1,
            Heard::NotAllowed => self.not_allowed += 1,
            Heard::Unknown => self.unknown += 1,
            Heard::Nothing => {}
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, count)) in self.all().enumerate() {
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{count} {}", name.replace('_', " "))?;
        }
        Ok(())
    }
}
