//! `boxoffice backup`.

use super::server::{config, start};
use boxoffice_server::config::{Config, FolderOptions, OpenFolder, StoreChoice, SyncPolicy};
use boxoffice_testing::cli::Cli;
use std::fs;

#[test]
fn backups_are_made_and_counted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let backups = folder.path().join("backups");
    fs::create_dir(&backups).expect("a folder");
    let store = StoreChoice::Folder(FolderOptions {
        path: folder.path().join("data"),
        sync: SyncPolicy::Always,
        segment_bytes: 9 << 20,
        backlog_bytes: 1 << 30,
        open_folder: OpenFolder::Refused,
    });
    let server = start(Config { store, backup_dir: Some(backups.clone()), ..config() });
    let cli = Cli::at(server.address());
    cli.done("event create x --name X --starts 2030-01-01T00:00:00Z --section a=5@9");
    let made = cli.object("backup friday");
    assert_eq!((&made["name"], &made["position"]), (&"friday".into(), &1.into()));
    let size = fs::metadata(backups.join("friday/boxoffice.db")).expect("it is there").len();
    assert_eq!(made["bytes"], size);
    let table = cli.done("backup saturday");
    assert_eq!(table, format!("backup\tchanges\tbytes\nsaturday\t1\t{size}\n"));
    let (name, object) = cli.refused("backup friday");
    assert_eq!((name.as_str(), &object["code"]), ("BackupExists", &24.into()));
    cli.run("backup ../up").ended(2);
    cli.run("backup friday --server 127.0.0.1:1 --timeout 100ms").ended(3);
}
