//! A first booking: creates an event, holds the two best seats, confirms one of them, and gives it
//! back. It may be run again: every run books anew.
//!
//! ```console
//! cargo run --example first_booking -- 127.0.0.1:7117
//! ```

use boxoffice_client::protocol::event::{
    Currency, EventSpec, Layout, Presentation, Publication, SectionSpec, Sections, Tickets,
};
use boxoffice_client::protocol::id::{CustomerId, EventId, EventName, SectionName};
use boxoffice_client::protocol::request::ReservationKey;
use boxoffice_client::protocol::reservation::{
    Keep, PlaceCount, Places, SeatLabels, Selection, Together,
};
use boxoffice_client::protocol::time::Timestamp;
use boxoffice_client::{Client, ClientConfig, DEFAULT_SERVER};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let server = std::env::args().nth(1).unwrap_or_else(|| DEFAULT_SERVER.to_owned());
    let client = Client::connect(ClientConfig { server, ..ClientConfig::default() }).await?;
    println!("welcomed by {}", client.welcome().server);

    let event = EventId::parse("first-booking")?;
    let saved = client.create_event(&event, matinee()?).await?;
    println!("{event}: {:?} at version {}", saved.effect, saved.version);

    // The id is chosen before anything is sent, so that sending again can never book twice.
    let key = ReservationKey {
        event,
        id: client.new_id(),
        customer: CustomerId::parse("ann@example.org")?,
    };
    let best = Selection::Best {
        places: PlaceCount::new(2)?,
        section: None,
        together: Together::Required,
    };
    let held = client.hold(key.id, &key.event, &key.customer, &best, None).await?;
    let Places::Seats(seats) = &held.reservation.places else {
        anyhow::bail!("the best places of a cinema are seats")
    };
    println!(
        "held {seats:?} for {} ms",
        held.reservation.expires_at.since(client.server_now()).as_millis()
    );

    let first = Keep::Seats(SeatLabels::new(seats.first().cloned())?);
    let confirmed = client.confirm(&key, Some(first)).await?;
    println!("confirmed {:?} for {}", confirmed.reservation.places, confirmed.reservation.total);

    let cancelled = client.cancel(&key, None).await?;
    println!("it is {} now, at version {}", cancelled.reservation.status, cancelled.version);
    Ok(())
}

/// An event with five rows of eight seats at 9.50 EUR.
fn matinee() -> anyhow::Result<EventSpec> {
    let stalls =
        SectionSpec { name: SectionName::parse("stalls")?, price: 950, layout: Layout::grid(5, 8) };
    Ok(EventSpec {
        name: EventName::parse("Matinée")?,
        starts_at: Timestamp::from_ms(1_900_000_000_000).into(),
        currency: Currency::EUR,
        max_per_customer: None,
        plan: None,
        sections: Sections::new(vec![stalls])?,
        sales_from: None,
        sales_until: None,
        publication: Publication::Listed,
        presentation: Presentation::default(),
        tickets: Tickets::default(),
    })
}
