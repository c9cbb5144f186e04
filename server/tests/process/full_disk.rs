//! A disk that fills up under a running server: new reservations are refused before anything is
//! half done, what frees places goes on longest, and service resumes when there is room again.

use super::rows::reservation_rows;
use super::shoppers::{CAPACITY, EVENT};
use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::refusal::{Refusal, UnavailableWhy};
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{IfExpired, Request, ReservationKey};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::http::Http;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::small_disk::SmallDisk;
use boxoffice_testing::{
    Raw, concert, create, hold, key, new_id, reserve, seat_map, standing, test_name, until,
};
use rustix::process::Signal;
use std::path::{Path, PathBuf};

const FULL: Refusal = Refusal::Unavailable { why: UnavailableWhy::StorageFull };

/// Megabytes for two segments, the ballast, and some rows.
const DISK: u32 = 72;
/// No hold expires while a test runs, but those that say so.
const HOLDS: [&str; 2] = ["--hold-default", "30m"];
/// Requests in flight together: fewer than a server admits.
const AT_ONCE: usize = 50;

/// A client that remembers what the server has acknowledged.
struct Customer {
    client: Raw,
    now: Timestamp,
    held: Vec<ReservationId>,
    sold: u64,
}

impl Customer {
    async fn of(process: &Process) -> Self {
        let (client, now) = Raw::welcomed(process.address).await;
        Self { client, now, held: Vec::new(), sold: 0 }
    }

    /// Sends a request. Returns true if it was done, and false if the disk is too full.
    async fn ask(&mut self, request: &Request) -> bool {
        was_done(request, self.client.ask(request).await.body)
    }

    /// Asks for many things, of which each has to be done.
    async fn all_done(&mut self, requests: &[Request]) {
        for requests in requests.chunks(AT_ONCE) {
            for request in requests {
                self.client.send(request).await;
            }
            for request in requests {
                let frame = self.client.receive().await.expect("the server is there");
                assert!(was_done(request, frame.reply.body));
            }
        }
    }

    async fn hold(&mut self, number: usize) {
        let ids: Vec<_> = (0..number).map(|_| new_id(self.now)).collect();
        let holds = ids.iter().map(|&id| hold(id, EVENT, "ann", standing(1)));
        self.all_done(&holds.collect::<Vec<_>>()).await;
        self.held.extend(ids);
    }

    async fn reserve(&mut self, number: usize) {
        let reserve = |_| reserve(new_id(self.now), EVENT, "ann", standing(1));
        let wishes: Vec<_> = (0..number).map(reserve).collect();
        self.all_done(&wishes).await;
        self.sold += number as u64;
    }

    /// Reserves, until it is done.
    async fn until_reserved(&mut self) {
        let wish = reserve(new_id(self.now), EVENT, "ann", standing(1));
        while !self.ask(&wish).await {}
        self.sold += 1;
    }

    async fn confirm(&mut self) -> bool {
        let reservation = self.last_held();
        let done = self
            .ask(&Request::Confirm { reservation, keep: None, expired: IfExpired::Refuse })
            .await;
        if done {
            self.held.pop();
            self.sold += 1;
        }
        done
    }

    async fn release(&mut self) -> bool {
        let reservation = self.last_held();
        let done = self.ask(&Request::Release { reservation, keep: None }).await;
        if done {
            self.held.pop();
        }
        done
    }

    fn last_held(&self) -> ReservationKey {
        key(*self.held.last().expect("more were held than there is room for"), EVENT, "ann")
    }

    /// Held and sold, as the server counts.
    async fn counts(&mut self, event: &str) -> (u64, u64) {
        let map = self.client.ask(&seat_map(event)).await.body;
        let Body::Seats(map) = map else { panic!("{map:?}") };
        (map.sections[0].counts.held, map.sections[0].counts.sold)
    }

    /// Checks that the server has the acknowledged reservations, no less and no more.
    async fn check(&mut self) {
        assert_eq!(self.counts(EVENT).await, (self.held.len() as u64, self.sold));
    }
}

fn was_done(request: &Request, answer: Body) -> bool {
    match answer {
        Body::Reservation { .. } | Body::EventSaved { .. } => true,
        Body::Refused(refusal) if refusal == FULL => false,
        other => panic!("{request:?} was answered {other:?}"),
    }
}

fn start(data: &Path) -> Process {
    Process::spawn(durable(data).args(HOLDS))
}

async fn open_sale(process: &Process) -> Customer {
    let mut customer = Customer::of(process).await;
    assert!(customer.ask(&create(EVENT, concert(CAPACITY))).await);
    customer
}

fn ballast(data: &Path) -> PathBuf {
    data.join("journal/ballast")
}

/// Reserves, one by one, until that is refused, on a disk that has no room whatever is given up.
async fn use_up_the_journal(customer: &mut Customer, disk: &SmallDisk) {
    loop {
        disk.fill();
        let wish = reserve(new_id(customer.now), EVENT, "ann", standing(1));
        if !customer.ask(&wish).await {
            return;
        }
        customer.sold += 1;
    }
}

#[tokio::test]
async fn what_frees_places_goes_on_longest_and_service_resumes_when_there_is_room() {
    let Some(disk) = SmallDisk::of(test_name!(), DISK) else { return };
    let process = start(&disk.data());
    let mut customer = open_sale(&process).await;
    customer.hold(700).await;
    let brief = "brief";
    assert!(customer.ask(&create(brief, concert(9))).await);
    let mut expires = hold(new_id(customer.now), brief, "ann", standing(1));
    let Request::Hold { ttl_ms, .. } = &mut expires else { unreachable!("it is a hold") };
    *ttl_ms = Some(6_000);
    assert!(customer.ask(&expires).await);

    use_up_the_journal(&mut customer, &disk).await;
    customer.check().await;
    let new = reserve(new_id(customer.now), EVENT, "ann", standing(1));
    assert!(!customer.ask(&new).await, "new reservations are refused first");
    let mut http = Http::connect(process.http).await;
    assert_eq!(http.get("/readyz").await.problem(503), "StorageFull");
    let before = customer.held.len();
    while customer.confirm().await {}
    let confirmed = before - customer.held.len();
    while customer.release().await {}
    let released = before - confirmed - customer.held.len();
    assert!(!customer.ask(&new).await && !customer.confirm().await);
    customer.check().await;
    println!("{confirmed} confirmed and {released} released after new ones were refused");
    assert!(confirmed > 50 && released > 50);
    while customer.counts(brief).await != (0, 0) {}

    disk.clear();
    customer.until_reserved().await;
    assert_eq!(http.get("/readyz").await.status, 200);
    customer.check().await;
    while !ballast(&disk.data()).exists() {
        customer.until_reserved().await;
    }
    process.signal(Signal::KILL);
    process.wait();
    let process = start(&disk.data());
    let mut again = Customer { client: Raw::welcomed(process.address).await.0, ..customer };
    again.check().await;
}

#[tokio::test]
async fn the_rows_get_the_ballast_and_wait_for_room_when_that_is_used_up() {
    let Some(disk) = SmallDisk::of(test_name!(), DISK) else { return };
    let data = disk.data();
    let process = start(&data);
    let mut customer = open_sale(&process).await;
    customer.reserve(100).await;
    until("the rows have all", || reservation_rows(&data) == 100).await;
    assert!(ballast(&data).exists());
    disk.fill();
    customer.reserve(100).await;
    until("the rows get the ballast", || reservation_rows(&data) == 200).await;
    assert!(!ballast(&data).exists());
    disk.fill();
    customer.reserve(500).await;
    customer.check().await;
    process.signal(Signal::TERM);
    let (status, _) = process.wait();
    assert!(status.success(), "rows that cannot follow do not keep it from ending: {status}");
    assert!(reservation_rows(&data) < 700, "there was no room");

    let process = start(&data);
    let mut customer = Customer { client: Raw::welcomed(process.address).await.0, ..customer };
    customer.check().await;
    disk.clear();
    customer.until_reserved().await;
    until("the rows have caught up", || reservation_rows(&data) == customer.sold).await;
    until("the ballast is taken again", || ballast(&data).exists()).await;
}

#[tokio::test]
async fn a_start_on_a_full_disk_takes_what_is_kept_back() {
    let Some(disk) = SmallDisk::of(test_name!(), DISK) else { return };
    let data = disk.data();
    let process = start(&data);
    let mut customer = open_sale(&process).await;
    customer.reserve(100).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    // SQLite has removed the files that it keeps beside the state file while that is open.
    disk.fill();
    let process = start(&data);
    assert!(!ballast(&data).exists());
    let mut customer = Customer { client: Raw::welcomed(process.address).await.0, ..customer };
    customer.check().await;
    customer.reserve(100).await;
    process.signal(Signal::KILL);
    process.wait();
    disk.fill();
    let process = start(&data);
    let mut customer = Customer { client: Raw::welcomed(process.address).await.0, ..customer };
    customer.check().await;
}
