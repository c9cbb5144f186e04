//! Random requests of clients, and the commands that they come to.

use crate::history::{History, Life};
use boxoffice_inventory::model::dice::Dice;
use boxoffice_inventory::model::fixtures::some_event;
use boxoffice_inventory::model::random_command::{RandomCommand, RandomCommands};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::request::{Force, Freshness, PageLimit, Request, ReservationKey};
use boxoffice_protocol::time::Timestamp;
use fastrand::Rng;
use std::time::Duration;

const SLUGS: [&str; 3] = ["dune-2", "opera", "x"];

/// Makes requests about a few events, mostly sensible ones.
pub(crate) struct Requests {
    random: Rng,
    dice: Dice,
    events: Vec<(EventId, RandomCommands)>,
}

impl Requests {
    pub(crate) fn new(random: &mut Rng) -> Self {
        let events = SLUGS.iter().map(|slug| {
            let commands = RandomCommands::new(Dice::new(random.u64(..)));
            (EventId::parse(slug).expect("a slug"), commands)
        });
        let events = events.collect();
        Self { random: random.fork(), dice: Dice::new(random.u64(..)), events }
    }

    /// A request of a client that knows what is durable.
    pub(crate) fn next(&mut self, history: &History, now: Timestamp) -> Request {
        // Most of it is about one event, or else nothing much happens to any.
        let index = [0, 0, 0, 1, 2][self.random.usize(..5)];
        let (event, commands) = &mut self.events[index];
        let event = event.clone();
        let life = history.life(&event).filter(|life| !life.model.deleted);
        match (self.random.u32(..100), life) {
            (0..60, None) | (60, _) => self.create(event, life),
            (61..67, _) => Request::GetEvent { event, freshness: self.freshness() },
            (67..74, _) => Request::Seats { event, freshness: self.freshness() },
            (74..78, _) => self.list_events(),
            (78..83, _) => self.list_reservations(event, life),
            (83..87, _) => {
                let version = life.map(|life| life.model.version);
                let from_version = version.filter(|_| self.random.bool());
                Request::Watch { event, from_version }
            }
            (87, _) => Request::Unwatch { event },
            (88, _) => Request::Ping,
            (89, _) if self.random.u8(..4) == 0 => {
                Request::DeleteEvent { event, force: self.force() }
            }
            (_, None) => look(event, ReservationId::new(now, [0; 10])),
            (_, Some(life)) => request(event, commands.next(&life.model, now)),
        }
    }

    fn freshness(&mut self) -> Freshness {
        if self.random.bool() { Freshness::Cached } else { Freshness::Fresh }
    }

    fn force(&mut self) -> Force {
        if self.random.bool() { Force::Yes } else { Force::No }
    }

    fn limit(&mut self) -> PageLimit {
        PageLimit::new(self.random.u32(1..40)).expect("a limit")
    }

    fn create(&mut self, event: EventId, life: Option<&Life>) -> Request {
        let spec = match life.filter(|_| self.random.bool()) {
            Some(life) => life.created.clone(),
            None => some_event(&mut self.dice),
        };
        Request::CreateEvent { event, spec: Box::new(spec) }
    }

    fn list_events(&mut self) -> Request {
        let (after, _) = &self.events[self.random.usize(..self.events.len())];
        let after = Some(after.clone()).filter(|_| self.random.u8(..3) == 0);
        let limit = PageLimit::new(self.random.u32(1..4)).expect("a limit");
        Request::ListEvents { after, limit, freshness: self.freshness() }
    }

    fn list_reservations(&mut self, event: EventId, life: Option<&Life>) -> Request {
        let event = Some(event).filter(|_| self.random.u8(..4) > 0);
        let one = life.and_then(|life| life.model.reservations.last());
        let customer = one.map(|one| one.customer.clone()).filter(|_| self.random.bool());
        Request::ListReservations {
            event,
            customer,
            code: None,
            order: None,
            after: None,
            limit: self.limit(),
        }
    }
}

fn look(event: EventId, id: ReservationId) -> Request {
    let customer = CustomerId::parse("ann").expect("a name");
    Request::GetReservation { reservation: ReservationKey { event, id, customer } }
}

fn request(event: EventId, command: RandomCommand) -> Request {
    let ms = |ttl: Duration| u64::try_from(ttl.as_millis()).expect("a short hold");
    let key = |event, id, customer| ReservationKey { event, id, customer };
    match command {
        RandomCommand::Hold(id, _, customer, selection, ttl, order) => {
            Request::Hold { id, event, customer, selection, ttl_ms: ttl.map(ms), order }
        }
        RandomCommand::Reserve(id, _, customer, selection, order) => {
            Request::Reserve { id, event, customer, selection, order }
        }
        RandomCommand::Confirm(id, customer, keep, expired) => {
            Request::Confirm { reservation: key(event, id, customer), keep, expired }
        }
        RandomCommand::Release(id, customer, keep) => {
            Request::Release { reservation: key(event, id, customer), keep }
        }
        RandomCommand::Extend(id, customer, until) => {
            Request::Extend { reservation: key(event, id, customer), until }
        }
        RandomCommand::Leave(id, customer, if_expires_at) => {
            Request::Leave { reservation: key(event, id, customer), if_expires_at }
        }
        RandomCommand::Transfer(id, customer, if_revision, to) => {
            Request::Transfer { reservation: key(event, id, customer), if_revision, to }
        }
        RandomCommand::Exchange(id, customer, if_revision, to) => {
            Request::Exchange { reservation: key(event, id, customer), if_revision, to }
        }
        RandomCommand::SetOrder(id, customer, order) => {
            Request::SetOrder { reservation: key(event, id, customer), order }
        }
        RandomCommand::ConfirmOrder(order) => Request::ConfirmOrder { event, order },
        RandomCommand::Cancel(id, customer, keep) => {
            Request::Cancel { reservation: key(event, id, customer), keep }
        }
        RandomCommand::Get(id, customer) => {
            Request::GetReservation { reservation: key(event, id, customer) }
        }
        RandomCommand::Update(if_version, mut update) => {
            // A list has every event: a page is compared with all of them.
            update.publication = None;
            Request::UpdateEvent { event, if_version, update: Box::new(update) }
        }
        RandomCommand::Delete(force) => Request::DeleteEvent { event, force },
    }
}

/// The event that a request names.
pub(crate) fn event_of(request: &Request) -> Option<&EventId> {
    match request {
        Request::GetEvent { event, .. }
        | Request::Seats { event, .. }
        | Request::CreateEvent { event, .. }
        | Request::UpdateEvent { event, .. }
        | Request::DeleteEvent { event, .. }
        | Request::Hold { event, .. }
        | Request::Reserve { event, .. }
        | Request::ConfirmOrder { event, .. }
        | Request::Watch { event, .. }
        | Request::Unwatch { event } => Some(event),
        Request::Confirm { reservation, .. }
        | Request::Release { reservation, .. }
        | Request::Extend { reservation, .. }
        | Request::Leave { reservation, .. }
        | Request::Transfer { reservation, .. }
        | Request::Exchange { reservation, .. }
        | Request::SetOrder { reservation, .. }
        | Request::Cancel { reservation, .. }
        | Request::GetReservation { reservation } => Some(&reservation.event),
        Request::ListReservations { event, .. } => event.as_ref(),
        Request::Hello(_)
        | Request::Ping
        | Request::ListEvents { .. }
        | Request::Stats
        | Request::Backup { .. }
        | Request::PutPlan { .. }
        | Request::GetPlan { .. } => None,
    }
}

/// The reservation that a request is about.
pub(crate) fn reservation_of(request: &Request) -> Option<ReservationId> {
    match request {
        Request::Hold { id, .. } | Request::Reserve { id, .. } => Some(*id),
        Request::Confirm { reservation, .. }
        | Request::Release { reservation, .. }
        | Request::Cancel { reservation, .. }
        | Request::Extend { reservation, .. }
        | Request::Leave { reservation, .. }
        | Request::Transfer { reservation, .. }
        | Request::Exchange { reservation, .. }
        | Request::SetOrder { reservation, .. }
        | Request::GetReservation { reservation } => Some(reservation.id),
        _ => None,
    }
}
