//! The servers that are there, and which of them an event prefers.

use super::lease_notice::LeaseNotice;
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
    others: RwLock<Vec<Member>>,
}

/// Another server that has a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) server: String,
    pub(super) notice: LeaseNotice,
}

impl Members {
    pub(super) const fn new(own: String) -> Self {
        Self { own, others: RwLock::new(Vec::new()) }
    }

    /// Takes what the leases say. Returns whether a server has come or gone.
    pub(super) fn update(&self, leases: Vec<Lease>) -> bool {
        let others = leases.into_iter().filter(|lease| lease.holder != self.own);
        let member = |lease: Lease| Member {
            notice: LeaseNotice::decoded(&lease.body),
            server: lease.holder,
        };
        let mut live: Vec<_> = others.map(member).collect();
        live.sort_unstable_by(|a, b| a.server.cmp(&b.server));
        let mut others = self.others.write();
        let is_changed = *others != live;
        *others = live;
        is_changed
    }

    /// The other servers, in the order of their names.
    pub(super) fn others(&self) -> Vec<Member> {
        self.others.read().clone()
    }

    /// Whether another server is there.
    pub(super) fn has(&self, server: &str) -> bool {
        self.others.read().iter().any(|other| other.server == server)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        1 + self.others.read().len()
    }

    /// Whether this is the event's preferred server: rendezvous hashing, so that a server that comes or
    /// goes moves its own events only. Servers may differ for a moment, which costs time and no more.
    pub(super) fn prefers_this(&self, event: &EventId) -> bool {
        self.preferred_other(event.borrowed(), |_| ()).is_none()
    }

    /// What `look` says of the event's preferred server, if that is another one.
    pub(super) fn preferred_other<T>(
        &self,
        event: EventId<&str>,
        look: impl FnOnce(&str) -> T,
    ) -> Option<T> {
        let others = self.others.read();
        let weighed = others.iter().map(|other| (weight(&other.server, event), &*other.server));
        let best = weighed.max()?;
        (best > (weight(&self.own, event), &*self.own)).then(|| look(best.1))
    }
}

/// How much an event prefers a server.
fn weight(server: &str, event: EventId<&str>) -> u64 {
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
