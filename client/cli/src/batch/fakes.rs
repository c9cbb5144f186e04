//! A server and a disk for tests: in memory, random by a seed, and as unkind as real ones.

use super::input::{Assumed, BadRow};
use super::job::{BatchObserver, BatchServer};
use super::log::{LogDisk, RowCounts, SeekableRead};
use boxoffice_client::ClientError;
use boxoffice_client::protocol::event::Currency;
use boxoffice_client::protocol::id::{BookingCode, ReservationId, SeatLabel, SectionName};
use boxoffice_client::protocol::limits::MAX_ID_AGE_MS;
use boxoffice_client::protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_client::protocol::reply::{Body, Effect, Reply};
use boxoffice_client::protocol::request::Request;
use boxoffice_client::protocol::reservation::{Places, Reservation, Selection, Status};
use boxoffice_client::protocol::time::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::{self, Cursor};
use std::rc::Rc;
use tokio::sync::Notify;

/// Kills a run at the end of its life: so many things happen, and then nothing more.
#[derive(Clone)]
pub(super) struct RunLife {
    left: Rc<Cell<u32>>,
    pub(super) over: Rc<Notify>,
}

impl RunLife {
    pub(super) fn of(steps: u32) -> Self {
        Self { left: Rc::new(Cell::new(steps)), over: Rc::new(Notify::new()) }
    }

    pub(super) fn endless() -> Self {
        Self::of(u32::MAX)
    }

    /// One more thing happens, if there is life left.
    fn step(&self) -> bool {
        self.left.set(self.left.get().saturating_sub(1));
        let alive = self.left.get() > 0;
        if !alive {
            self.over.notify_one();
        }
        alive
    }
}

/// A file that a crash can shorten to anything between what was synced and what was written.
#[derive(Clone, Default)]
pub(super) struct FakeDisk(Rc<RefCell<Bytes>>);

#[derive(Default)]
struct Bytes {
    written: Vec<u8>,
    synced: usize,
    life: Option<RunLife>,
}

impl FakeDisk {
    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.borrow().written.clone()).expect("results are text")
    }

    pub(super) fn set_text(&self, text: &str) {
        let mut bytes = self.0.borrow_mut();
        bytes.written = text.as_bytes().to_vec();
        bytes.synced = bytes.written.len();
    }

    pub(super) fn during(&self, life: &RunLife) -> Self {
        self.0.borrow_mut().life = Some(life.clone());
        self.clone()
    }

    pub(super) fn crash(&self, random: &mut fastrand::Rng) {
        let mut bytes = self.0.borrow_mut();
        let length = random.usize(bytes.synced..=bytes.written.len());
        bytes.written.truncate(length);
    }

    fn is_durable(&self, text: &str) -> bool {
        let bytes = self.0.borrow();
        String::from_utf8_lossy(&bytes.written[..bytes.synced]).contains(text)
    }
}

fn killed() -> io::Error {
    io::Error::other("killed")
}

impl LogDisk for FakeDisk {
    fn reader(&mut self) -> io::Result<Box<dyn SeekableRead + '_>> {
        Ok(Box::new(Cursor::new(self.0.borrow().written.clone())))
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut bytes = self.0.borrow_mut();
        bytes.written.truncate(usize::try_from(length).expect("a short file"));
        bytes.synced = bytes.synced.min(bytes.written.len());
        Ok(())
    }

    fn append(&mut self, appended: &[u8]) -> io::Result<()> {
        let mut bytes = self.0.borrow_mut();
        bytes.written.extend(appended);
        if bytes.life.as_ref().is_none_or(RunLife::step) { Ok(()) } else { Err(killed()) }
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut bytes = self.0.borrow_mut();
        if !bytes.life.as_ref().is_none_or(RunLife::step) {
            return Err(killed());
        }
        bytes.synced = bytes.written.len();
        Ok(())
    }
}

/// A text that names no seat of the event.
const NO_SEAT: &str = "A0";

/// How a server treats its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// It answers everything, in order.
    Kind,
    /// It loses requests and answers, is busy, and answers in any order.
    Unkind,
}

/// One event: seats that are sold once, and standing places as many as there are.
#[derive(Clone)]
pub(super) struct FakeServer {
    state: Rc<RefCell<State>>,
    disk: FakeDisk,
    life: RunLife,
    mood: Mood,
}

struct State {
    random: fastrand::Rng,
    now: Timestamp,
    reservations: BTreeMap<ReservationId, (Request, Reservation)>,
    standing: u32,
    /// Requests in the order in which they arrived.
    arrived: Vec<ReservationId>,
}

impl FakeServer {
    pub(super) fn new(seed: u64, standing: u32, disk: &FakeDisk) -> Self {
        let state = State {
            random: fastrand::Rng::with_seed(seed),
            now: Timestamp::from_ms(1_760_000_000_000),
            reservations: BTreeMap::new(),
            standing,
            arrived: Vec::new(),
        };
        Self {
            state: Rc::new(RefCell::new(state)),
            disk: disk.clone(),
            life: RunLife::endless(),
            mood: Mood::Kind,
        }
    }

    pub(super) fn during(&self, life: &RunLife, mood: Mood) -> Self {
        Self { life: life.clone(), mood, ..self.clone() }
    }

    pub(super) fn a_day_later(&self) {
        let mut state = self.state.borrow_mut();
        state.now = Timestamp::from_ms(state.now.as_ms() + MAX_ID_AGE_MS + 1);
    }

    pub(super) fn reservations(&self) -> Vec<Reservation> {
        self.state.borrow().reservations.values().map(|(_, made)| made.clone()).collect()
    }

    pub(super) fn arrived(&self) -> Vec<ReservationId> {
        self.state.borrow().arrived.clone()
    }

    fn random(&self, below: u32) -> u32 {
        self.state.borrow_mut().random.u32(0..below)
    }

    async fn dawdle(&self) {
        let turns = if self.mood == Mood::Kind { 0 } else { self.random(5) };
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }

    /// Something happens; after the end of life, nothing does.
    async fn step(&self) {
        if !self.life.step() {
            std::future::pending::<()>().await;
        }
    }
}

impl BatchServer for FakeServer {
    fn new_id(&self) -> ReservationId {
        let mut state = self.state.borrow_mut();
        let mut random = [0; 10];
        state.random.fill(&mut random);
        ReservationId::new(state.now, random)
    }

    async fn call(&self, request: &Request) -> Result<Reply, ClientError> {
        self.step().await;
        let fault = if self.mood == Mood::Kind { u32::MAX } else { self.random(100) };
        self.dawdle().await;
        let refused = |refusal| Err(ClientError::Refused { refusal, version: 1 });
        match fault {
            0 => return Err(ClientError::OutcomeUnknown),
            1..4 => return refused(Refusal::Busy { retry_after_ms: 1 }),
            4..7 => return refused(Refusal::Unavailable { why: UnavailableWhy::StorageFull }),
            _ => {}
        }
        let decided = self.state.borrow_mut().decide(request, &self.disk);
        self.step().await;
        self.dawdle().await;
        match decided {
            _ if fault == 7 => Err(ClientError::OutcomeUnknown),
            _ if fault == 8 => refused(Refusal::OutcomeUnknown),
            Ok(reservation) => {
                let effect = Effect::Applied;
                let body = Body::Reservation { reservation: Box::new(reservation), effect };
                Ok(Reply { version: 1, age_ms: 0, body })
            }
            Err(refusal) => refused(refusal),
        }
    }
}

impl State {
    fn decide(&mut self, request: &Request, disk: &FakeDisk) -> Result<Reservation, Refusal> {
        let (id, event, customer, selection, status) = match request.clone() {
            Request::Reserve { id, event, customer, selection, .. } => {
                (id, event, customer, selection, Status::Confirmed)
            }
            Request::Hold { id, event, customer, selection, .. } => {
                (id, event, customer, selection, Status::Held)
            }
            other => panic!("a batch sent {other:?}"),
        };
        assert!(disk.is_durable(&id.to_string()), "{id} was sent before it was durable");
        self.arrived.push(id);
        if let Some((earlier, reservation)) = self.reservations.get(&id) {
            return if earlier == request {
                Ok(reservation.clone())
            } else {
                Err(Refusal::IdConflict)
            };
        }
        if self.now.as_ms() - id.time().as_ms() > MAX_ID_AGE_MS {
            return Err(Refusal::invalid("id", "is more than 24 h old"));
        }
        let places = self.places(&selection)?;
        let reservation = Reservation {
            id,
            code: BookingCode::of_hash(1),
            event,
            customer,
            status,
            places,
            total: 4_500,
            currency: Currency::EUR,
            created_at: self.now,
            expires_at: self.now,
            revision: 0,
            order: None,
            tickets: Vec::new().into(),
        };
        self.reservations.insert(id, (request.clone(), reservation.clone()));
        Ok(reservation)
    }

    fn places(&mut self, selection: &Selection) -> Result<Places, Refusal> {
        match selection.parts().0 {
            Selection::Ticketed(_) => Err(Refusal::invalid("types", "are not expected")),
            Selection::Seats(labels) => {
                let seats: Vec<SeatLabel> = labels.as_slice().to_vec();
                if let Some(missing) = seats.iter().find(|seat| &*seat.text() == NO_SEAT) {
                    return Err(Refusal::NoSuchSeat { seats: vec![missing.clone()].into() });
                }
                let taken = |seat: &SeatLabel| {
                    self.reservations.values().any(|(_, made)| {
                        matches!(&made.places, Places::Seats(theirs) if theirs.contains(seat))
                    })
                };
                let taken: Vec<_> = seats.iter().filter(|seat| taken(seat)).cloned().collect();
                if taken.is_empty() {
                    Ok(Places::Seats(seats.into()))
                } else {
                    Err(Refusal::SeatsTaken { seats: taken.into() })
                }
            }
            Selection::Best { places, .. } | Selection::Standing { places, .. } => {
                let places = places.as_u32();
                self.standing = self
                    .standing
                    .checked_sub(places)
                    .ok_or(Refusal::SoldOut { free: self.standing.into() })?;
                let section = SectionName::parse("floor").expect("a word");
                Ok(Places::Standing { section, places })
            }
        }
    }
}

/// An observer that keeps the bad rows.
#[derive(Debug, Default)]
pub(super) struct Seen(pub(super) Vec<String>);

impl BatchObserver for Seen {
    fn assumed(&mut self, assumed: &Assumed) {
        self.0.push(assumed.to_string());
    }

    fn bad_row(&mut self, line: u64, bad: &BadRow) {
        self.0.push(format!("{line}: {bad}"));
    }

    fn planned(&mut self, _rows: u64, _done: u64) {}

    fn progress(&mut self, _tally: &RowCounts) {}
}
