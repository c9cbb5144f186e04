//! An inventory with a log and a time, and short words to ask it for things.

pub(super) use crate::model::Answer;
pub(super) use crate::model::fixtures::*;
use crate::{Command, Decision, Exchange, Hall, HoldRules, Inventory, Restoration, Transfer};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::event::{Counts, EventSpec, EventUpdate, SectionUpdate};
use boxoffice_protocol::id::{EventId, ReservationId, SeatLabel, SectionName};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{Keep, Reservation, SeatLabels, Selection, Status, Together};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;
use std::sync::Arc;

pub(super) struct Harness {
    pub(super) inventory: Inventory,
    pub(super) log: Vec<Recorded>,
    pub(super) now: Timestamp,
}

impl Harness {
    pub(super) fn open(spec: EventSpec) -> Self {
        Self::open_in(Hall::default(), spec)
    }

    pub(super) fn open_in(hall: Hall, spec: EventSpec) -> Self {
        let change = Change::Created(Box::new(spec));
        let created = Recorded { version: 1, at: BEGIN, principal: None, change };
        let inventory = replay_in(&[hall], std::slice::from_ref(&created));
        Self { inventory, log: vec![created], now: BEGIN }
    }

    /// The state that comes out of what is saved of this one.
    pub(super) fn restored(&self) -> Inventory {
        let saved = self.inventory.saved(self.now);
        let mut restored =
            Restoration::new(saved, SECRETS, Hall::default()).expect("it is as it was saved");
        for reservation in self.inventory.saved_reservations() {
            restored.reservation(&reservation).expect("it is as it was saved");
        }
        restored.finish()
    }

    /// Checks that rows and the log come to this state, and that taking back all that came after
    /// `before` leads there.
    pub(super) fn check_kept(&mut self, before: &Inventory) {
        let restored = self.restored();
        restored.invariants();
        assert_eq!(restored.difference(&self.inventory), None);
        assert_eq!(replay(&self.log).difference(&self.inventory), None);
        let after = self.log.iter().rev().take_while(|one| one.version > before.version());
        for recorded in after {
            self.inventory.revert(recorded);
            self.inventory.invariants();
        }
        assert_eq!(self.inventory.difference(before), None);
    }

    /// Lets time go by.
    pub(super) fn wait(&mut self, ms: u64) {
        self.now = self.now.plus(Duration::from_millis(ms));
    }

    /// Decides, and applies everything that comes of it.
    pub(super) fn ask(&mut self, command: &Command<'_>) -> Answer {
        self.ask_by(command, &RULES)
    }

    /// The same by other rules.
    pub(super) fn ask_by(&mut self, command: &Command<'_>, rules: &HoldRules) -> Answer {
        loop {
            match self.inventory.decide(command, self.now, rules) {
                Decision::Answer(answer) => {
                    if let Ok(Some(change)) = &answer {
                        self.apply(change.clone());
                    }
                    return answer;
                }
                Decision::ExpireFirst(due) => {
                    match &due {
                        Change::Expired { ids } => assert!(!ids.is_empty(), "nothing to expire"),
                        Change::SalesMoved { from, to } => assert_ne!(from, to, "no move"),
                        Change::Forfeited { .. } => {}
                        other => panic!("{other:?} does not happen by itself"),
                    }
                    self.apply(due);
                }
            }
        }
    }

    pub(super) fn apply(&mut self, change: Change) {
        let version = self.inventory.version() + 1;
        let recorded = Recorded { version, at: self.now, principal: None, change };
        self.inventory.apply(&recorded);
        self.inventory.invariants();
        self.log.push(recorded);
    }

    pub(super) fn hold(&mut self, number: u64, who: &str, selection: &Selection) -> Answer {
        let (id, customer) = (id(number), customer(who));
        let fingerprint = number;
        self.ask(&Command::Hold {
            id,
            fingerprint,
            customer: customer.borrowed(),
            selection,
            ttl: None,
            order: None,
        })
    }

    pub(super) fn reserve(&mut self, number: u64, who: &str, selection: &Selection) -> Answer {
        let (id, customer) = (id(number), customer(who));
        self.ask(&Command::Reserve {
            id,
            fingerprint: number,
            customer: customer.borrowed(),
            selection,
            order: None,
        })
    }

    pub(super) fn confirm(&mut self, number: u64, who: &str, keep: Option<&Keep>) -> Answer {
        self.ask(&Command::Confirm {
            id: id(number),
            customer: customer(who).borrowed(),
            keep,
            expired: IfExpired::Refuse,
        })
    }

    pub(super) fn release(&mut self, number: u64, who: &str, keep: Option<&Keep>) -> Answer {
        self.ask(&Command::Release { id: id(number), customer: customer(who).borrowed(), keep })
    }

    pub(super) fn cancel(&mut self, number: u64, who: &str, keep: Option<&Keep>) -> Answer {
        self.ask(&Command::Cancel { id: id(number), customer: customer(who).borrowed(), keep })
    }

    pub(super) fn extend(&mut self, number: u64, who: &str, ms_from_now: u64) -> Answer {
        let until = self.now.plus(Duration::from_millis(ms_from_now));
        self.ask(&Command::Extend { id: id(number), customer: customer(who).borrowed(), until })
    }

    /// Leaves a hold whose deadline is so many milliseconds from now.
    pub(super) fn leave(&mut self, number: u64, who: &str, ms_from_now: u64) -> Answer {
        let if_expires_at = self.now.plus(Duration::from_millis(ms_from_now));
        let (id, customer) = (id(number), customer(who));
        self.ask(&Command::Leave { id, customer: customer.borrowed(), if_expires_at })
    }

    pub(super) fn transfer(&mut self, number: u64, who: &str, revision: u64, to: &str) -> Answer {
        let (from, to) = (customer(who), customer(to));
        self.ask(&Command::Transfer(Transfer {
            id: id(number),
            from: from.borrowed(),
            if_revision: revision,
            to: to.borrowed(),
        }))
    }

    pub(super) fn exchange(
        &mut self,
        number: u64,
        who: &str,
        revision: u64,
        to: &Selection,
    ) -> Answer {
        let customer = customer(who);
        self.ask(&Command::Exchange(Exchange {
            id: id(number),
            customer: customer.borrowed(),
            if_revision: revision,
            to,
        }))
    }

    pub(super) fn look(&mut self, number: u64, who: &str) -> Answer {
        self.ask(&Command::Get { id: id(number), customer: customer(who).borrowed() })
    }

    pub(super) fn update(&mut self, update: &EventUpdate) -> Answer {
        self.ask(&Command::Update { if_version: None, update })
    }

    pub(super) fn delete(&mut self, force: Force) -> Answer {
        self.ask(&Command::Delete { force })
    }

    pub(super) fn shown(&self, number: u64) -> Option<Reservation> {
        self.inventory.reservation(&id(number), self.now)
    }

    pub(super) fn status(&self, number: u64) -> Option<Status> {
        self.shown(number).map(|reservation| reservation.status)
    }

    pub(super) fn counts(&self, section: usize) -> [u64; 4] {
        let Counts { free, held, sold, blocked } = self.inventory.details().counts[section];
        [free, held, sold, blocked]
    }
}

/// The state after these changes, in a hall without a plan.
pub(super) fn replay(log: &[Recorded]) -> Inventory {
    let is_creation = |one: &&Recorded| matches!(one.change, Change::Created(_));
    replay_in(&vec![Hall::default(); log.iter().filter(is_creation).count()], log)
}

/// The state after these changes; a creation that follows a deletion is in the next of the halls.
pub(super) fn replay_in(halls: &[Hall], log: &[Recorded]) -> Inventory {
    let mut halls = halls.iter().cloned();
    let mut events: Option<Inventory> = None;
    for recorded in log {
        let inventory = match (events.take(), &recorded.change) {
            (before, Change::Created(_)) => {
                let event = EventId::parse("dune-2").expect("a slug");
                let hall = halls.next().expect("a hall for each creation");
                let created =
                    Inventory::create(event, SECRETS, recorded, hall).expect("a creation");
                let used = before.map(|gone| gone.used_ids().expect("its slug is free"));
                created.after(Arc::new(used.unwrap_or_default()), recorded.at)
            }
            (before, _) => {
                let mut inventory = before.expect("a change follows a creation");
                inventory.apply(recorded);
                inventory
            }
        };
        events = Some(inventory);
    }
    events.expect("a log begins with a creation")
}

/// An update of one section.
pub(super) fn resized(name: &str, price: Option<u64>, size: Option<&str>) -> EventUpdate {
    let name = SectionName::parse(name).expect("a name");
    let section = SectionUpdate { name, price, layout: size.map(|size| layout(size).into()) };
    EventUpdate { sections: vec![section], ..EventUpdate::default() }
}

pub(super) fn id(number: u64) -> ReservationId {
    id_at(BEGIN, number)
}

pub(super) fn labels(text: &str) -> Vec<SeatLabel> {
    text.split_whitespace().map(|label| label.parse().expect("a label")).collect()
}

pub(super) fn seats(text: &str) -> Selection {
    Selection::Seats(SeatLabels::new(labels(text)).expect("labels"))
}

pub(super) fn best(places: u32) -> Selection {
    best_in(None, places, Together::IfPossible)
}

pub(super) fn best_in(section: Option<&str>, places: u32, together: Together) -> Selection {
    let section = section.map(|name| name.parse().expect("a name"));
    Selection::Best { places: count(places), section, together }
}

pub(super) fn standing(places: u32) -> Selection {
    standing_in(None, places)
}

pub(super) fn standing_in(section: Option<&str>, places: u32) -> Selection {
    let section = section.map(|name| name.parse().expect("a name"));
    Selection::Standing { places: count(places), section }
}

pub(super) fn keep(text: &str) -> Keep {
    Keep::Seats(SeatLabels::new(labels(text)).expect("labels"))
}

/// The field that an answer says is wrong.
pub(super) fn wrong_field(answer: Answer) -> String {
    match answer {
        Err(Refusal::Invalid { field, why }) => {
            assert!(!why.is_empty(), "{field} without a reason");
            field.into()
        }
        other => panic!("not invalid but {other:?}"),
    }
}
