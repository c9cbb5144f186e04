//! What can happen next in a trial.

use super::engine::EngineAnswer;
use super::snapshotting::SnapshotWork;
use crate::store_call::StoreCall;

/// What happens in a trial.
#[derive(Debug)]
pub(super) enum Happening {
    /// A request comes to a server.
    Asked,
    /// What a server asked comes to the engine, which answers, if the answer is not lost.
    Arrives {
        server: usize,
        number: u64,
        call: StoreCall,
        answers: bool,
    },
    Answered {
        server: usize,
        number: u64,
        answer: EngineAnswer,
    },
    GivenUp {
        server: usize,
        number: u64,
    },
    /// A server looks for deadlines, and for what others appended.
    Ticks {
        server: usize,
    },
    FailsOver,
    /// A server stands still for a while.
    Sleeps {
        server: usize,
    },
    Wakes,
    /// An asynchronous standby comes to what its primary has.
    Replicates,
    /// A server goes on with a snapshot.
    Snapshots {
        server: usize,
        work: SnapshotWork,
    },
    Restarts {
        server: usize,
    },
}

impl Happening {
    /// The server that has to be awake for it.
    pub(super) const fn needs(&self) -> Option<usize> {
        match self {
            Self::Answered { server, .. }
            | Self::GivenUp { server, .. }
            | Self::Ticks { server }
            | Self::Snapshots { server, .. } => Some(*server),
            _ => None,
        }
    }
}
