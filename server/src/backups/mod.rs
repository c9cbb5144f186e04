//! Backups of the running server: one at a time, each made by a thread of its own, so that only the
//! client that asked waits for it.
//!
//! A backup is a folder that a server can be started on. It has everything that was durable when it
//! was asked for: the thread waits until the rows have followed that far, and copies the state file
//! (`ledger/rows/backup.rs`) into a folder that gets its name when it is whole (`folder`).
//!
//! A backup that was begun is made even if the client is gone; only the server's stop ends it
//! before.

mod backups;
mod folder;

pub(crate) use backups::Backups;
