//! The engine's answers to what an actor asked.

use crate::actor::{EventActor, Phase};
use crate::copy::Misfit;
use crate::loading::LoadedCopy;
use crate::poke::Poke;
use crate::request::{EventRequest, NotApplied};
use boxoffice_mutants::{self as mutants, Mutant};
use boxoffice_store::{Batch, Divergence, End, Outcome, Read, StoreError};

/// Loads in a row without seeing the log end where they end, before their requests are refused.
const MAX_LOADS: u32 = 3;

impl<R: EventRequest> EventActor<R> {
    /// The answer to [`StoreCall::Append`](crate::StoreCall::Append).
    pub fn appended(&mut self, outcome: Result<Outcome, StoreError>) {
        let Phase::Appending { batch, attempt } = self.answered() else { return };
        let is_first = attempt == 1;
        match outcome {
            Ok(Outcome::Appended) => self.won(batch.end(), is_first),
            Ok(Outcome::Beaten { since, is_all }) => self.lost(&since, is_all),
            Ok(Outcome::Diverged(Divergence::Trimmed)) if !is_first => self.trimmed_behind_sent(),
            Ok(Outcome::Diverged(why)) => self.diverged(why),
            Ok(Outcome::Ahead { now_ms }) if is_first => {
                self.give_up(&NotApplied::ClockAhead { now_ms });
            }
            Err(error) if is_first => self.give_up(&NotApplied::Store(error)),
            Ok(Outcome::Unknown(_)) if mutants::on(Mutant::UnknownLookedUp) => {
                self.draft.discard(&mut self.copy);
                self.phase = Phase::Confirming { proves: false, sent: true };
            }
            // Once an outcome was unknown, only one that is about this batch settles it.
            Ok(Outcome::Unknown(_) | Outcome::Ahead { .. }) | Err(_) => {
                let batch =
                    if mutants::on(Mutant::DecidedTwice) { self.renamed(&batch) } else { batch };
                self.phase = Phase::Appending { batch, attempt: attempt + 1 };
            }
        }
    }

    /// The answer to [`StoreCall::End`](crate::StoreCall::End).
    pub fn ends_at(&mut self, end: Result<Option<End>, StoreError>) {
        let Phase::Confirming { proves, sent } = self.answered() else { return };
        let own = self.copy.end();
        match end {
            Ok(end) if end == own && sent && mutants::on(Mutant::UnknownLookedUp) && !proves => {
                self.requests.refuse_round(&NotApplied::TooLate);
            }
            Ok(end) if end == own => {
                self.poked.answer();
                self.in_doubt &= !proves;
                self.phase = self.settle(sent);
            }
            Ok(Some(end)) if end.version > self.copy.version() => {
                self.poked.again();
                self.phase = Phase::Following { proves, sent };
            }
            Ok(Some(end)) if end.version == self.copy.version() => {
                self.diverged(Divergence::OtherBatch);
            }
            Ok(_) => self.diverged(Divergence::Shorter),
            Err(_) if sent => self.phase = Phase::Proving { attempt: 2, sent },
            Err(error) => {
                self.poked.answer();
                self.requests.refuse_round(&NotApplied::Store(error));
            }
        }
    }

    /// The answer to [`StoreCall::Snapshot`](crate::StoreCall::Snapshot), loaded.
    pub fn loaded(&mut self, loaded: Result<LoadedCopy, NotApplied>) {
        let Phase::Loading = self.answered() else { return };
        match loaded {
            Ok(loaded) => {
                self.snapshot_taken(loaded.snapshot_version());
                self.in_doubt = loaded.snapshot.is_some() && !mutants::on(Mutant::OthersTrusted);
                self.copy = loaded.copy;
                self.phase = Phase::CatchingUp;
            }
            Err(why) => {
                self.phase = Phase::Loading;
                self.cannot_load(&why);
            }
        }
    }

    /// The answer to [`StoreCall::Read`](crate::StoreCall::Read), with at most
    /// [`READ_LIMIT`](crate::READ_LIMIT)
    /// batches.
    pub fn read(&mut self, read: Result<Read, StoreError>) {
        match self.answered() {
            Phase::CatchingUp => self.read_to_catch_up(read),
            Phase::Following { proves, sent } => self.read_to_follow(read, proves, sent),
            _ => {}
        }
    }

    fn read_to_catch_up(&mut self, read: Result<Read, StoreError>) {
        self.phase = Phase::CatchingUp;
        let (batches, is_all) = match read {
            Ok(Read::Batches(batches)) => (batches, true),
            Ok(Read::Part(batches)) => (batches, false),
            Ok(Read::Trimmed) => return self.load_again(&NotApplied::Trimmed),
            Err(error) => return self.cannot_load(&NotApplied::Store(error)),
        };
        if let Err(misfit) = self.follow(&batches) {
            return self.load_again(&NotApplied::Log(misfit));
        }
        if is_all {
            self.phase = Phase::Idle;
            // What is shown first is confirmed, like everything else.
            self.poked = Poke::Wanted;
        }
    }

    fn cannot_load(&mut self, why: &NotApplied) {
        self.loads = 0;
        self.poked = Poke::None;
        self.requests.refuse_all(why);
    }

    /// Drops the copy, to load the event again, unless that was in vain several times.
    fn load_again(&mut self, why: &NotApplied) {
        self.copy = self.copy.restarted();
        self.phase = Phase::Loading;
        self.poked = Poke::Wanted;
        self.loads += 1;
        if self.loads > MAX_LOADS {
            self.cannot_load(why);
        }
    }

    fn read_to_follow(&mut self, read: Result<Read, StoreError>, proves: bool, sent: bool) {
        let (batches, is_all) = match read {
            Ok(Read::Batches(batches)) => (batches, true),
            Ok(Read::Part(batches)) => (batches, false),
            Ok(Read::Trimmed) if sent => return self.trimmed_behind_sent(),
            Ok(Read::Trimmed) => return self.diverged(Divergence::Trimmed),
            Err(_) if sent => return self.phase = Phase::Proving { attempt: 2, sent },
            Err(error) => {
                self.poked = Poke::None;
                return self.requests.refuse_round(&NotApplied::Store(error));
            }
        };
        let goes_on = batches.first().is_some_and(|next| self.copy.is_followed_by(next));
        if sent && !(proves && goes_on) {
            // The round's changes are in the log, or a failover has taken them.
            return match batches.is_empty() {
                true => self.phase = Phase::Proving { attempt: 2, sent },
                false => self.diverged(Divergence::OtherBatch),
            };
        }
        if proves && goes_on {
            // The copy's end was in the log after the write, so it is durable.
            self.in_doubt = false;
            self.requests.answer_fresh(sent);
            self.unshown.show(&mut self.copy);
        }
        if self.follow(&batches).is_err() {
            return self.diverged(Divergence::OtherBatch);
        }
        if is_all {
            // Where nothing is behind the copy any more, the end is looked at again.
            self.requests.decide_again(!batches.is_empty());
        } else {
            self.phase = Phase::Following { proves: false, sent: false };
        }
    }

    /// The answer to [`StoreCall::Write`](crate::StoreCall::Write).
    pub fn written(&mut self, written: &Result<(), StoreError>) {
        let Phase::Proving { attempt, sent } = self.answered() else { return };
        self.phase = match written {
            Ok(()) => Phase::Confirming { proves: true, sent },
            Err(_) => Phase::Proving { attempt: attempt + 1, sent },
        };
    }

    /// The answer to [`StoreCall::Pause`](crate::StoreCall::Pause).
    pub fn paused(&mut self) {
        let Phase::Pausing = self.answered() else { return };
        self.phase = Phase::Idle;
    }

    /// What was asked for, which is answered now.
    fn answered(&mut self) -> Phase {
        debug_assert!(self.is_out, "an answer has a question");
        self.is_out = false;
        self.unshown.put_back(&mut self.copy);
        std::mem::replace(&mut self.phase, Phase::Idle)
    }

    /// The batch is in the log. An append that was sent once is acknowledged, and makes certain what
    /// came before it; one that was found there may have come with a write that was cut off.
    fn won(&mut self, end: End, is_acknowledged: bool) {
        let changes = self.draft.keep(&mut self.copy);
        self.copy.keep(&changes, end);
        self.unshown.add(changes);
        self.poked.answer();
        self.in_doubt = !is_acknowledged && !mutants::on(Mutant::OthersTrusted);
        self.phase = self.settle(true);
    }

    /// Another batch is in the log instead: the same requests are decided again behind it. Where more
    /// came than was told of, that is not where the log ends.
    fn lost(&mut self, since: &[Batch], is_all: bool) {
        self.draft.discard(&mut self.copy);
        self.poked.again();
        self.contended = true;
        match self.follow(since) {
            Ok(()) => self.requests.decide_again(is_all),
            Err(_) => self.diverged(Divergence::OtherBatch),
        }
    }

    /// Nothing of the batch was applied, and nothing will be.
    fn give_up(&mut self, why: &NotApplied) {
        self.draft.discard(&mut self.copy);
        self.poked.again();
        self.requests.refuse_round(why);
    }

    fn follow(&mut self, batches: &[Batch]) -> Result<(), Misfit> {
        for batch in batches {
            let changes = self.copy.follow(batch)?;
            self.unshown.add(changes);
            self.in_doubt = !mutants::on(Mutant::OthersTrusted);
        }
        Ok(())
    }

    /// The same changes as another batch: a [`Mutant`].
    fn renamed(&mut self, batch: &Batch) -> Batch {
        let (log, end, count) = (batch.log().clone(), self.copy.end(), self.draft.changes().len());
        Batch::new(log, end, self.ids.next(), count as u64, batch.at_ms(), batch.body())
    }

    /// The log was trimmed where it had a batch that was sent, or may have had it: no one can tell
    /// any more, so its requests are never decided again.
    fn trimmed_behind_sent(&mut self) {
        self.requests.leave_open();
        self.diverged(Divergence::Trimmed);
    }

    /// Drops the copy, to load the event again and decide the requests on it.
    fn diverged(&mut self, why: Divergence) {
        self.draft.discard(&mut self.copy);
        self.requests.decide_again(false);
        self.requests.doubt_all();
        self.unshown.diverged(why);
        self.in_doubt = false;
        self.load_again(&NotApplied::Diverged(why));
    }
}
