//! The manifest of a backup: any changed byte is found, by a check and by a start.

use super::backup_folder::{CAPACITY, EVENT, Place, back_up, book, has};
use boxoffice_protocol::id::ReservationId;
use boxoffice_testing::process::{Process, durable, run};
use boxoffice_testing::{Raw, Run, concert, create, seed};
use std::fs;
use std::path::Path;

/// A backup with a reservation.
async fn backed_up(place: &Place) -> ReservationId {
    let server = place.start();
    let (mut client, now) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    let (id, _) = book(&mut client, now).await;
    back_up(&mut client, "friday").await;
    id
}

fn check(folder: &Path) -> Run {
    run(&["check", "--data", folder.to_str().expect("UTF-8")])
}

#[tokio::test]
async fn hostile_51_any_changed_byte_of_a_backup_is_found_and_it_does_not_start() {
    let place = Place::new();
    backed_up(&place).await;
    let backup = place.backups.join("friday");
    check(&backup).ended(0);
    let mut random = fastrand::Rng::with_seed(seed());
    for (name, flips, starts) in [("boxoffice.db", 40, 3), ("MANIFEST", 10, 2)] {
        let file = backup.join(name);
        let whole = fs::read(&file).expect("it is there");
        for flip in 0..flips {
            let mut damaged = whole.clone();
            let at = random.usize(..damaged.len());
            damaged[at] ^= 1 << random.u32(..8);
            fs::write(&file, damaged).expect("written");
            let found = check(&backup).ended(1);
            assert!(found.stdout.contains("MANIFEST says"), "{name}, byte {at}: {}", found.stdout);
            if flip < starts {
                let refused = Run::from(durable(&backup).output().expect("it runs")).ended(3);
                assert!(refused.stderr.contains("MANIFEST says"), "{}", refused.stderr);
            }
        }
        fs::write(&file, whole).expect("written");
    }
    check(&backup).ended(0);
}

#[tokio::test]
async fn a_server_that_starts_on_a_backup_goes_on_without_its_manifest() {
    let place = Place::new();
    let id = backed_up(&place).await;
    let backup = place.backups.join("friday");
    assert!(backup.join("MANIFEST").exists());
    for _ in 0..2 {
        let server = Process::spawn(&mut durable(&backup));
        assert!(has(&mut Raw::welcomed(server.address).await.0, id).await);
        assert!(!backup.join("MANIFEST").exists());
    }
    check(&backup).ended(0);
}
