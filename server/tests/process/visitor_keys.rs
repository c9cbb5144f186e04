//! The key that signs visitors' passes: what else lies in a data folder or a backup cannot sign them.

use super::backup_folder::{CAPACITY, EVENT, Place, back_up, book};
use boxoffice_testing::http::{Answer, Http};
use boxoffice_testing::process::run;
use boxoffice_testing::{Raw, concert, create, until_some};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::Sha256;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

const VICTIM: &str = "web-00000000000000000000000000000000";

/// What a key is bound to before it signs passes.
const PURPOSE: &[u8] = b"boxoffice: the passes of visitors, 1";

fn signed(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

/// The passes that the holder of a key may make.
fn forged(key: &[u8], id: &str) -> [String; 2] {
    [key.to_vec(), signed(key, PURPOSE)].map(|key| {
        format!("boxoffice-visitor={id}.{}", BASE64URL_NOPAD.encode(&signed(&key, id.as_bytes())))
    })
}

/// All files of a folder and of those in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

/// Whatever may be a key: numbers and bytes of the row about the file, small files in part and as a
/// whole.
fn keys(folders: [&Path; 2]) -> BTreeSet<Vec<u8>> {
    let mut keys = BTreeSet::new();
    for folder in folders {
        let rows = Connection::open(folder.join("boxoffice.db")).expect("it is there");
        let mut statement = rows.prepare("SELECT * FROM boxoffice").expect("SQL");
        let columns = statement.column_count();
        let mut row = statement.query([]).expect("SQL");
        let row = row.next().expect("SQL").expect("a row");
        for column in 0..columns {
            match row.get_ref(column).expect("a value") {
                ValueRef::Integer(number) => {
                    keys.insert(number.to_le_bytes().to_vec());
                    keys.insert(number.to_be_bytes().to_vec());
                }
                ValueRef::Blob(bytes) | ValueRef::Text(bytes) => {
                    keys.insert(bytes.to_vec());
                }
                _ => {}
            }
        }
        let small = files(folder).into_iter().filter(|file| !file.ends_with("visitors.key"));
        for bytes in small.map(|file| fs::read(file).expect("a file")) {
            if bytes.len() <= 256 {
                for length in [8, 16, 32] {
                    keys.extend(bytes.windows(length).map(<[u8]>::to_vec));
                }
                keys.insert(bytes);
            }
        }
    }
    keys
}

async fn become_visitor(http: &mut Http, cookie: &str) -> Answer {
    http.ask("POST", "/v1/visitor", &format!("cookie: {cookie}\r\nsec-fetch-site: same-origin\r\n"))
        .await
}

fn cookie(answer: &Answer) -> String {
    let cookie = answer.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("a first part").to_owned()
}

#[tokio::test]
async fn hostile_47_no_key_of_a_data_folder_or_backup_signs_the_pass_of_another() {
    let place = Place::new();
    let server = place.start();
    let (mut client, now) = Raw::welcomed(server.address).await;
    client.ask(&create(EVENT, concert(CAPACITY))).await;
    book(&mut client, now).await;
    back_up(&mut client, "friday").await;
    let backup = place.backups.join("friday");
    let key_file = place.data.join("visitors.key");
    let secret = fs::read_to_string(&key_file).expect("it was made");
    assert_eq!(fs::metadata(&key_file).expect("a file").permissions().mode() & 0o777, 0o600);
    let secret = secret.lines().last().expect("a key");
    for file in files(&backup).into_iter().chain(files(&place.data)) {
        let bytes = fs::read(&file).expect("a file");
        let is_there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert_eq!(is_there, file == key_file, "{}", file.display());
    }
    let mut http = Http::connect(server.http).await;
    let keys = keys([&place.data, &backup]);
    assert!(keys.len() > 20, "{}", keys.len());
    for key in keys {
        for pass in forged(&key, VICTIM) {
            let answer = become_visitor(&mut http, &pass).await;
            assert_ne!(answer.expect(201)["customer"], VICTIM, "{key:?}");
        }
    }
    // The key itself can name visitors only.
    let secret = BASE64URL_NOPAD.decode(secret.as_bytes()).expect("base64");
    let [_, pass] = forged(&secret, VICTIM);
    assert_eq!(become_visitor(&mut http, &pass).await.expect(200)["customer"], VICTIM);
    for name in ["ann", "web-ann"] {
        let [_, pass] = forged(&secret, name);
        become_visitor(&mut http, &pass).await.expect(201);
    }
}

#[tokio::test]
async fn hostile_47_a_rotated_key_is_used_at_once_and_the_old_one_counts_for_a_time() {
    let place = Place::new();
    let server = place.start();
    let mut http = Http::connect(server.http).await;
    let first = http.ask("POST", "/v1/visitor", "").await;
    let (old, customer) = (cookie(&first), first.expect(201)["customer"].clone());
    let data = place.data.to_str().expect("UTF-8");
    run(&["visitors", "rotate-key", "--data", data]).ended(0);
    let renewed = until_some("a pass under the new key", async || {
        let answer = become_visitor(&mut http, &old).await;
        assert_eq!(answer.expect(200)["customer"], customer);
        Some(cookie(&answer)).filter(|pass| *pass != old)
    });
    let renewed = renewed.await;
    run(&["visitors", "rotate-key", "--at-once", "--data", data]).ended(0);
    until_some("the end of the old keys", async || {
        (become_visitor(&mut http, &renewed).await.status == 201).then_some(())
    })
    .await;
    become_visitor(&mut http, &old).await.expect(201);
}
