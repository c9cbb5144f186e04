//! Moves everything from one place to another: a data folder, or a store that servers share.
//!
//! [`copy`] opens both (`place`) and sees that no server is at work in either
//! (`servers_at_work`). A `folder_source` is a data folder that is read as a store: each event has a
//! snapshot and its newest batch, the index of events and the key of fingerprints have logs.
//! `folder_target` writes what a store has into a new data folder. Between two stores, everything is
//! done by [`boxoffice_store::copy`].

mod copied;
mod copying;
mod error;
mod folder_source;
mod folder_target;
mod place;
mod servers_at_work;

pub use copied::Copied;
pub use copying::copy;
pub use error::CopyingError;
pub use place::{CopyPlace, CopyPlaceOptions};
