//! Data folders with something in them, and the commands that look at them.

use boxoffice_protocol::id::ReservationId;
use boxoffice_protocol::reply::Body;
use boxoffice_protocol::request::{IfExpired, Request};
use boxoffice_protocol::time::Timestamp;
use boxoffice_testing::process::{Process, durable, run};
use boxoffice_testing::{
    Raw, Run, best, concert, create, event, film, hold, key, new_id, reserve, standing,
};
use rusqlite::Connection;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A folder for a data folder.
pub(super) struct Folder {
    _temporary: TempDir,
    pub(super) data: PathBuf,
}

impl Folder {
    pub(super) fn new() -> Self {
        let temporary = tempfile::tempdir().expect("a temporary folder");
        // A name that neither a URI nor a shell would take as it is.
        let data = temporary.path().join("data ?100%#");
        Self { _temporary: temporary, data }
    }

    pub(super) fn serve(&self) -> Process {
        Process::spawn(durable(&self.data).args(["--hold-default", "30m"]))
    }

    /// Looks at it with a command of the server's binary.
    pub(super) fn look(&self, command: &[&str]) -> Run {
        let mut words = command.to_vec();
        words.extend(["--data", self.data.to_str().expect("UTF-8")]);
        run(&words)
    }

    /// Every file with its contents and when it was changed, also those of the journal.
    pub(super) fn files(&self) -> BTreeMap<PathBuf, (Vec<u8>, std::time::SystemTime)> {
        let mut files = BTreeMap::new();
        for folder in [self.data.clone(), self.data.join("journal")] {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_file() {
                    let changed = path.metadata().and_then(|about| about.modified());
                    let bytes = fs::read(&path).expect("a file");
                    files.insert(path, (bytes, changed.expect("a time")));
                }
            }
        }
        files
    }

    /// The journal's only segment.
    pub(super) fn segment(&self) -> PathBuf {
        self.data.join("journal/00000001.log")
    }

    /// Changes the rows behind the server's back.
    pub(super) fn sql(&self, sql: &str) {
        let connection = Connection::open(self.data.join("boxoffice.db")).expect("a database");
        connection.pragma_update(None, "foreign_keys", false).expect("a setting");
        assert_eq!(connection.execute(sql, []).expect("it is allowed"), 1, "{sql}");
    }

    /// A folder with a bit of everything, whose server was ended by `signal`.
    pub(super) async fn filled(signal: Signal) -> Self {
        let folder = Self::new();
        let process = folder.serve();
        let mut client = Raw::welcomed(process.address).await;
        fill(&mut client).await;
        process.signal(signal);
        process.wait();
        folder
    }
}

/// Something of every kind. Returns the ids of the reservations.
pub(super) async fn fill((client, now): &mut (Raw, Timestamp)) -> Vec<ReservationId> {
    let ids: Vec<_> = (0..7).map(|_| new_id(*now)).collect();
    let key = |index: usize, of: &str, who: &str| key(ids[index], of, who);
    let requests = [
        create("film", film(5, 10)),
        create("concert", concert(100)),
        create("gone", concert(10)),
        reserve(ids[0], "film", "ann", best(3)),
        hold(ids[1], "film", "=bob", best(2)),
        hold(ids[2], "concert", "Zo\u{eb}, \"the\" 1st", standing(4)),
        Request::Confirm {
            reservation: key(2, "concert", "Zo\u{eb}, \"the\" 1st"),
            keep: None,
            expired: IfExpired::Refuse,
        },
        reserve(ids[3], "concert", "dan", standing(5)),
        Request::Cancel { reservation: key(3, "concert", "dan"), keep: None },
        hold(ids[4], "concert", "eve", standing(1)),
        Request::Release { reservation: key(4, "concert", "eve"), keep: None },
        reserve(ids[5], "gone", "fay", standing(1)),
        Request::DeleteEvent {
            event: event("gone"),
            force: boxoffice_protocol::request::Force::Yes,
        },
        create("gone", concert(20)),
        reserve(ids[6], "gone", "fay", standing(2)),
    ];
    for request in requests {
        let reply = client.ask(&request).await;
        assert!(!matches!(reply.body, Body::Refused(_)), "{request:?}: {reply:?}");
    }
    ids
}
