//! The limits of visitors at one address: how fast they take places, and how many they have.

use super::rate_limit::RateLimit;
use super::visitor_places::{VisitorPlaces, count};
use crate::clock::Clock;
use boxoffice_protocol::id::{EventId, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reservation::Reservation;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// An address may save up the rate of this many seconds: many visitors behind one address come at
/// once when sales open.
const SAVED_UP_S: u32 = 30;

/// The limits of visitors at one address.
///
/// Becoming a visitor costs nothing, so limits of a customer do not bound a client that becomes
/// many; and an ended reservation is remembered for a day.
#[derive(Debug)]
pub(crate) struct VisitorLimits {
    pace: RateLimit,
    places: VisitorPlaces,
}

impl VisitorLimits {
    /// Visitors at one address may take so many places a second, and have so many in an event.
    pub(crate) fn new(a_second: NonZeroU32, most: NonZeroU32, clock: Clock) -> Self {
        let at_once = a_second.get().saturating_mul(SAVED_UP_S);
        let every = Duration::from_secs(1) / a_second.get();
        let pace = RateLimit::new(at_once, every, clock.clone());
        Self { pace, places: VisitorPlaces::new(most.get(), clock) }
    }

    /// Admits a new reservation of so many places. Then comes [`refuse`](Self::refuse), or
    /// [`repeat`](Self::repeat), or [`answer`](Self::answer).
    ///
    /// # Errors
    /// `LimitExceeded` if the address has too many places in the event, `Busy` if it takes them too
    /// fast.
    pub(crate) fn admit(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) -> Result<(), Refusal> {
        self.places.begin(from, (event, id), places)?;
        self.pace.take(from, places).map_err(|wait| {
            self.places.refused(from, event, id);
            busy(wait)
        })
    }

    /// An admitted reservation was refused.
    pub(crate) fn refuse(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) {
        self.pace.give_back(from, places);
        self.places.refused(from, event, id);
    }

    /// An admitted reservation was there before.
    pub(crate) fn repeat(&self, from: IpAddr, reservation: &Reservation, places: u32) {
        self.pace.give_back(from, places);
        self.answer(from, reservation);
    }

    /// A visitor at this address is told what its reservation is.
    pub(crate) fn answer(&self, from: IpAddr, reservation: &Reservation) {
        self.places.answered(from, reservation);
    }

    /// Admits an exchange for so many places. Then comes [`refuse_exchange`](Self::refuse_exchange), or
    /// [`repeat`](Self::repeat), or [`answer`](Self::answer).
    ///
    /// # Errors
    /// As of [`admit`](Self::admit).
    pub(crate) fn admit_exchange(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) -> Result<(), Refusal> {
        self.places.exchange(from, (event, id), places)?;
        self.pace.take(from, places).map_err(|wait| {
            self.places.not_exchanged(from, event, id);
            busy(wait)
        })
    }

    /// An admitted exchange was refused.
    pub(crate) fn refuse_exchange(
        &self,
        from: IpAddr,
        (event, id): (EventId<&str>, ReservationId),
        places: u32,
    ) {
        self.pace.give_back(from, places);
        self.places.not_exchanged(from, event, id);
    }

    /// Admits an extension. Then comes [`refuse_extension`](Self::refuse_extension), or
    /// [`extend`](Self::extend) if it was one.
    ///
    /// # Errors
    /// `Busy` if the address takes places too fast.
    pub(crate) fn admit_extension(&self, from: IpAddr) -> Result<(), Refusal> {
        self.pace.take(from, 1).map_err(busy)
    }

    /// An admitted extension changed nothing.
    pub(crate) fn refuse_extension(&self, from: IpAddr) {
        self.pace.give_back(from, 1);
    }

    /// An extension takes as much as a new hold of the same places.
    pub(crate) fn extend(&self, from: IpAddr, reservation: &Reservation) {
        self.pace.charge(from, count(&reservation.places).saturating_sub(1));
        self.answer(from, reservation);
    }
}

fn busy(wait: Duration) -> Refusal {
    let ms = wait.as_micros().div_ceil(1_000);
    Refusal::Busy { retry_after_ms: ms.try_into().unwrap_or(u32::MAX) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use boxoffice_protocol::time::Timestamp;

    #[test]
    fn those_at_one_address_may_come_all_at_once_and_then_at_their_pace() {
        let number = |number| NonZeroU32::new(number).unwrap();
        let clock = Clock::manual(Timestamp::default());
        let limits = VisitorLimits::new(number(2), number(1_000), clock);
        let (office, event) = ([192, 0, 2, 1].into(), EventId::parse("night").unwrap());
        let admit = |number: u8, places| {
            let id = ReservationId::new(Timestamp::default(), [number; 10]);
            limits.admit(office, (event.borrowed(), id), places)
        };
        for number in 0..15 {
            admit(number, 4).unwrap();
        }
        assert_eq!(admit(15, 1), Err(Refusal::Busy { retry_after_ms: 500 }));
        assert_eq!(admit(16, 4), Err(Refusal::Busy { retry_after_ms: 2_000 }));
        assert_eq!(limits.admit_extension(office), Err(Refusal::Busy { retry_after_ms: 500 }));
    }
}
