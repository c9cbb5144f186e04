//! System calls of a real server that fail under load: after a failed write or barrier it
//! acknowledges nothing more and ends (law 8), and the next start has everything that was
//! acknowledged; a disk that is only full, it waits for.

use super::rows::reservation_rows;
use super::shoppers::{CAPACITY, EVENT, LONG_HOLDS, Shopper, audit, shop, shoppers};
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::skip::{Need, skip};
use boxoffice_testing::strace::{Fault, Injected};
use boxoffice_testing::{Raw, concert, create, seed, strace, test_name};
use rustix::process::Signal;
use std::path::Path;

/// The segment that is written into from the first start on.
const FIRST_SEGMENT: &str = "journal/00000001.log";
const WAL: &str = "boxoffice.db-wal";

/// A fault of one file of the data folder.
fn fault(
    data: &Path,
    call: &'static str,
    file: &str,
    error: &'static str,
    when: impl Into<String>,
) -> Fault {
    let paths = vec![data.join(file)];
    Fault { call, paths, injected: Injected::Error(error), when: when.into() }
}

/// Makes the event for the shoppers.
async fn open_sale(data: &Path) {
    let process = Process::spawn(durable(data).args(LONG_HOLDS));
    let (mut client, _) = Raw::welcomed(process.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
}

/// Has shoppers shop until the fault ends the server, and sees that all they know is there at the
/// next start.
async fn fails_stop(
    data: &Path,
    threads: &str,
    fault: &Fault,
    known: Vec<Shopper>,
) -> Vec<Shopper> {
    let mut command = durable(data);
    let process =
        Process::spawn(&mut fault.of(command.args(LONG_HOLDS).args(["--threads", threads])));
    let mut known = shop(&process, known).await.ended().await;
    let (status, _) = process.wait();
    assert_eq!(status.code(), Some(4), "{fault:?}");
    let process = Process::spawn(durable(data).args(LONG_HOLDS));
    audit(&process, &mut known).await;
    process.signal(Signal::TERM);
    assert!(process.wait().0.success());
    known
}

#[tokio::test]
async fn law_8_after_a_failed_write_or_barrier_nothing_is_acknowledged() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    let rounds = if std::env::var_os("BOXOFFICE_LONG").is_some() { 20 } else { 1 };
    let mut random = fastrand::Rng::with_seed(seed());
    // Commits take turns with sessions, or have a thread of their own.
    for threads in ["1", "2"].repeat(rounds) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        open_sale(&data).await;
        let mut known = shoppers(4, &mut random);
        for (call, error) in [
            ("fdatasync", "EIO"),
            ("fdatasync", "ENOSPC"),
            ("fdatasync", "EDQUOT"),
            ("pwrite64", "EIO"),
            ("pwrite64", "ENOSPC"),
        ] {
            let unknown = |known: &[Shopper]| known.iter().map(|one| one.unknown).sum::<usize>();
            // The first few are the start's own, and every shopper has to have connected.
            let (before, when) = (unknown(&known), random.u32(20..120).to_string());
            let fault = fault(&data, call, FIRST_SEGMENT, error, when);
            known = fails_stop(&data, threads, &fault, known).await;
            assert!(unknown(&known) > before, "nobody was told: {fault:?}");
        }
        // A transaction of the rows is some writes and one barrier.
        for (call, error) in [("fsync", "EIO"), ("fsync", "ENOSPC"), ("pwrite64", "EIO")] {
            known = fails_stop(&data, threads, &fault(&data, call, WAL, error, "1"), known).await;
        }
    }
}

#[tokio::test]
async fn rows_without_room_are_waited_for() {
    if let Some(why) = strace::missing() {
        return skip(test_name!(), Need::Strace, &why);
    }
    for (file, error) in [(WAL, "ENOSPC"), (WAL, "EDQUOT"), ("boxoffice.db", "EDQUOT")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        open_sale(&data).await;
        let mut known = shoppers(1, &mut fastrand::Rng::with_seed(seed()));
        let fault = fault(&data, "pwrite64", file, error, "1..3");
        let process = Process::spawn(&mut fault.of(durable(&data).args(LONG_HOLDS)));
        let (mut client, now) = Raw::welcomed(process.address).await;
        for shopper in &mut known {
            shopper.shop_a_little(&mut client, now, 100).await;
        }
        audit(&process, &mut known).await;
        process.signal(Signal::TERM);
        let (status, _) = process.wait();
        assert!(status.success(), "{file}, {error}: {status}");
        assert_eq!(reservation_rows(&data), known[0].known() as u64, "{file}, {error}");
    }
}
