//! The client of Boxoffice, a ticket reservation server. It is asynchronous and pipelined, and
//! retries until a deadline.
//!
//! ```no_run
//! use boxoffice_client::protocol::id::{CustomerId, EventId};
//! use boxoffice_client::protocol::request::ReservationKey;
//! use boxoffice_client::protocol::reservation::{PlaceCount, Selection, Together};
//! use boxoffice_client::{Client, ClientConfig};
//!
//! # async fn book() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::connect(ClientConfig::default()).await?;
//! let event = EventId::parse("dune-2")?;
//! let customer = CustomerId::parse("ann@example.org")?;
//! let best = Selection::Best {
//!     places: PlaceCount::new(2)?,
//!     section: None,
//!     together: Together::Required,
//! };
//!
//! // The id is chosen before the request is sent, so a repeat can never book twice.
//! let id = client.new_id();
//! client.hold(id, &event, &customer, &best, None).await?;
//! let booking = client.confirm(&ReservationKey { event, id, customer }, None).await?;
//! println!("{:?} for {}", booking.reservation.places, booking.reservation.total);
//! # Ok(())
//! # }
//! ```
//!
//! - [`Client`] is cheap to clone; all clones share one connection. [`Client::call`] sends any
//!   request; every other method is one kind of request with its reply.
//! - [`ClientError`] distinguishes a refusal from an error, and an unknown outcome from a request that
//!   was never sent.
//! - [`EventWatch`] yields the changes of an event's places.
//! - `TlsConfig` says which authorities are trusted. It comes with the feature `tls`, which is on by
//!   default.
//!
//! Every request of the protocol may be repeated without a second effect, so the client repeats it
//! after a lost connection, until [`ClientConfig::deadline`].

#![forbid(unsafe_code)]

mod backoff;
mod calls;
mod client;
mod config;
mod connection;
mod error;
mod pages;
mod pending;
mod plans;
mod shop_calls;
mod silence;
mod stream;
mod tls;
mod watch;
mod welcome;
mod wire;

pub use boxoffice_protocol as protocol;
pub use calls::{BackedUp, Booking, ConfirmedOrder, Saved, Versioned};
pub use client::Client;
pub use config::{ClientConfig, DEFAULT_SERVER};
pub use error::ClientError;
pub use pages::{ReservationFilter, ReservationPages};
pub use tls::TlsFault;
#[cfg(feature = "tls")]
pub use tls::{TlsConfig, TlsConfigError};
pub use watch::{EventWatch, WatchEvent};
