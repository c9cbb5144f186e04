//! The live places that visitors at one address have in one event.

use super::network::Network;
use crate::clock::Clock;
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::{Places, Reservation, Status};
use boxoffice_protocol::time::Timestamp;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// How long a confirmed reservation counts. Its address may have another customer by then.
const CONFIRMED: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a reservation counts of which no answer is known.
const UNKNOWN: Duration = Duration::from_secs(10 * 60);

/// Addresses with places at which those without any are forgotten for the first time.
const FEW: usize = 1_024;

/// Bounds the live places that visitors at one address have in one event.
///
/// It counts what was answered to visitors since the start: a reservation that staff ends
/// counts until its visitor asks about it, or until its time.
#[derive(Debug)]
pub(super) struct VisitorPlaces {
    most: u32,
    counted: Mutex<Counted>,
    clock: Clock,
}

#[derive(Debug, Default)]
struct Counted {
    by_address: HashMap<(Network, EventId), HashMap<ReservationId, Live>>,
    /// The number of addresses at which those without places are forgotten.
    tidy_at: usize,
}

/// A reservation's places, which count until a time.
#[derive(Debug, Clone, Copy)]
struct Live {
    places: u32,
    /// The places of an exchange that is being decided.
    wanted: u32,
    until: Timestamp,
    /// Whether its answer is known.
    is_answered: bool,
}

impl Live {
    /// As many as it has, or will have.
    fn most(&self) -> u32 {
        self.places.max(self.wanted)
    }
}

impl VisitorPlaces {
    pub(super) fn new(most: u32, clock: Clock) -> Self {
        Self { most, counted: Mutex::default(), clock }
    }

    /// Counts the places of a new reservation before it is decided.
    ///
    /// # Errors
    /// `LimitExceeded` if the address would have too many in this event.
    pub(super) fn begin(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let mut counted = self.counted.lock();
        let own = counted.at(from, event, now);
        if own.contains_key(&id) {
            // It is asked for again.
            return Ok(());
        }
        self.check(own, id, places)?;
        let until = now.plus(UNKNOWN);
        own.insert(id, Live { places, wanted: 0, until, is_answered: false });
        Ok(())
    }

    /// Counts the places of an exchange before it is decided, beside those that the reservation has.
    ///
    /// # Errors
    /// `LimitExceeded` if the address would have too many in this event.
    pub(super) fn exchange(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let mut counted = self.counted.lock();
        let own = counted.at(from, event, now);
        self.check(own, id, places)?;
        // Also one that another address holds, or that was made before the start, is this one's then.
        let until = now.plus(UNKNOWN);
        let unknown = Live { places: 0, wanted: 0, until, is_answered: false };
        let live = own.entry(id).or_insert(unknown);
        live.wanted = live.wanted.max(places);
        Ok(())
    }

    /// Refuses a reservation with so many places that the address has more with it than it may, and than
    /// it has.
    fn check(
        &self,
        own: &HashMap<ReservationId, Live>,
        id: ReservationId,
        places: u32,
    ) -> Result<(), Refusal> {
        let have: u32 = own.values().map(Live::most).sum();
        let of_it = own.get(&id).map_or(0, Live::most);
        if (have - of_it).saturating_add(places.max(of_it)) > self.most.max(have) {
            let (limit, have) = (self.most.into(), have.into());
            return Err(Refusal::LimitExceeded { limit, have });
        }
        Ok(())
    }

    /// The exchange was refused: the reservation has what it had.
    pub(super) fn not_exchanged(&self, from: IpAddr, event: EventId<&str>, id: ReservationId) {
        self.change(from, event, |own| {
            if let Some(live) = own.get_mut(&id) {
                live.wanted = 0;
                if live.places == 0 {
                    own.remove(&id);
                }
            }
        });
    }

    /// The new reservation was refused.
    pub(super) fn refused(&self, from: IpAddr, event: EventId<&str>, id: ReservationId) {
        self.change(from, event, |own| {
            if own.get(&id).is_some_and(|live| !live.is_answered) {
                own.remove(&id);
            }
        });
    }

    /// Counts a reservation of this address as it was answered.
    pub(super) fn answered(&self, from: IpAddr, reservation: &Reservation) {
        let until = match reservation.status {
            Status::Held => reservation.expires_at,
            Status::Confirmed => self.clock.now().plus(CONFIRMED),
            Status::Released | Status::Expired | Status::Cancelled | Status::Forfeited => {
                Timestamp::default()
            }
        };
        let places = count(&reservation.places);
        let live = Live { places, wanted: 0, until, is_answered: true };
        self.change(from, reservation.event.borrowed(), |own| {
            if let Some(known) = own.get_mut(&reservation.id) {
                *known = live;
            }
        });
    }

    fn change(
        &self,
        from: IpAddr,
        event: EventId<&str>,
        change: impl FnOnce(&mut HashMap<ReservationId, Live>),
    ) {
        if let Some(own) =
            self.counted.lock().by_address.get_mut(&(Network::of(from), event.to_owned()))
        {
            change(own);
        }
    }
}

impl Counted {
    /// What counts of an address in an event.
    fn at(
        &mut self,
        from: IpAddr,
        event: EventId<&str>,
        now: Timestamp,
    ) -> &mut HashMap<ReservationId, Live> {
        self.tidy(now);
        let own = self.by_address.entry((Network::of(from), event.to_owned())).or_default();
        own.retain(|_, live| live.until > now);
        own
    }

    /// Forgets addresses without places, once there are twice as many as were left the last time.
    fn tidy(&mut self, now: Timestamp) {
        if self.by_address.len() < self.tidy_at.max(FEW) {
            return;
        }
        self.by_address.retain(|_, own| {
            own.retain(|_, live| live.until > now);
            !own.is_empty()
        });
        self.tidy_at = 2 * self.by_address.len();
    }
}

/// How many places there are.
pub(super) fn count(places: &Places) -> u32 {
    match places {
        Places::Seats(labels) => u32::try_from(labels.len()).unwrap_or(u32::MAX),
        Places::Standing { places, .. } => *places,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_protocol::event::Currency;
    use boxoffice_protocol::id::{BookingCode, CustomerId, SectionName};

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const NOW: Timestamp = Timestamp::from_ms(1_800_000_000_000);
    const HOLD: Duration = Duration::from_secs(120);

    fn event() -> EventId {
        EventId::parse("night").unwrap()
    }

    fn id(number: u8) -> ReservationId {
        ReservationId::new(NOW, [number; 10])
    }

    fn reservation(number: u8, places: u32, status: Status) -> Reservation {
        Reservation {
            id: id(number),
            code: BookingCode::of_hash(number.into()),
            event: event(),
            customer: CustomerId::parse("web-1").unwrap(),
            status,
            places: Places::Standing { section: SectionName::parse("floor").unwrap(), places },
            total: 0,
            currency: Currency::parse("EUR").unwrap(),
            created_at: NOW,
            expires_at: NOW.plus(HOLD),
            revision: 0,
            order: None,
            tickets: Vec::new().into(),
        }
    }

    struct Desk {
        places: VisitorPlaces,
        clock: Clock,
    }

    impl Desk {
        fn new() -> Self {
            let clock = Clock::manual(NOW);
            Self { places: VisitorPlaces::new(10, clock.clone()), clock }
        }

        fn have(&self, number: u8, places: u32) -> Result<(), Refusal> {
            self.places.begin(HERE, (event().borrowed(), id(number)), places)?;
            self.places.answered(HERE, &reservation(number, places, Status::Held));
            Ok(())
        }
    }

    #[test]
    fn so_many_places_are_live_at_once_and_ended_ones_make_room() {
        let desk = Desk::new();
        desk.have(1, 6).unwrap();
        assert_eq!(desk.have(2, 5), Err(Refusal::LimitExceeded { limit: 10, have: 6 }));
        desk.have(2, 4).unwrap();
        desk.have(2, 4).unwrap();
        desk.places.begin([192, 0, 2, 1].into(), (event().borrowed(), id(3)), 10).unwrap();
        desk.places.begin(HERE, (EventId::parse("other").unwrap().borrowed(), id(3)), 10).unwrap();
        desk.places.answered(HERE, &reservation(1, 6, Status::Released));
        desk.have(4, 6).unwrap();
        desk.places.answered(HERE, &reservation(4, 6, Status::Confirmed));
        desk.clock.advance(HOLD);
        assert_eq!(desk.have(5, 5), Err(Refusal::LimitExceeded { limit: 10, have: 6 }));
        desk.have(5, 4).unwrap();
        desk.clock.advance(CONFIRMED);
        desk.have(6, 10).unwrap();
    }

    #[test]
    fn an_exchange_counts_net() {
        let desk = Desk::new();
        desk.have(1, 6).unwrap();
        desk.have(2, 3).unwrap();
        let exchange = |places| desk.places.exchange(HERE, (event().borrowed(), id(1)), places);
        assert_eq!(exchange(8), Err(Refusal::LimitExceeded { limit: 10, have: 9 }));
        exchange(7).unwrap();
        assert!(desk.have(3, 1).is_err(), "while it is decided, it counts");
        desk.places.not_exchanged(HERE, event().borrowed(), id(1));
        desk.have(3, 1).unwrap();
        exchange(2).unwrap();
        assert!(desk.have(4, 1).is_err(), "it has six still");
        desk.places.answered(HERE, &reservation(1, 2, Status::Held));
        desk.have(4, 4).unwrap();
    }

    #[test]
    fn an_exchange_of_a_reservation_that_is_not_known_here_counts() {
        let desk = Desk::new();
        let exchange =
            |number, places| desk.places.exchange(HERE, (event().borrowed(), id(number)), places);
        exchange(1, 6).unwrap();
        assert_eq!(exchange(2, 5), Err(Refusal::LimitExceeded { limit: 10, have: 6 }));
        desk.places.not_exchanged(HERE, event().borrowed(), id(1));
        exchange(2, 10).unwrap();
        desk.places.answered(HERE, &reservation(2, 10, Status::Held));
        assert!(desk.have(3, 1).is_err());
    }

    #[test]
    fn a_refused_reservation_counts_for_nothing_and_a_repeat_once() {
        let desk = Desk::new();
        desk.places.begin(HERE, (event().borrowed(), id(1)), 10).unwrap();
        desk.places.refused(HERE, event().borrowed(), id(1));
        desk.have(2, 10).unwrap();
        desk.places.begin(HERE, (event().borrowed(), id(2)), 10).unwrap();
        desk.places.refused(HERE, event().borrowed(), id(2));
        assert!(desk.have(3, 1).is_err(), "what was had before its repeat counts");
    }

    #[test]
    fn addresses_without_places_are_forgotten() {
        let desk = Desk::new();
        for number in 0..5_000_u32 {
            let from = IpAddr::from(number.to_be_bytes());
            desk.places.begin(from, (event().borrowed(), id(1)), 1).unwrap();
            desk.clock.advance(Duration::from_secs(1));
        }
        assert!(desk.places.counted.lock().by_address.len() < 3 * FEW);
    }
}
