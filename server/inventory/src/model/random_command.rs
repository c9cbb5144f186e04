//! Random commands: everything that can be asked of an event, mostly sensible.

use super::dice::Dice;
use super::fixtures::{BEGIN, LATE, LONG_MS, count, customer, id_at};
use super::state::Model;
use super::{random_seats, random_tickets};
use crate::command::{Command, Exchange, Transfer};
use boxoffice_protocol::change::TakenPlaces;
use boxoffice_protocol::event::EventUpdate;
use boxoffice_protocol::id::{
    CustomerId, LetteredSeat, OrderNumber, ReservationId, SeatLabel, SectionName,
};
use boxoffice_protocol::limits::{MAX_ID_AGE_MS, MAX_ID_AHEAD_MS};
use boxoffice_protocol::request::{Force, IfExpired};
use boxoffice_protocol::reservation::{Keep, SeatLabels, Selection, Together};
use boxoffice_protocol::time::Timestamp;
use core::time::Duration;

/// A command that owns what it names.
#[derive(Debug, Clone)]
pub enum RandomCommand {
    Hold(ReservationId, u64, CustomerId, Selection, Option<Duration>, Option<OrderNumber>),
    Reserve(ReservationId, u64, CustomerId, Selection, Option<OrderNumber>),
    Confirm(ReservationId, CustomerId, Option<Keep>, IfExpired),
    Release(ReservationId, CustomerId, Option<Keep>),
    Extend(ReservationId, CustomerId, Timestamp),
    Leave(ReservationId, CustomerId, Timestamp),
    Transfer(ReservationId, CustomerId, u64, CustomerId),
    Exchange(ReservationId, CustomerId, u64, Selection),
    SetOrder(ReservationId, CustomerId, OrderNumber),
    ConfirmOrder(OrderNumber),
    Cancel(ReservationId, CustomerId, Option<Keep>),
    Get(ReservationId, CustomerId),
    Update(Option<u64>, EventUpdate),
    Delete(Force),
}

impl RandomCommand {
    pub fn command(&self) -> Command<'_> {
        match *self {
            Self::Hold(id, fingerprint, ref customer, ref selection, ttl, ref order) => {
                let (customer, order) =
                    (customer.borrowed(), order.as_ref().map(OrderNumber::borrowed));
                Command::Hold { id, fingerprint, customer, selection, ttl, order }
            }
            Self::Reserve(id, fingerprint, ref customer, ref selection, ref order) => {
                let (customer, order) =
                    (customer.borrowed(), order.as_ref().map(OrderNumber::borrowed));
                Command::Reserve { id, fingerprint, customer, selection, order }
            }
            Self::SetOrder(id, ref customer, ref order) => {
                let (customer, order) = (customer.borrowed(), order.borrowed());
                Command::SetOrder { id, customer, order }
            }
            Self::ConfirmOrder(ref order) => Command::ConfirmOrder { order: order.borrowed() },
            Self::Confirm(id, ref customer, ref keep, expired) => {
                let customer = customer.borrowed();
                Command::Confirm { id, customer, keep: keep.as_ref(), expired }
            }
            Self::Release(id, ref customer, ref keep) => {
                Command::Release { id, customer: customer.borrowed(), keep: keep.as_ref() }
            }
            Self::Extend(id, ref customer, until) => {
                Command::Extend { id, customer: customer.borrowed(), until }
            }
            Self::Leave(id, ref customer, if_expires_at) => {
                Command::Leave { id, customer: customer.borrowed(), if_expires_at }
            }
            Self::Transfer(id, ref from, if_revision, ref to) => {
                let (from, to) = (from.borrowed(), to.borrowed());
                Command::Transfer(Transfer { id, from, if_revision, to })
            }
            Self::Exchange(id, ref customer, if_revision, ref to) => {
                let customer = customer.borrowed();
                Command::Exchange(Exchange { id, customer, if_revision, to })
            }
            Self::Cancel(id, ref customer, ref keep) => {
                Command::Cancel { id, customer: customer.borrowed(), keep: keep.as_ref() }
            }
            Self::Get(id, ref customer) => Command::Get { id, customer: customer.borrowed() },
            Self::Update(if_version, ref update) => Command::Update { if_version, update },
            Self::Delete(force) => Command::Delete { force },
        }
    }
}

impl RandomCommand {
    /// The reservation that it is about.
    pub const fn id(&self) -> Option<ReservationId> {
        match *self {
            Self::Hold(id, ..)
            | Self::Reserve(id, ..)
            | Self::Confirm(id, ..)
            | Self::Release(id, ..)
            | Self::Extend(id, ..)
            | Self::Leave(id, ..)
            | Self::Transfer(id, ..)
            | Self::Exchange(id, ..)
            | Self::SetOrder(id, ..)
            | Self::Cancel(id, ..)
            | Self::Get(id, ..) => Some(id),
            Self::ConfirmOrder(..) | Self::Update(..) | Self::Delete(..) => None,
        }
    }
}

/// Makes random commands about an event as the model knows it.
pub struct RandomCommands {
    pub dice: Dice,
    pub(super) made: u64,
    said: Vec<RandomCommand>,
}

impl RandomCommands {
    pub const fn new(dice: Dice) -> Self {
        Self { dice, made: 0, said: Vec::new() }
    }

    pub fn next(&mut self, model: &Model, now: Timestamp) -> RandomCommand {
        if !self.said.is_empty() && self.dice.once_in(12) {
            return self.dice.pick(&self.said).clone();
        }
        let random = match self.dice.below(100) {
            0..35 => self.begin(model, now),
            35..90 if !model.reservations.is_empty() => self.about_one(model, now),
            90..95 => RandomCommand::ConfirmOrder(self.order_of(model)),
            95..99 => RandomCommand::Update(self.if_version(model), self.update(model, now)),
            99 if self.dice.once_in(30) => RandomCommand::Delete(Force::Yes),
            99 => RandomCommand::Delete(Force::No),
            _ => self.begin(model, now),
        };
        if self.said.len() < 40 {
            self.said.push(random.clone());
        } else {
            let place = usize::try_from(self.dice.below(40)).expect("an index");
            self.said[place] = random.clone();
        }
        random
    }

    fn customer(&mut self) -> CustomerId {
        let names: [&str; 4] = ["ann", "bob", "cid", "somebody with quite a long name"];
        customer(self.dice.pick::<&str>(&names))
    }

    fn begin(&mut self, model: &Model, now: Timestamp) -> RandomCommand {
        let edge = [now.as_ms(), now.as_ms() + MAX_ID_AHEAD_MS, now.as_ms() + MAX_ID_AHEAD_MS + 1]
            .into_iter()
            .chain(
                [MAX_ID_AGE_MS - 1, MAX_ID_AGE_MS, MAX_ID_AGE_MS + 1].map(|age| now.as_ms() - age),
            );
        let edges: Vec<u64> = edge.collect();
        let time = if self.dice.once_in(10) { *self.dice.pick(&edges) } else { now.as_ms() };
        self.made += 1;
        let id = id_at(Timestamp::from_ms(time.max(BEGIN.as_ms() / 2)), self.made);
        let fingerprint = self.dice.roll();
        let (who, selection) = (self.customer(), self.selection(model));
        let selection = random_tickets::ticketed(&mut self.dice, model, selection);
        let id = match model.reservations.last() {
            Some(_) if self.dice.once_in(15) => self.dice.pick(&model.reservations).id,
            _ if !model.predecessors_ids.is_empty() && self.dice.once_in(10) => {
                *self.dice.pick(&model.predecessors_ids)
            }
            _ => id,
        };
        let order = self.dice.once_in(2).then(|| self.order());
        if self.dice.once_in(3) {
            return RandomCommand::Reserve(id, fingerprint, who, selection, order);
        }
        let ttls = [0, 999, 1_000, 5_000, 60_000, 1_800_000, 1_800_001, LONG_MS, LONG_MS + 1];
        let ttl = match self.dice.below(4) {
            0 => None,
            1 => Some(Duration::from_millis(*self.dice.pick(&ttls))),
            _ => Some(Duration::from_millis(1_000 + self.dice.below(600_000))),
        };
        RandomCommand::Hold(id, fingerprint, who, selection, ttl, order)
    }

    fn section(&mut self, model: &Model, seated: bool) -> Option<SectionName> {
        if self.dice.once_in(20) {
            return Some("nowhere".parse().expect("a name"));
        }
        let sections = model.sections().iter();
        let of_kind = sections.filter(|spec| spec.layout.is_seated() == seated);
        let names: Vec<_> = of_kind.map(|spec| spec.name.clone()).collect();
        if names.is_empty() || self.dice.once_in(2) {
            return None;
        }
        Some(self.dice.pick(&names).clone())
    }

    fn selection(&mut self, model: &Model) -> Selection {
        match self.dice.below(11) {
            0..3 => {
                let first = self.label(model);
                if let Some(row) = random_seats::row_of(&mut self.dice, model) {
                    return Selection::Seats(row);
                }
                let more = self.dice.below(3);
                let labels = (0..more).map(|_| self.label(model)).chain([first.clone()]);
                let labels = SeatLabels::new(labels.collect::<Vec<_>>());
                Selection::Seats(labels.unwrap_or_else(|_| SeatLabels::new([first]).expect("one")))
            }
            3..8 => {
                let places = count(self.dice.of(1..7));
                let together = [Together::IfPossible, Together::IfPossible, Together::Required];
                let together = *self.dice.pick(&together);
                Selection::Best { places, section: self.section(model, true), together }
            }
            _ => {
                let places = count(self.dice.of(1..6));
                Selection::Standing { places, section: self.section(model, false) }
            }
        }
    }

    /// A seat that is mostly there.
    pub(super) fn label(&mut self, model: &Model) -> SeatLabel {
        let seats = Model::all_seats(model.sections());
        if seats.is_empty() || self.dice.once_in(30) {
            let section = self.section(model, true);
            let name = section.as_ref().map(|name| name.as_str());
            return LetteredSeat { section: name, row: 1, number: 7 }.into();
        }
        let seat = *self.dice.pick(&seats);
        random_seats::called(&mut self.dice, model, seat)
    }

    fn about_one(&mut self, model: &Model, now: Timestamp) -> RandomCommand {
        let recent = model.reservations.len().saturating_sub(25);
        let one = self.dice.pick(&model.reservations[recent..]).clone();
        let id = if self.dice.once_in(40) { id_at(now, u64::MAX >> 8) } else { one.id };
        let who = if self.dice.once_in(25) { self.customer() } else { one.customer.clone() };
        let keep = self.keep(model, &one.places);
        match self.dice.below(15) {
            13 | 14 => {
                let late = if self.dice.once_in(6) { self.dice.below(3) } else { 0 };
                let to = self.exchanged(model, &one.places);
                RandomCommand::Exchange(id, who, one.revision + late / 2, to)
            }
            12 => {
                let same = one.order.filter(|_| self.dice.once_in(2));
                RandomCommand::SetOrder(id, who, same.unwrap_or_else(|| self.order()))
            }
            0..3 => RandomCommand::Confirm(id, who, keep, *self.dice.pick(&LATE)),
            3..5 => RandomCommand::Release(id, who, keep),
            5..7 => RandomCommand::Cancel(id, who, keep),
            7 => RandomCommand::Get(id, who),
            8 => {
                let off = if self.dice.once_in(3) { self.dice.below(3) } else { 1 };
                let expected = Timestamp::from_ms(one.expires_at.as_ms() + off - 1);
                RandomCommand::Leave(id, who, expected)
            }
            9 | 10 => {
                let late = if self.dice.once_in(6) { self.dice.below(3) } else { 0 };
                RandomCommand::Transfer(id, who, one.revision + late / 2, self.customer())
            }
            11 if self.dice.once_in(2) => {
                let of = *self.dice.pick(&[now, model.terms.spec.starts_at.at()]);
                let ms = self.dice.pick(&[0, LONG_MS]) + self.dice.below(3);
                RandomCommand::Extend(id, who, Timestamp::from_ms(of.as_ms() + ms - 1))
            }
            _ => {
                let edges = [one.expires_at, now.plus(Duration::from_secs(1_800)), now];
                let edge = self.dice.pick(&edges).as_ms() + self.dice.below(3);
                let until = match self.dice.below(3) {
                    0 => Timestamp::from_ms(edge - 1),
                    1 => now.plus(Duration::from_millis(self.dice.below(1_900_000))),
                    _ => one.created_at.plus(Duration::from_millis(7_199_999 + self.dice.below(3))),
                };
                RandomCommand::Extend(id, who, until)
            }
        }
    }

    /// Some of these places, and some others.
    fn exchanged(&mut self, model: &Model, places: &TakenPlaces) -> Selection {
        let mut selection = self.selection(model);
        if matches!(selection, Selection::Best { .. }) && !self.dice.once_in(20) {
            let kept = match self.dice.once_in(3) {
                true => None,
                false => self.keep(model, places),
            };
            let more = self.dice.below(3);
            selection = match (kept, places.section()) {
                (Some(Keep::Seats(labels)), _) => {
                    let more = (0..more).map(|_| self.label(model));
                    let labels = labels.as_slice().iter().cloned().chain(more);
                    SeatLabels::new(labels).map_or(selection, Selection::Seats)
                }
                (_, Some(section)) => {
                    let places = count(self.dice.of(1..places.count() + 3));
                    let section = model.sections()[usize::from(section)].name.clone();
                    Selection::Standing { places, section: Some(section) }
                }
                _ => Selection::Seats(SeatLabels::new([self.label(model)]).expect("one")),
            };
        }
        random_tickets::ticketed(&mut self.dice, model, selection)
    }

    fn keep(&mut self, model: &Model, places: &TakenPlaces) -> Option<Keep> {
        if self.dice.once_in(2) {
            return None;
        }
        if places.seats().is_none() && !self.dice.once_in(20) {
            let most = count(self.dice.of(1..places.count() + 2));
            let keep = random_tickets::keep(&mut self.dice, model, places.count());
            return Some(keep.unwrap_or(Keep::Standing(most)));
        }
        let mut labels = Vec::new();
        for &seat in places.seats().map_or(&[][..], |seats| seats) {
            if self.dice.once_in(2) {
                labels.push(random_seats::called(&mut self.dice, model, seat));
            }
        }
        if labels.is_empty() || self.dice.once_in(20) {
            labels.push(self.label(model));
        }
        SeatLabels::new(labels).ok().map(Keep::Seats)
    }
}
