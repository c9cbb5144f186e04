//! Several servers with one event over one engine, under a virtual clock and with faults: answers
//! and requests that get lost, come late and pass each other, appends whose wait for the standby is
//! cut off, failovers, servers that die, and clocks that differ. One seed chooses all of it.
//!
//! Servers take snapshots meanwhile, trim the log under those that sleep, and unload the event.
//!
//! `world` is what happens next, `engine` the engine, `server` one server, `asking` what is asked.
//! `promises` checks every answer when it is given, and `check` all of them in the end: each has to
//! be what the log says at the answer's version. `laws` lives many trials, with and without
//! deliberate bugs, and `asynchronous` names the laws that a standby breaks that lags behind.

mod asking;
mod asynchronous;
mod check;
mod engine;
mod figures;
mod happening;
mod laws;
mod promises;
mod server;
mod slow_store;
mod snapshotting;
mod world;
