//! `boxoffice-server demo`: a server with sample events, and customers that race for its places over
//! real connections.

mod events;
mod race;
mod report;
mod run;

pub(crate) use run::run;
