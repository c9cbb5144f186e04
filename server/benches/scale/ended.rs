//! How much memory a hold takes that was released, while it is remembered: of one customer, and of
//! customers with one each.

use crate::hold::{RULES, standing};
use boxoffice_benches::cost;
use boxoffice_benches::world::{BEGIN as NOW, SIDE, spec};
use boxoffice_inventory::{Command, Decision, EventSecrets, Hall, Inventory};
use boxoffice_protocol::change::{Change, Recorded};
use boxoffice_protocol::id::{CustomerId, EventId, ReservationId};
use boxoffice_protocol::time::Timestamp;
use std::time::Duration;

/// Holds that are made in a millisecond.
const MADE_A_MS: u64 = 50;

/// Prints the resident bytes of each.
pub(crate) fn run(reservations: u64) -> anyhow::Result<()> {
    println!("resident bytes of each of {reservations} released holds");
    for (name, customers) in [("of one customer", 1), ("of customers with one each", u64::MAX)] {
        let mut event = event();
        let before = cost::resident_bytes("self")?;
        fill(&mut event, reservations, customers);
        let bytes = cost::resident_bytes("self")?.saturating_sub(before);
        assert_eq!((event.live(), event.remembered() as u64), (0, reservations));
        println!("{name:>28} {:>8.1}", bytes as f64 / reservations as f64);
    }
    Ok(())
}

fn event() -> Inventory {
    let created = Change::Created(Box::new(spec(SIDE)));
    let created = Recorded { version: 1, at: NOW, principal: None, change: created };
    let slug = EventId::parse("event").expect("a slug");
    let secrets = EventSecrets::of_tables(7);
    Inventory::create(slug, secrets, &created, Hall::default()).expect("a creation")
}

fn fill(event: &mut Inventory, reservations: u64, customers: u64) {
    let mut random = fastrand::Rng::with_seed(7);
    for number in 0..reservations {
        let now = NOW.plus(Duration::from_millis(number / MADE_A_MS));
        let id = ReservationId::new(now, std::array::from_fn(|_| random.u8(..)));
        let name = format!("cust{:08}", number % customers);
        let customer = CustomerId::parse(&name).expect("12 bytes");
        let (customer, selection) = (customer.borrowed(), &standing());
        let hold =
            Command::Hold { id, fingerprint: 1, customer, selection, ttl: None, order: None };
        make(event, &hold, now);
        make(event, &Command::Release { id, customer, keep: None }, now);
    }
}

/// Decides and applies, for good.
fn make(event: &mut Inventory, command: &Command<'_>, now: Timestamp) {
    match event.decide(command, now, &RULES) {
        Decision::Answer(Ok(Some(change))) => {
            let version = event.version() + 1;
            event.apply(&Recorded { version, at: now, principal: None, change });
            event.seal(version);
        }
        other => panic!("{command:?} is answered {other:?}"),
    }
}
