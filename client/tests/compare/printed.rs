//! What other programs and the system print, and what is read of it.

use crate::machine::{field, file_system, gigabytes};
use crate::postgres::owner::{Owner, find};
use crate::postgres::transactions_per_second;
use std::path::Path;

#[test]
fn a_figure_is_found_by_its_column() {
    let printed = "\"test\",\"rps\",\"avg_latency_ms\",\"p50_latency_ms\",\"p99_latency_ms\"\n\
        \"SET a, b\",\"63492.06\",\"0.4\",\"0.711\",\"1.271\"\n";
    let figure = crate::redis::figure(printed).expect("a figure");
    assert_eq!(figure.per_second, 63_492.06);
    assert_eq!(figure.p50_us, Some(711.0));
    assert_eq!(figure.p99_us, Some(1_271.0));
    assert!(crate::redis::figure("\"test\",\"avg\"\n\"SET\",\"1\"\n").is_err());
    assert!(crate::redis::figure("").is_err());
}

#[test]
fn a_rate_is_found_among_what_is_printed() {
    let printed = "number of clients: 16\nlatency average = 7.1 ms\n\
        tps = 2237.512 (without initial connection time)\n";
    assert_eq!(transactions_per_second(printed).expect("a rate"), 2_237.512);
    assert!(transactions_per_second("latency average = 7.1 ms\n").is_err());
}

#[test]
fn a_user_is_found_by_the_whole_name() {
    let users = "postgres2:x:5:6::/:/bin/sh\npostgres:x:101:104:admin:/var:/bin/bash\nodd\n";
    let found = find(users, "postgres").expect("a user");
    assert!(matches!(found, Owner::Other { user: 101, group: 104 }));
    assert!(find(users, "nobody").is_none());
    assert!(find(users, "odd").is_none());
}

#[test]
fn the_nearest_mount_holds_a_folder() {
    let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/disk xfs rw 0 0\n\
        /dev/c /data ext3 rw 0 0\n/dev/d /data btrfs rw 0 0\n";
    let check = |folder: &str, expected: &str| {
        assert_eq!(file_system(mounts, Path::new(folder)).as_deref(), Some(expected), "{folder}");
    };
    check("/home/me", "ext4");
    check("/tmp", "tmpfs");
    check("/tmp/x", "tmpfs");
    check("/tmp/disk/x", "xfs");
    check("/tmp/disks", "tmpfs");
    check("/data/x", "btrfs");
}

#[test]
fn a_field_is_found_by_its_name() {
    let lines = "processor\t: 0\nmodel name\t: Fast: 3 GHz\nmodel name\t: Other\n";
    assert_eq!(field(lines, "model name").as_deref(), Some("Fast: 3 GHz"));
    assert_eq!(field(lines, "model"), None);
    assert_eq!(gigabytes("8388608 kB").as_deref(), Some("8.0 GiB"));
}
