//! Answers do not depend on the way to be durable: requests that are decided on a copy, with their
//! changes gathered as one batch, come to the same as requests that are decided one by one.

use super::harness::*;
use crate::decision::EXPIRY_SEATS;
use crate::model::Model;
use crate::model::dice::{Dice, seeds};
use crate::model::fixtures::some_hall;
use crate::model::random_command::RandomCommands;
use crate::places_of::PlacesOf;
use crate::{Answered, ChangeSink, Command, Decision, EXPIRY_CHUNK, Inventory, answer};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Force;
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// A copy that ends at some version, and the changes that follow it.
struct Batch {
    copy: Inventory,
    changes: Vec<Recorded>,
    now: Timestamp,
    turns: usize,
    is_full: bool,
}

impl Batch {
    /// The answer, after as many turns as it takes. A turn expires one chunk at most.
    fn answer(&mut self, command: &Command<'_>) -> Body {
        loop {
            let before = self.changes.len();
            let answered = answer(self, command, self.now, &RULES);
            let ids = |one: &'_ Recorded| match &one.change {
                Change::Expired { ids } => ids.to_vec(),
                _ => vec![],
            };
            let expired: Vec<_> = self.changes[before..].iter().flat_map(ids).collect();
            assert!(expired.len() <= EXPIRY_CHUNK, "{} expiries in one turn", expired.len());
            let seats: usize = expired.iter().map(|id| self.seats_of(id)).sum();
            assert!(seats < EXPIRY_SEATS + 100, "{seats} seats in one turn");
            self.turns += 1;
            match answered {
                Answered::Body(body) => return body,
                Answered::Again => assert!(!expired.is_empty(), "nothing was done in a turn"),
            }
        }
    }
}

impl Batch {
    fn on(copy: Inventory) -> Self {
        Self { copy, changes: vec![], now: BEGIN, turns: 0, is_full: false }
    }

    /// The seats that a hold had which expired.
    fn seats_of(&self, id: &ReservationId) -> usize {
        match self.copy.book.places(self.copy.book.slot(id)) {
            PlacesOf::Seats(seats) => seats.len(),
            PlacesOf::Standing { .. } => 0,
        }
    }
}

impl ChangeSink for Batch {
    fn inventory(&self) -> &Inventory {
        &self.copy
    }

    fn expire(&mut self, expiry: Change) -> Result<(), UnavailableWhy> {
        let happens = matches!(
            expiry,
            Change::Expired { .. } | Change::SalesMoved { .. } | Change::Forfeited { .. }
        );
        assert!(happens, "{expiry:?} does not happen by itself");
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
            Decision::ExpireFirst(expiry) => apply(inventory, expiry),
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
        None => match *command {
            Command::ConfirmOrder { order } => {
                let reservations = inventory.of_order(order, now).into();
                Body::OrderConfirmed { reservations, effect }
            }
            _ => Body::EventSaved { effect },
        },
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
        let (spec, hall) = some_hall(&mut dice);
        let change = Change::Created(Box::new(spec.clone()));
        let log = vec![Recorded { version: 1, at: BEGIN, principal: None, change }];
        let mut model = Model::new(spec, hall.clone(), BEGIN);
        let created = || replay_in(std::slice::from_ref(&hall), &log);
        let (mut single, mut settled) = (created(), created());
        let mut batch = Batch::on(created());
        let mut commands = RandomCommands::new(dice.clone());
        for _ in 0..200 {
            batch.now = batch.now.plus(Duration::from_millis(dice.below(2_000)));
            let command = commands.next(&model, batch.now);
            let (command, taken) = (command.command(), batch.changes.len());
            let expected = one_by_one(&mut single, &command, batch.now);
            let now = batch.now;
            assert_eq!(batch.answer(&command), expected);
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

#[test]
fn law_5_a_turn_expires_one_chunk_and_turns_change_no_answer() {
    let mut turns = Vec::new();
    for seed in seeds(40) {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let (size, holds) = (dice.of(1..40), dice.of(1..200));
        let mut desk = Harness::open(event("stalls=40x50 floor=9000"));
        for number in 0..holds.into() {
            let places = dice.of(1..size + 1);
            let selection = if dice.once_in(3) { standing(places) } else { best(places) };
            let _ = desk.hold(number, if dice.once_in(2) { "ann" } else { "bob" }, &selection);
        }
        desk.wait(HOUR);
        let selection = match dice.below(4) {
            0 => seats("A25 B25 C25 D25 E25 F25"),
            1 => standing(100),
            _ => best(dice.of(1..101)),
        };
        let (id, customer) = (id(1_000), customer("ann"));
        let (customer, selection) = (customer.borrowed(), &selection);
        let hold =
            Command::Hold { id, fingerprint: 0, customer, selection, ttl: None, order: None };
        let delete = Command::Delete { force: Force::No };
        let command = if dice.once_in(5) { delete } else { hold };
        let mut batch = Batch::on(replay(&desk.log));
        batch.now = desk.now;
        let expected = one_by_one(&mut desk.inventory, &command, desk.now);
        assert_eq!(batch.answer(&command), expected, "{command:?}");
        assert_eq!(desk.inventory.difference(&batch.copy), None);
        batch.copy.invariants();
        turns.push(batch.turns);
    }
    assert!(turns.iter().any(|&turns| turns > 2), "few turns were taken: {turns:?}");
}
