//! Rendered answers, encoded once and sent many times (moka).
//!
//! A view is as good as a new one while its event's version stands and no hold that it shows is
//! due; the holds that are due are recorded as expired before it is rendered. In a rush, when every look
//! would find another version, it may be served up to `max_age` old. It states its age, and by
//! `monotonic_reads` a connection never gets a view that is older than what it was sent before. No
//! sale is decided from a view. The JSON of a large event is written `beside` the event loop.

mod beside;
mod monotonic_reads;
mod render;
mod view;
mod views;

pub(crate) use beside::MOST_ON_LOOP;
pub(crate) use monotonic_reads::MonotonicReads;
pub use view::{Aged, View, ViewRequirement, Viewed};
pub use views::{Aspect, Form, Views};
