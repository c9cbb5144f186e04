//! Laws of time, leases and hints.

use super::bench::{Bench, Writer};
use crate::lease::LeaseAnswer;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(3_600);

pub(super) async fn all(bench: &dyn Bench, seed: u64) {
    time_does_not_go_back(bench, seed).await;
    a_lease_has_one_holder(bench, seed).await;
    a_hint_reaches_the_others(bench, seed).await;
}

async fn time_does_not_go_back(bench: &dyn Bench, seed: u64) {
    let server = Writer::new(bench, seed).await;
    let mut before = 0;
    for _ in 0..50 {
        let now = server.store.now().await.expect("the engine has a clock");
        assert!(now >= before, "{now} after {before}, seed {seed}");
        before = now;
    }
}

async fn a_lease_has_one_holder(bench: &dyn Bench, seed: u64) {
    let (mut one, other) = (Writer::new(bench, seed).await, Writer::new(bench, !seed).await);
    let name = one.log("lease").as_str().to_owned();
    let asked = ["one", "other", "third"].map(|holder| {
        let server = if holder == "other" { &other } else { &one };
        server.store.lease(&name, holder, holder.as_bytes().to_vec(), LONG)
    });
    let mut granted = 0;
    for answer in asked {
        let answer = answer.await.expect("the engine answers");
        granted += usize::from(matches!(answer, LeaseAnswer::Granted { .. }));
    }
    assert_eq!(granted, 1, "one holder, seed {seed}");
    let leases = one.store.leases().await.expect("the engine answers");
    let mut ours = leases.into_iter().filter(|lease| lease.name == name);
    let (lease, None) = (ours.next().expect("it is granted"), ours.next()) else {
        panic!("one lease of a name, seed {seed}")
    };
    assert_eq!(lease.body, lease.holder.as_bytes(), "seed {seed}");
    let longer = one.store.lease(&name, &lease.holder, Vec::new(), 2 * LONG).await;
    let Ok(LeaseAnswer::Granted { until_ms }) = longer else { panic!("{longer:?}, seed {seed}") };
    assert!(until_ms > lease.until_ms, "the holder prolongs it, seed {seed}");
    other.store.release(&name, "a stranger").await.expect("the engine answers");
    let taken = other.store.lease(&name, "a stranger", Vec::new(), LONG).await;
    assert!(matches!(taken, Ok(LeaseAnswer::Held(_))), "seed {seed}: {taken:?}");
    one.store.release(&name, &lease.holder).await.expect("the engine answers");
    // One that has ended in the engine's time is anybody's.
    let short = other.store.lease(&name, "a stranger", Vec::new(), Duration::ZERO).await;
    assert!(matches!(short, Ok(LeaseAnswer::Granted { .. })), "seed {seed}: {short:?}");
    let next = one.store.lease(&name, "next", Vec::new(), LONG).await;
    assert!(matches!(next, Ok(LeaseAnswer::Granted { .. })), "seed {seed}: {next:?}");
}

async fn a_hint_reaches_the_others(bench: &dyn Bench, seed: u64) {
    let (mut one, other) = (Writer::new(bench, seed).await, Writer::new(bench, !seed).await);
    let logs = vec![one.log("hint"), one.log("hint")];
    let mut hints = other.store.hints().await.expect("the engine answers");
    one.store.hint(logs.clone()).await.expect("the engine answers");
    for log in logs {
        while hints.next().await.expect("the store is open") != log {}
    }
}
