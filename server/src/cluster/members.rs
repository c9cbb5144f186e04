//! The servers that are there, and which of them an event prefers.

use boxoffice_protocol::id::EventId;
use boxoffice_store::Lease;
use parking_lot::RwLock;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// The servers whose leases have not ended, as this server heard last.
#[derive(Debug)]
pub(super) struct Members {
    /// This server, which counts always.
    own: String,
    others: RwLock<Vec<String>>,
}

impl Members {
    pub(super) const fn new(own: String) -> Self {
        Self { own, others: RwLock::new(Vec::new()) }
    }

    /// Takes what the leases say. Returns whether a server has come or gone.
    pub(super) fn update(&self, leases: Vec<Lease>) -> bool {
        let mut live: Vec<_> = leases.into_iter().map(|lease| lease.holder).collect();
        live.retain(|server| *server != self.own);
        live.sort_unstable();
        let mut others = self.others.write();
        let is_changed = *others != live;
        *others = live;
        is_changed
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        1 + self.others.read().len()
    }

    /// Whether this is the event's preferred server: rendezvous hashing, so that a server that comes or
    /// goes moves its own events only. Servers may differ for a moment, which costs time and no more.
    pub(super) fn prefers_this(&self, event: &EventId) -> bool {
        let own = weight(&self.own, event);
        self.others.read().iter().all(|other| (weight(other, event), other) < (own, &self.own))
    }
}

/// How much an event prefers a server.
fn weight(server: &str, event: &EventId) -> u64 {
    let mut hash = XxHash3_64::default();
    hash.write(server.as_bytes());
    hash.write(&[0]);
    hash.write(event.as_str().as_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leases(servers: &[&str]) -> Vec<Lease> {
        let lease = |server: &&str| Lease {
            name: format!("server/{server}"),
            holder: (*server).to_owned(),
            body: Vec::new(),
            until_ms: 0,
        };
        servers.iter().map(lease).collect()
    }

    fn members(own: &str, servers: &[&str]) -> Members {
        let members = Members::new(own.to_owned());
        members.update(leases(servers));
        members
    }

    #[test]
    fn each_event_prefers_one_server_and_a_server_that_goes_moves_its_own_events_only() {
        let all = ["a", "b", "c"];
        let servers = all.map(|own| members(own, &all));
        let without_c = ["a", "b"].map(|own| members(own, &["a", "b"]));
        let mut counts = [0; 3];
        for number in 0..600 {
            let event = EventId::parse(&format!("event-{number}")).expect("a slug");
            let of = |servers: &[Members]| -> Vec<usize> {
                (0..servers.len()).filter(|it| servers[*it].prefers_this(&event)).collect()
            };
            let [preferred] = of(&servers)[..] else { panic!("one of them") };
            counts[preferred] += 1;
            let [after] = of(&without_c)[..] else { panic!("one of them") };
            assert!(preferred == 2 || preferred == after);
        }
        assert!(counts.iter().all(|count| *count > 150), "{counts:?}");
    }

    #[test]
    fn a_server_counts_itself_although_its_lease_has_ended() {
        let event = EventId::parse("dune").expect("a slug");
        assert!(members("a", &[]).prefers_this(&event));
    }
}
