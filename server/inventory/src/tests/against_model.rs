//! Random commands and times, to an inventory and to the model: they must come to the same.
//!
//! Thousands of commands in a debug build, millions in a release build. A failure is preceded by
//! its seed; `BOXOFFICE_SEED=…` runs that one only.

use super::harness::{AGENTS, BEGIN, HOUR, RULES, replay_in};
use crate::model::dice::{Dice, seeds};
use crate::model::fixtures::some_hall;
use crate::model::random_command::{RandomCommand, RandomCommands};
use crate::model::{Answer, Booked, Model, without_reason};
use crate::{Decision, EXPIRY_CHUNK, Hall, HoldRules, Inventory, ReservationSearch};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{EventDetails, EventSpec, Publication, SeatMap};
use boxoffice_protocol::limits::MAX_ID_AGE_MS;
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Reservation, Status};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::collections::BTreeMap;

const SEEDS: u64 = if cfg!(debug_assertions) { 40 } else { 4_000 };
const COMMANDS: u32 = if cfg!(debug_assertions) { 250 } else { 600 };

/// Everything that can be seen of an inventory, but for the order of its lists.
#[derive(Debug, PartialEq)]
struct Dump {
    reservations: Vec<Reservation>,
    details: EventDetails,
    seats: SeatMap,
    version: u64,
    deleted: bool,
    live: u64,
    next_due: Option<Timestamp>,
}

fn dump(inventory: &Inventory, now: Timestamp) -> Dump {
    let (mut reservations, next) =
        inventory.reservations(0, ReservationSearch::default(), now, 100_000);
    assert_eq!(next, None, "more reservations than were ever made");
    reservations.sort_by_key(|one| one.id);
    Dump {
        reservations,
        details: inventory.details(),
        seats: inventory.seat_map(),
        version: inventory.version(),
        deleted: inventory.is_deleted(),
        live: inventory.live(),
        next_due: inventory.next_due(),
    }
}

/// Changes that a trial takes back at once, at most; those before them are sealed.
const MOST_TAKEN_BACK: usize = 40;

struct Trial {
    inventory: Inventory,
    model: Model,
    log: Vec<Recorded>,
    /// One for each creation.
    halls: Vec<Hall>,
    now: Timestamp,
    answers: BTreeMap<&'static str, u32>,
}

impl Trial {
    fn new(spec: &EventSpec, hall: Hall) -> Self {
        let change = Change::Created(Box::new(spec.clone()));
        let log = vec![Recorded { version: 1, at: BEGIN, principal: None, change }];
        Self {
            inventory: replay_in(std::slice::from_ref(&hall), &log),
            model: Model::new(spec.clone(), hall.clone(), BEGIN),
            log,
            halls: vec![hall],
            now: BEGIN,
            answers: BTreeMap::new(),
        }
    }

    fn apply(&mut self, change: &Change) {
        let version = self.inventory.version() + 1;
        let recorded = Recorded { version, at: self.now, principal: None, change: change.clone() };
        self.inventory.apply(&recorded);
        self.inventory.seal(version.saturating_sub(MOST_TAKEN_BACK as u64));
        self.inventory.invariants();
        self.model.apply(change, self.now);
        self.log.push(recorded);
    }

    /// Creates the event again after its deletion.
    fn create_again(&mut self, spec: EventSpec, hall: Hall) {
        let version = self.inventory.version() + 1;
        let change = Change::Created(Box::new(spec.clone()));
        self.log.push(Recorded { version, at: self.now, principal: None, change });
        self.halls.push(hall.clone());
        self.inventory = self.replay(&self.log);
        self.model = self.model.created_again(spec, hall, self.now);
    }

    /// Asks both, and lets what comes of it happen to both.
    fn ask(&mut self, random: &RandomCommand, rules: &HoldRules) {
        let command = random.command();
        self.model.assured_places = rules.assured_places;
        self.model.is_bound_by_window = rules.window;
        self.model.sees_drafts = rules.sees_drafts;
        let mut expected = without_reason(self.model.decide(&command, self.now));
        let version = self.model.version;
        let answer = loop {
            match self.inventory.decide(&command, self.now, rules) {
                Decision::Answer(answer) => break answer,
                Decision::ExpireFirst(due) => self.happen(&due),
            }
        };
        let is_at_version = matches!(random, RandomCommand::Update(Some(_), _));
        if is_at_version && version != self.model.version && expected != Ok(None) {
            // What was expired first is a version of its own, and not the one that was asked for.
            expected = Err(Refusal::VersionConflict { current: self.model.version });
        }
        assert_eq!(without_reason(answer.clone()), expected, "{random:?} at {:?}", self.now);
        *self.answers.entry(kind(&answer)).or_default() += 1;
        let shown = matches!(answer, Ok(_) | Err(Refusal::HoldExpired));
        if let Ok(Some(change)) = answer {
            self.apply(&change);
        }
        let one = random.id().and_then(|id| self.model.known(id, self.now));
        let unrecorded = one.is_some_and(|one| one.is_due(self.now));
        assert!(!(shown && unrecorded), "{random:?} was answered from an expiry without a record");
        let is_recorded = self.model.phase == self.model.terms.spec.sales_phase(self.now);
        let is_there = expected != Err(Refusal::EventNotFound);
        assert!(is_recorded || !is_there, "{random:?} was answered before sales moved");
    }

    /// What happens by itself is due in the model, too.
    fn happen(&mut self, due: &Change) {
        if let Change::Forfeited { id, .. } = due {
            let one = self.model.known(*id, self.now).expect("it is remembered");
            assert_eq!(one.status, Status::Expired, "{due:?}");
            assert!(!self.model.is_free_again(one, self.now), "{due:?}, and all is free");
            self.apply(due);
            return;
        }
        let &Change::SalesMoved { from, to } = due else { return self.expire(due) };
        let phase = self.model.terms.spec.sales_phase(self.now);
        assert_eq!((from, to), (self.model.phase, phase), "a move of the sales window");
        assert_ne!(from, to, "no move of the sales window");
        self.apply(due);
    }

    fn expire(&mut self, expiry: &Change) {
        let Change::Expired { ids } = expiry else { panic!("{expiry:?} is no expiry") };
        assert!(!ids.is_empty() && ids.len() <= EXPIRY_CHUNK);
        for id in ids {
            let due = self.model.known(*id, self.now).is_some_and(|one| one.is_due(self.now));
            assert!(due, "{id} is not due");
        }
        self.apply(expiry);
    }

    fn sweep(&mut self, most: usize) {
        let mut due = match self.inventory.due_chunk(self.now) {
            Some(Change::Expired { ids }) => ids.to_vec(),
            Some(moved @ Change::SalesMoved { .. }) => {
                self.happen(&moved);
                return self.sweep(most);
            }
            other => other.map_or_else(Vec::new, |other| panic!("{other:?} is no expiry")),
        };
        due.truncate(most);
        let mut expected: Vec<&Booked> =
            self.model.reservations.iter().filter(|one| one.is_due(self.now)).collect();
        expected.sort_by_key(|one| one.expires_at);
        expected.truncate(if self.model.deleted { 0 } else { most });
        assert_eq!(due.len(), expected.len(), "holds that are due");
        if !due.is_empty() {
            self.expire(&Change::Expired { ids: due.into() });
        }
    }

    fn let_time_pass(&mut self, dice: &mut Dice) {
        let ms = match dice.below(40) {
            0..25 => 0,
            25..37 => dice.below(3_000),
            37 => dice.below(200_000),
            38 if dice.once_in(4) => MAX_ID_AGE_MS - HOUR + dice.below(2 * HOUR),
            38 => 1,
            _ => {
                let next = self.inventory.next_due();
                let next = next.filter(|next| next.since(self.now) < Duration::from_hours(61 * 24));
                let until = next.map_or(0, |next| next.since(self.now).as_millis());
                let until = u64::try_from(until).expect("no such long hold");
                (until + dice.below(3)).saturating_sub(1)
            }
        };
        self.now = self.now.plus(Duration::from_millis(ms));
    }

    /// What is seen of the inventory is what the model has.
    fn compare(&self) {
        self.model.assert_seen(&self.inventory, self.now);
    }

    fn replay(&self, log: &[Recorded]) -> Inventory {
        replay_in(&self.halls, log)
    }

    /// Law 4: the log alone leads to the same state.
    fn replay_all(&self) -> Inventory {
        let again = self.replay(&self.log);
        again.invariants();
        let now = self.now;
        assert_eq!(dump(&again, now), dump(&self.inventory, now), "after a replay");
        again
    }

    /// Law 5: taking changes back leads to the state before them, and making them again to this
    /// one. The trial goes on with what comes of it.
    fn take_back_and_redo(&mut self, dice: &mut Dice) {
        let day = Duration::from_millis(MAX_ID_AGE_MS);
        let recent = self.log.iter().rev().take_while(|one| one.at.plus(day) > self.now).count();
        let created = |one: &Recorded| matches!(one.change, Change::Created(_));
        let since = self.log.iter().rev().take_while(|one| !created(one)).count();
        let most = recent.min(since).min(MOST_TAKEN_BACK);
        let kept = self.log.len() - usize::try_from(dice.below(most as u64 + 1)).expect("small");
        for recorded in self.log[kept..].iter().rev() {
            self.inventory.revert(recorded);
            self.inventory.invariants();
        }
        let shorter = self.replay(&self.log[..kept]);
        assert_eq!(dump(&self.inventory, self.now), dump(&shorter, self.now), "taken back");
        for recorded in &self.log[kept..] {
            self.inventory.apply(recorded);
        }
        self.replay_all();
    }
}

fn kind(answer: &Answer) -> &'static str {
    match answer {
        Err(refusal) => refusal.name(),
        Ok(None) => "nothing to do",
        Ok(Some(change)) => match change {
            Change::Updated(_) => "updated",
            Change::Held(_) => "held",
            Change::Reserved(_) => "reserved",
            Change::Confirmed { let_go: None, .. } => "confirmed",
            Change::Confirmed { .. } => "confirmed in part",
            Change::Extended { .. } => "extended",
            Change::Released { let_go: None, .. } => "released",
            Change::Released { .. } => "released in part",
            Change::Cancelled { let_go: None, .. } => "cancelled",
            Change::Cancelled { .. } => "cancelled in part",
            Change::Transferred { .. } => "transferred",
            Change::Exchanged { to, .. } if to.prices().is_empty() => "exchanged",
            Change::Exchanged { .. } => "exchanged at several prices",
            Change::Ordered { .. } => "ordered",
            Change::ConfirmedTogether { .. } => "confirmed together",
            Change::Reinstated { .. } => "reinstated",
            Change::Deleted => "deleted",
            Change::Created(_)
            | Change::Expired { .. }
            | Change::SalesMoved { .. }
            | Change::Forfeited { .. } => "no answer to a command",
        },
    }
}

/// How many kinds of answers there are: seventeen changes, nothing to do, and twenty-one refusals.
const KINDS: usize = 17 + 1 + 21;

#[test]
fn random_commands_come_to_what_the_model_says() {
    let mut answers = BTreeMap::new();
    let seeds = seeds(SEEDS);
    for seed in seeds.clone() {
        println!("BOXOFFICE_SEED={seed}");
        let mut dice = Dice::new(seed);
        let (mut spec, hall) = some_hall(&mut dice);
        if dice.once_in(4) {
            spec.publication = Publication::Draft;
        }
        let mut trial = Trial::new(&spec, hall);
        let mut commands = RandomCommands::new(dice.clone());
        for step in 0..COMMANDS {
            trial.let_time_pass(&mut dice);
            if dice.once_in(15) {
                trial.sweep(usize::try_from(dice.below(4)).expect("small"));
            }
            if trial.model.deleted && dice.once_in(8) {
                let (spec, hall) = some_hall(&mut dice);
                trial.create_again(spec, hall);
            }
            let random = commands.next(&trial.model, trial.now);
            let assured_places = dice.once_in(2).then(|| dice.of(0..8));
            let (window, sees_drafts) = (dice.once_in(2), !dice.once_in(5));
            let rules = if window { RULES } else { AGENTS };
            let rules = HoldRules { assured_places, window, sees_drafts, ..rules };
            trial.ask(&random, &rules);
            if step % 16 == 0 {
                trial.compare();
            }
            if dice.once_in(100) {
                trial.take_back_and_redo(&mut dice);
            }
        }
        trial.compare();
        let (again, all) = (trial.replay_all(), 100_000);
        if seed % 2 == 0 {
            let twice = trial.replay(&trial.log);
            let list = |inventory: &Inventory| {
                inventory.reservations(0, ReservationSearch::default(), trial.now, all)
            };
            assert_eq!(list(&again), list(&twice), "lists follow from the changes alone");
        }
        for (kind, times) in trial.answers {
            *answers.entry(kind).or_insert(0) += times;
        }
    }
    println!("{answers:#?}");
    assert!(seeds.count() == 1 || answers.len() == KINDS, "not every answer was given");
}
