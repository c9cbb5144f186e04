//! How much happened in trials.

use std::ops::AddAssign;
use strum::VariantArray;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray)]
pub(super) enum Counted {
    Changes,
    Decided,
    Unknown,
    NotApplied,
    Failovers,
    Restarts,
    /// Appends that were sent again.
    Resent,
    Writes,
    Pauses,
    /// Times that watchers were told of a gap.
    Gaps,
    /// Of these, for the sake of a trimmed log.
    Trims,
    Snapshots,
    /// Snapshots that were not kept: another one was newer, or the log another one.
    SnapshotsLeft,
    Unloads,
    Sleeps,
    /// Looks at a settled state while the copy was in doubt.
    Doubts,
    /// Answers that were given and lost: only with an asynchronous standby.
    Lost,
}

const COUNT: usize = Counted::VARIANTS.len();

/// How much happened.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures([u64; COUNT]);

impl Figures {
    pub(super) const fn add(&mut self, figure: Counted, count: u64) {
        self.0[figure as usize] += count;
    }

    pub(super) const fn count(&mut self, figure: Counted) {
        self.add(figure, 1);
    }

    pub(super) const fn of(&self, figure: Counted) -> u64 {
        self.0[figure as usize]
    }

    /// Whether everything happened that may.
    pub(super) fn is_whole(&self) -> bool {
        self.0[..Counted::Lost as usize].iter().all(|count| *count > 0)
    }
}

impl AddAssign for Figures {
    fn add_assign(&mut self, more: Self) {
        self.0.iter_mut().zip(more.0).for_each(|(sum, more)| *sum += more);
    }
}

impl std::fmt::Debug for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = Counted::VARIANTS.iter().map(|figure| (figure, self.of(*figure)));
        f.debug_map().entries(all).finish()
    }
}
