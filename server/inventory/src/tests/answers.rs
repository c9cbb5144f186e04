//! Answers do not depend on the way to be durable: requests that are decided on a copy, with their
//! changes gathered as one batch, come to the same as requests that are decided one by one.

use super::harness::{BEGIN, RULES, replay};
use crate::model::Model;
use crate::model::dice::{Dice, seeds};
use crate::model::fixtures::some_event;
use crate::model::random_command::RandomCommands;
use crate::{Answered, ChangeSink, Command, Decision, Inventory, answer};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// A copy that ends at some version, and the changes that follow it.
struct Batch {
    copy: Inventory,
    changes: Vec<Recorded>,
    now: Timestamp,
    is_full: bool,
}

impl ChangeSink for Batch {
    fn inventory(&self) -> &Inventory {
        &self.copy
    }

    fn expire(&mut self, expiry: Change) -> Result<(), UnavailableWhy> {
        assert!(matches!(expiry, Change::Expired { .. }), "{expiry:?}");
        self.make(expiry)
    }

    fn make(&mut self, change: Change) -> Result<(), UnavailableWhy> {
        if self.is_full {
            return Err(UnavailableWhy::Backlog);
        }
        let version = self.copy.version() + 1;
        let recorded = Recorded { version, at: self.now, principal: None, change };
        self.copy.apply(&recorded);
        self.changes.push(recorded);
        Ok(())
    }
}

/// The answer of a server that applies every change at once.
fn one_by_one(inventory: &mut Inventory, command: &Command<'_>, now: Timestamp) -> Body {
    let apply = |inventory: &mut Inventory, change| {
        let version = inventory.version() + 1;
        inventory.apply(&Recorded { version, at: now, principal: None, change });
    };
    let decided = loop {
        match inventory.decide(command, now, &RULES) {
            Decision::ExpireFirst(due) => due.into_iter().for_each(|one| apply(inventory, one)),
            Decision::Answer(answer) => break answer,
        }
    };
    let effect = match decided {
        Err(refusal) => return Body::Refused(refusal),
        Ok(None) => Effect::Unchanged,
        Ok(Some(change)) => {
            apply(inventory, change);
            Effect::Applied
        }
    };
    match command.reservation() {
        None => Body::EventSaved { effect },
        Some((id, _)) => {
            let reservation = Box::new(inventory.reservation(&id, now).expect("it was shown"));
            Body::Reservation { reservation, effect }
        }
    }
}

#[test]
fn a_batch_on_a_copy_answers_as_single_changes_do() {
    let mut refused = 0;
    for seed in seeds(20) {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let spec = some_event(&mut dice);
        let change = Change::Created(Box::new(spec.clone()));
        let log = vec![Recorded { version: 1, at: BEGIN, principal: None, change }];
        let mut model = Model::new(spec);
        let (mut single, mut settled) = (replay(&log), replay(&log));
        let mut batch = Batch { copy: replay(&log), changes: vec![], now: BEGIN, is_full: false };
        let mut commands = RandomCommands::new(dice.clone());
        for _ in 0..200 {
            batch.now = batch.now.plus(Duration::from_millis(dice.below(2_000)));
            let command = commands.next(&model, batch.now);
            let (command, taken) = (command.command(), batch.changes.len());
            let expected = one_by_one(&mut single, &command, batch.now);
            let now = batch.now;
            assert_eq!(answer(&mut batch, &command, now, &RULES), Answered::Body(expected));
            batch.changes[taken..].iter().for_each(|one| model.apply(&one.change, one.at));
            if dice.once_in(10) {
                // The batch is appended: other servers apply it.
                batch.changes.drain(..).for_each(|recorded| settled.apply(&recorded));
                assert_eq!(settled.difference(&batch.copy), None);
            }
            if dice.once_in(20) {
                batch.is_full = true;
                let command = commands.next(&model, now);
                let said = answer(&mut batch, &command.command(), now, &RULES);
                let why = UnavailableWhy::Backlog;
                let unavailable = Answered::Body(Body::Refused(Refusal::Unavailable { why }));
                refused += u32::from(said == unavailable);
                assert_eq!(single.difference(&batch.copy), None, "nothing was applied");
                batch.is_full = false;
            }
        }
        assert_eq!(single.difference(&batch.copy), None);
    }
    assert!(refused > 0, "no change was refused");
}
