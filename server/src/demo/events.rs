//! The sample events.

use boxoffice_client::{Client, ClientError};
use boxoffice_protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_protocol::id::{EventId, EventName, SectionName};
use boxoffice_protocol::time::Timestamp;
use std::num::NonZeroU32;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The event whose twenty places fifty customers race for.
pub(super) fn small_hall() -> EventId {
    id("casablanca")
}

/// The event with the one seat that all customers race for.
pub(super) fn front_row() -> EventId {
    id("dune-2")
}

/// Creates two films and a concert.
pub(super) async fn create(client: &Client) -> Result<(), ClientError> {
    let now = client.server_now();
    let stalls = section("stalls", 1_450, Layout::grid(8, 12));
    let balcony = section("balcony", 1_900, Layout::Seated { rows: vec![10, 10, 8] });
    let hall = section("hall", 1_200, Layout::grid(4, 5));
    let floor = section("floor", 3_000, Layout::standing(500));
    let lounge = section("lounge", 5_500, Layout::grid(2, 10));
    let films = [
        (front_row(), "Dune: Part Two", 7, vec![stalls, balcony], None),
        (small_hall(), "Casablanca, the last reel", 3, vec![hall], NonZeroU32::new(1)),
        (id("jazz-night"), "Jazz Night at the Docks", 21, vec![floor, lounge], NonZeroU32::new(6)),
    ];
    for (event, name, days, sections, max_per_customer) in films {
        let spec = EventSpec {
            name: EventName::parse(name).expect("a sample name is visible text"),
            starts_at: evening_after(now.plus(DAY * days)).into(),
            currency: Currency::EUR,
            max_per_customer,
            plan: None,
            sections: Sections::new(sections).expect("the samples keep the bounds"),
            sales_from: None,
            sales_until: None,
            publication: Publication::Listed,
            presentation: Presentation::default(),
            tickets: Tickets::default(),
        };
        client.create_event(&event, spec).await?;
    }
    Ok(())
}

/// Seven in the evening of the day after.
fn evening_after(time: Timestamp) -> Timestamp {
    let day = u64::try_from(DAY.as_millis()).unwrap_or(u64::MAX);
    Timestamp::from_ms(time.as_ms().div_ceil(day) * day).plus(Duration::from_secs(19 * 3_600))
}

fn section(name: &str, price: u64, layout: Layout) -> SectionSpec {
    SectionSpec {
        name: SectionName::parse(name).expect("a sample section is a word"),
        price,
        layout,
    }
}

fn id(slug: &str) -> EventId {
    EventId::parse(slug).expect("a sample id is a slug")
}
