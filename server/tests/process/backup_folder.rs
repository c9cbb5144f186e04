//! A server with a backup folder, and requests that put something into a backup.

use boxoffice_protocol::id::{BackupName, ReservationId};
use boxoffice_protocol::refusal::Refusal;
use boxoffice_protocol::reply::{Body, Effect};
use boxoffice_protocol::request::Request;
use boxoffice_protocol::reservation::Status;
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{Process, durable};
use boxoffice_testing::{PATIENCE, Raw, concert, create, key, new_id, reserve, standing};
use rusqlite::Connection;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

pub(super) const EVENT: &str = "concert";

pub(super) const CAPACITY: u32 = 1_000_000;

/// A data folder and a backup folder.
pub(super) struct Place {
    _folder: TempDir,
    pub(super) data: PathBuf,
    pub(super) backups: PathBuf,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [data, backups] = ["data", "backups"].map(|name| folder.path().join(name));
        fs::create_dir(&backups).expect("a folder");
        Self { _folder: folder, data, backups }
    }

    pub(super) fn start(&self) -> Process {
        Process::spawn(durable(&self.data).arg("--backup-dir").arg(&self.backups))
    }

    /// A server, the connection that made its one reservation, and a lock: the rows do not get the
    /// reservation until the lock is dropped.
    pub(super) async fn start_behind(&self) -> (Process, Raw, ReservationId, Connection) {
        let server = self.start();
        let (mut client, now) = Raw::welcomed(server.address).await;
        client.ask(&create(EVENT, concert(10))).await;
        let held = self.hold_the_rows();
        let id = book(&mut client, now).await.0;
        (server, client, id, held)
    }

    /// The names in the backup folder.
    pub(super) fn list(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.backups).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
        let mut names: Vec<_> = names.map(|name| name.expect("UTF-8")).collect();
        names.sort();
        names
    }

    /// Keeps the rows from following, as a shell of SQLite may, until it is dropped. A backup goes
    /// on for so long, as it waits for the rows.
    pub(super) fn hold_the_rows(&self) -> Connection {
        let shell = Connection::open(self.data.join("boxoffice.db")).expect("it is there");
        shell.busy_timeout(PATIENCE).expect("a setting");
        shell.execute_batch("BEGIN IMMEDIATE").expect("nobody writes for so long");
        shell
    }
}

pub(super) fn backup(name: &str) -> Request {
    Request::Backup { name: BackupName::parse(name).expect("a name") }
}

/// Has a backup made; returns its position.
pub(super) async fn back_up(client: &mut Raw, name: &str) -> u64 {
    match client.ask(&backup(name)).await.body {
        Body::BackedUp { position, bytes } => {
            assert!(bytes > 0);
            position
        }
        other => panic!("{other:?}"),
    }
}

/// Reserves one place, and returns the id and the version that made.
pub(super) async fn book(client: &mut Raw, now: Timestamp) -> (ReservationId, u64) {
    let id = new_id(now);
    let reply = client.ask(&reserve(id, EVENT, "ann", standing(1))).await;
    assert!(matches!(reply.body, Body::Reservation { effect: Effect::Applied, .. }), "{reply:?}");
    (id, reply.version)
}

/// Whether a server has a reservation; if so, it is a whole one.
pub(super) async fn has(client: &mut Raw, id: ReservationId) -> bool {
    let look = Request::GetReservation { reservation: key(id, EVENT, "ann") };
    match client.ask(&look).await.body {
        Body::Reservation { reservation, .. } => reservation.status == Status::Confirmed,
        Body::Refused(Refusal::ReservationNotFound) => false,
        other => panic!("{other:?}"),
    }
}
