//! What is asked in a trial: random commands of a few customers for a few seats.

use crate::request::{EventRequest, Wish};
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::{
    RULES, count, customer, event, id_at, ticket_type, ticketed,
};
use boxoffice_inventory::model::random_command::RandomCommand;
use boxoffice_inventory::{HoldRules, Inventory};
use boxoffice_protocol::event::EventSpec;
use boxoffice_protocol::id::{CustomerId, Principal, ReservationId};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{RequestedTypes, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

/// A request, and the number under which its verdict is kept.
#[derive(Debug, Clone)]
pub(super) struct TrialRequest {
    pub(super) number: usize,
    pub(super) asked: TrialWish,
    pub(super) deadline: Timestamp,
}

#[derive(Debug, Clone)]
pub(super) enum TrialWish {
    Command(RandomCommand),
    Create(EventSpec),
    Look,
}

impl EventRequest for TrialRequest {
    fn wish(&self) -> Wish<'_> {
        match &self.asked {
            TrialWish::Command(random) => Wish::Command(random.command()),
            TrialWish::Create(spec) => Wish::Create(spec),
            TrialWish::Look => Wish::Look(&look),
        }
    }

    fn rules(&self) -> HoldRules {
        RULES
    }

    fn principal(&self) -> Option<&Principal> {
        None
    }

    fn deadline(&self) -> Timestamp {
        self.deadline
    }
}

pub(super) fn look(inventory: &Inventory, _: Timestamp) -> Body {
    Body::Seats(inventory.seat_map())
}

/// Makes random requests, and repeats some.
#[derive(Debug)]
pub(super) struct Asking {
    made: u64,
    /// The reservations that were asked for, and how.
    begun: Vec<(ReservationId, CustomerId, RandomCommand)>,
}

impl Asking {
    pub(super) const fn new() -> Self {
        Self { made: 0, begun: Vec::new() }
    }

    pub(super) fn next(&mut self, dice: &mut Dice, now: Timestamp) -> TrialWish {
        let percent = if self.made == 0 { 0 } else { dice.below(100) };
        self.made += 1;
        match percent {
            0..4 => {
                let prices = "stalls/child=500 floor/child=0";
                TrialWish::Create(ticketed(event("stalls=2x4 floor=5"), "adult child", prices))
            }
            4..12 => TrialWish::Look,
            12 if dice.once_in(2) => TrialWish::Command(RandomCommand::Delete(Force::Yes)),
            12..14 => TrialWish::Command(RandomCommand::Delete(Force::No)),
            14..60 if self.begun.len() > 3 => TrialWish::Command(self.about_one(dice, now)),
            _ => TrialWish::Command(self.begin(dice, now)),
        }
    }

    /// Something about a reservation, or the request that began it once more.
    fn about_one(&self, dice: &mut Dice, now: Timestamp) -> RandomCommand {
        let recent = if dice.once_in(5) { 0 } else { self.begun.len().saturating_sub(12) };
        let (id, who, begin) = dice.pick(&self.begun[recent..]).clone();
        match dice.below(12) {
            0..4 => begin,
            4..7 => RandomCommand::Confirm(id, who, None, IfExpired::Refuse),
            7 => RandomCommand::Release(id, who, None),
            8 => RandomCommand::Extend(id, who, now.plus(Duration::from_millis(3_000))),
            9 => RandomCommand::Get(id, who),
            _ => RandomCommand::Cancel(id, who, None),
        }
    }

    fn begin(&mut self, dice: &mut Dice, now: Timestamp) -> RandomCommand {
        let (id, fingerprint) = (id_at(now, self.made), dice.roll());
        let who = customer(dice.pick::<&str>(&["ann", "bob", "cid"]));
        let places = count(dice.of(1..4));
        let selection = match dice.once_in(3) {
            true => Selection::Standing { places, section: None },
            false => Selection::Best { places, section: None, together: Together::IfPossible },
        };
        let selection = match fingerprint % 3 {
            0 => {
                let of = |place: u32| ["child", "adult"][place as usize % 2];
                let types = (0..places.as_u32()).map(|place| ticket_type(of(place)));
                selection.typed(RequestedTypes::Each(types.collect()))
            }
            _ => selection,
        };
        let begin = match dice.once_in(3) {
            true => RandomCommand::Reserve(id, fingerprint, who.clone(), selection, None),
            false => {
                let ttl = Some(Duration::from_millis(1_000 + dice.below(1_500)));
                RandomCommand::Hold(id, fingerprint, who.clone(), selection, ttl, None)
            }
        };
        self.begun.push((id, who, begin.clone()));
        begin
    }
}
